public import Files
import Foundation

/// One quantity against others, in panels side by side, each with its points coloured by a condition of its own and the
/// least-squares line of each condition: where lines of one panel rise and fall, the condition decides the sign.
public struct ScatterPanelsFigure: Figure {
    /// The points under one condition.
    public struct Group: Sendable {
        public var name: String
        /// `[points]`.
        public var x: [Double]
        /// `[points]`.
        public var y: [Double]

        public init(_ name: String, x: [Double], y: [Double]) {
            self.name = name
            self.x = x
            self.y = y
        }
    }

    public struct Panel: Sendable {
        /// What the horizontal axis shows.
        public var label: String
        public var groups: [Group]

        public init(_ label: String, groups: [Group]) {
            self.label = label
            self.groups = groups
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// What all vertical axes show.
    public var verticalLabel: String
    public var panels: [Panel]

    public init(name: String, title: String, subtitle: String = "", verticalLabel: String, panels: [Panel]) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.verticalLabel = verticalLabel
        self.panels = panels
    }

    private static let columns = 2

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var numbers = DataText()
        let rows = (panels.count + Self.columns - 1) / Self.columns
        let vertical = Axis.linear(panels.flatMap { $0.groups.flatMap(\.y) }, air: 0.06, mostNumbers: 6)
        var drawing = "set multiplot\n\(vertical.commands("y"))\nset format '%g'\n"
        let height = max(800, 420 * rows + 130)
        for (index, panel) in panels.enumerated() {
            drawing += place(index, rows: rows, height: height)
            drawing += Axis.linear(panel.groups.flatMap(\.x), air: 0.05, mostNumbers: 5).commands("x") + "\n"
            drawing += "set xlabel \(Script.quoted(panel.label)) noenhanced\n"
            var points: [String] = []
            var lines: [String] = []
            for (number, group) in panel.groups.enumerated() {
                let colour = Script.Colour.series(number)
                let block = numbers.append(
                    "\(Self.word(panel.label)) \(Self.word(group.name)): x y", [group.x, group.y])
                let faint = "#90" + colour.dropFirst()
                points.append(
                    "data index \(block) using 1:2 with points pointtype 7 pointsize 0.6 linecolor rgb '\(faint)' notitle"
                )
                guard let line = Self.fit(group) else { continue }
                let fitted = numbers.append("its line: x y", line)
                lines.append(
                    "data index \(fitted) using 1:2 with lines linewidth 2.5 linecolor rgb '\(colour)' notitle")
            }
            let entries = panel.groups.enumerated().map { number, group in
                "NaN with points pointtype 7 pointsize 1.2 linecolor rgb '\(Script.Colour.series(number))' "
                    + "title \(Script.quoted(group.name))"
            }
            drawing += "plot " + (points + lines + entries).joined(separator: ", \\\n    ") + "\nunset label\n"
        }
        drawing += "unset multiplot\n"
        let heading = Heading(
            name: name, about: "One quantity against others, by condition.", title: title, subtitle: subtitle)
        let script = Script.beginning(heading, settings: "", height: height) + drawing + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    /// The margins of panel number `index`, and the key above it.
    private func place(_ index: Int, rows: Int, height: Int) -> String {
        let column = index % Self.columns
        let row = index / Self.columns
        let head = 105 / Double(height)
        let step = (1 - head) / Double(rows)
        let top = 1 - head - Double(row) * step - 32 / Double(height)
        let bottom = 1 - head - Double(row + 1) * step + 75 / Double(height)
        let left = 0.09 + Double(column) * 0.48
        let name =
            column == 0
            ? "set label 3 \(Script.quoted(verticalLabel)) at screen 0.02, screen \((top + bottom) / 2) center "
                + "rotate by 90 noenhanced" : ""
        return """
            set lmargin at screen \(left)
            set rmargin at screen \(left + 0.41)
            set tmargin at screen \(top)
            set bmargin at screen \(bottom)
            set key noenhanced horizontal Left reverse at screen \(left + 0.205), screen \(top + 20 / Double(height)) center \\
                samplen 0.5 width 1 font ',14' textcolor rgb '#333333'
            \(name)

            """
    }

    /// The ends of y = ȳ + b (x − x̄), b = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)²; nil where x does not vary.
    private static func fit(_ group: Group) -> [[Double]]? {
        let count = Double(group.x.count)
        let mean = (x: group.x.reduce(0, +) / count, y: group.y.reduce(0, +) / count)
        let squares = group.x.reduce(0) { $0 + ($1 - mean.x) * ($1 - mean.x) }
        guard group.x.count > 1, squares > 0, let low = group.x.min(), let high = group.x.max(), low < high else {
            return nil
        }
        let slope = zip(group.x, group.y).reduce(0) { $0 + ($1.0 - mean.x) * ($1.1 - mean.y) } / squares
        return [[low, high], [low, high].map { mean.y + slope * ($0 - mean.x) }]
    }

    /// A name inside a comment: letters, digits and spaces alone.
    private static func word(_ text: String) -> String {
        String(text.map { $0.isLetter || $0.isNumber ? $0 : " " })
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(panels, "panels", of: name)
        for panel in panels {
            try Checks.notEmpty(panel.groups, "\(panel.label).groups", of: name)
            for group in panel.groups {
                try Checks.notEmpty(group.x, "\(group.name).x", of: name)
                try Checks.count(group.y, "\(group.name).y", is: group.x.count, of: name)
                try Checks.finite(group.x, "\(group.name).x", of: name)
                try Checks.finite(group.y, "\(group.name).y", of: name)
            }
        }
    }
}
