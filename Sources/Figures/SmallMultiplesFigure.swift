public import Files
import Foundation

/// Many quantities over one horizontal axis, a small panel each, in rows: what a glance compares.
public struct SmallMultiplesFigure: Figure {
    /// One quantity: a line with a title above it and a vertical axis of its own.
    public struct Panel: Sendable {
        public var title: String
        /// Ascending; need not be those of other panels.
        public var positions: [Double]
        public var values: [Double]
        /// A panel whose values are not all positive is linear all the same.
        public var isLogarithmic: Bool

        public init(_ title: String, positions: [Double], values: [Double], isLogarithmic: Bool = false) {
            self.title = title
            self.positions = positions
            self.values = values
            self.isLogarithmic = isLogarithmic
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// What the horizontal axis shows.
    public var horizontalName: String
    public var panels: [Panel]
    /// Panels in a row.
    public var columns = 4
    /// Whether all panels have the same horizontal axis.
    public var sharesHorizontalAxis = true

    public init(
        name: String, title: String, subtitle: String = "", horizontalName: String = "training step", panels: [Panel]
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.horizontalName = horizontalName
        self.panels = panels
    }

    /// In points of the SVG.
    private static let (width, head, foot, row) = (1200.0, 100.0, 70.0, 190.0)

    private var rows: Int { (panels.count + columns - 1) / columns }
    private var height: Double { max(800, Self.head + Self.foot + Self.row * Double(rows)) }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var numbers = DataText()
        let heading = Heading(
            name: name, about: "Many quantities over one axis.", title: title, subtitle: subtitle)
        var script = Script.beginning(
            heading, settings: "set tics font ',12'\nset title font ',14' offset 0,-0.6 noenhanced\nunset key",
            height: Int(height))
        script += "set multiplot\n"
        let shared = panels.flatMap(\.positions)
        for (index, panel) in panels.enumerated() {
            let block = numbers.append(
                panel.title.map { $0.isLetter || $0.isNumber ? String($0) : " " }.joined(),
                [panel.positions, panel.values])
            let horizontal = Axis.linear(sharesHorizontalAxis ? shared : panel.positions, air: 0.03, mostNumbers: 3)
            let isLowest = index + columns >= panels.count
            script += """
                \(place(index))
                set title \(Script.quoted(panel.title))
                \(horizontal.commands("x"))
                \(axis(of: panel).commands("y"))
                set format y '%g'
                set format x \(isLowest || !sharesHorizontalAxis ? "'%g'" : "''")
                \(isLowest ? "set xlabel \(Script.quoted(horizontalName)) font ',13'" : "unset xlabel")
                plot data index \(block) using 1:2 with linespoints pointtype 7 pointsize 0.4 linewidth 2 \
                linecolor rgb '\(Script.Colour.blue)' notitle
                unset label

                """
        }
        script += "unset multiplot\n" + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    /// The margins of a panel, as shares of the picture.
    private func place(_ index: Int) -> String {
        let (row, column) = (index / columns, index % columns)
        let cell = 1 / Double(columns)
        let left = (Double(column) + 0.24) * cell
        let right = (Double(column) + 0.96) * cell
        let used = height - Self.head - Self.foot
        let top = height - Self.head - used / Double(rows) * Double(row) - 24
        let bottom =
            height - Self.head - used / Double(rows) * Double(row + 1)
            + (sharesHorizontalAxis ? 22 : 44)
        return """
            set lmargin at screen \(left)
            set rmargin at screen \(right)
            set tmargin at screen \(top / height)
            set bmargin at screen \(bottom / height)
            """
    }

    private func axis(of panel: Panel) -> Axis {
        if panel.isLogarithmic, panel.values.allSatisfy({ $0 > 0 }),
            let axis = Axis.logarithmic(panel.values, decades: 12, mostNumbers: 4)
        {
            return axis
        }
        return .linear(panel.values, air: 0.1, mostNumbers: 4)
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(panels, "panels", of: name)
        for panel in panels {
            try Checks.notEmpty(panel.positions, "\(panel.title).positions", of: name)
            try Checks.finite(panel.positions, "\(panel.title).positions", of: name)
            try Checks.ascending(panel.positions, "\(panel.title).positions", of: name)
            try Checks.count(panel.values, "\(panel.title).values", is: panel.positions.count, of: name)
            try Checks.finite(panel.values, "\(panel.title).values", of: name)
        }
    }
}
