public import Files
import Foundation

/// Estimates with their intervals, one below the other in groups: which are on which side of zero can be seen at once.
public struct ForestFigure: Figure {
    /// One estimate.
    public struct Row: Sendable {
        public var label: String
        public var value: Double
        /// Nil where it is not known.
        public var interval: ClosedRange<Double>?
        /// Decides the colour.
        public var colour: Int

        public init(_ label: String, value: Double, interval: ClosedRange<Double>?, colour: Int) {
            self.label = label
            self.value = value
            self.interval = interval
            self.colour = colour
        }
    }

    /// Rows under a heading.
    public struct Group: Sendable {
        public var name: String
        public var rows: [Row]

        public init(_ name: String, rows: [Row]) {
            self.name = name
            self.rows = rows
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// What the horizontal axis shows.
    public var label: String
    public var groups: [Group]
    /// The ends of the axis.
    public var range: ClosedRange<Double>

    public init(
        name: String, title: String, subtitle: String = "", label: String, groups: [Group],
        range: ClosedRange<Double> = -1...1
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.label = label
        self.groups = groups
        self.range = range
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var numbers = DataText()
        var line = 0
        var marks: [String] = []
        var columns: [Int: [[Double]]] = [:]
        for group in groups {
            marks.append(tic(group.name, at: line, isHeading: true))
            line += 1
            for row in group.rows {
                marks.append(tic(row.label, at: line, isHeading: false))
                let interval = row.interval ?? row.value...row.value
                columns[row.colour, default: []].append([
                    row.value, Double(-line), interval.lowerBound, interval.upperBound,
                ])
                line += 1
            }
        }
        var parts: [String] = []
        for colour in columns.keys.sorted() {
            let rows = columns[colour] ?? []
            let block = numbers.append(
                "value line lower upper", (0..<4).map { column in rows.map { $0[column] } })
            parts.append(
                "data index \(block) using 1:2:3:4 with xerrorbars pointtype 7 pointsize 1 linewidth 2 "
                    + "linecolor rgb '\(Script.Colour.series(colour))' notitle")
        }
        let height = max(540, 200 + 26 * line)
        let axis = Axis(low: range.lowerBound, high: range.upperBound, isLogarithmic: false, mostNumbers: 8)
        let settings = """
            unset key
            set lmargin at screen 0.33
            set rmargin at screen 0.97
            set tmargin at screen \(1 - 95 / Double(height))
            set bmargin at screen \(75 / Double(height))
            set xlabel \(Script.quoted(label)) noenhanced
            \(axis.commands("x"))
            set yrange [\(Double(-line) + 0.3):0.7]
            set ytics (\(marks.joined(separator: ", "))) scale 0 noenhanced
            set grid noytics
            set arrow from 0, graph 0 to 0, graph 1 nohead back linewidth 1.5 linecolor rgb '#777777'
            """
        let heading = Heading(
            name: name, about: "Estimates with their intervals.", title: title, subtitle: subtitle)
        let script =
            Script.beginning(heading, settings: settings, height: height) + "plot "
            + parts.joined(separator: ", \\\n    ") + "\n" + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    /// A row's name; a heading's begins further to the left.
    private func tic(_ text: String, at line: Int, isHeading: Bool) -> String {
        "\(Script.quoted(isHeading ? text.uppercased() : text)) \(-line)"
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(groups.flatMap(\.rows), "rows", of: name)
        for group in groups {
            for row in group.rows {
                let ends = row.interval.map { [$0.lowerBound, $0.upperBound] } ?? []
                try Checks.finite([row.value] + ends, "\(group.name), \(row.label)", of: name)
            }
        }
    }
}
