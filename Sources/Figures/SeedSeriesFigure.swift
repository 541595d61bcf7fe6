public import Files
import Foundation

/// The same quantities of several groups of repeats over training, in panels one above the other: of each group every
/// repeat as a thin line, their median as a thick one, and the band from the least to the greatest.
public struct SeedSeriesFigure: Figure {
    /// One repeat.
    public struct Line: Sendable {
        /// Ascending.
        public var steps: [Double]
        public var values: [Double]

        public init(steps: [Double], values: [Double]) {
            self.steps = steps
            self.values = values
        }
    }

    /// Repeats under one name, in one colour.
    public struct Group: Sendable {
        public var name: String
        public var lines: [Line]

        public init(_ name: String, lines: [Line]) {
            self.name = name
            self.lines = lines
        }
    }

    /// Groups that share a vertical axis.
    public struct Panel: Sendable {
        /// What the axis shows, with its unit.
        public var label: String
        public var groups: [Group]
        /// The ends of the axis where they are fixed, as for shares.
        public var range: ClosedRange<Double>?

        public init(_ label: String, groups: [Group], range: ClosedRange<Double>? = nil) {
            self.label = label
            self.groups = groups
            self.range = range
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    public var panels: [Panel]
    /// Steps at which something happened to all repeats, such as a new task; and what.
    public var events: (name: String, steps: [Double])?

    public init(name: String, title: String, subtitle: String = "", panels: [Panel]) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.panels = panels
        events = nil
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var numbers = DataText()
        var drawn: [StackedPanels.Panel] = []
        for (index, panel) in panels.enumerated() {
            var parts: (bands: [String], thin: [String], thick: [String]) = ([], [], [])
            for (number, group) in panel.groups.enumerated() {
                let colour = "linecolor rgb '\(Script.Colour.series(number))'"
                let summary = Summary(group.lines)
                let block = numbers.append(
                    "\(Self.word(group.name)): step median least greatest",
                    [summary.steps, summary.medians, summary.least, summary.greatest])
                if group.lines.count > 1 {
                    parts.bands.append(
                        "data index \(block) using 1:3:4 with filledcurves \(Script.band) \(colour) notitle")
                }
                for line in group.lines where group.lines.count > 1 {
                    let block = numbers.append("\(Self.word(group.name)): step value", [line.steps, line.values])
                    parts.thin.append("data index \(block) using 1:2 with lines linewidth 0.6 \(colour) notitle")
                }
                parts.thick.append("data index \(block) using 1:2 with lines linewidth 3 \(colour) notitle")
            }
            var plot = parts.bands + parts.thin + parts.thick
            if index == panels.count - 1 { plot += keyEntries }
            let axis =
                panel.range.map {
                    Axis(low: $0.lowerBound, high: $0.upperBound, isLogarithmic: false, mostNumbers: 6)
                } ?? .linear(panel.groups.flatMap { $0.lines.flatMap(\.values) }, mostNumbers: 6)
            drawn.append(
                .init(label: panel.label, axis: axis, plot: "plot " + plot.joined(separator: ", \\\n    ")))
        }
        let steps = panels.flatMap { $0.groups.flatMap { $0.lines.flatMap { [$0.steps.first!, $0.steps.last!] } } }
        var stack = StackedPanels(panels: drawn, horizontal: .linear(steps, air: 0.01))
        stack.decorations = decorations
        let heading = Heading(name: name, about: "Repeats over training.", title: title, subtitle: subtitle)
        let script =
            Script.beginning(heading, settings: stack.settings, height: max(800, 320 + 260 * panels.count))
            + stack.drawing
            + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    /// Median and ends of a group at the steps that all its repeats have, and at those that some have.
    private struct Summary {
        var steps: [Double] = []
        var medians: [Double] = []
        var least: [Double] = []
        var greatest: [Double] = []

        init(_ lines: [Line]) {
            var values: [Double: [Double]] = [:]
            for line in lines {
                for (step, value) in zip(line.steps, line.values) { values[step, default: []].append(value) }
            }
            for step in values.keys.sorted() {
                let sorted = (values[step] ?? []).sorted()
                let middle = sorted.count / 2
                steps.append(step)
                medians.append(
                    sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle])
                least.append(sorted[0])
                greatest.append(sorted[sorted.count - 1])
            }
        }
    }

    /// The legend is of all panels together, so its lines are drawn from no data at all.
    private var keyEntries: [String] {
        let groups = panels.last?.groups ?? []
        var entries = groups.enumerated().map { index, group in
            let count = group.lines.count > 1 ? " (median of \(group.lines.count))" : ""
            return "NaN with lines linewidth 3 linecolor rgb '\(Script.Colour.series(index))' "
                + "title \(Script.quoted(group.name + count))"
        }
        if let events, !events.steps.isEmpty {
            entries.append(
                "NaN with lines linewidth 1.2 dashtype 2 linecolor rgb '#777777' title \(Script.quoted(events.name))")
        }
        return entries
    }

    private var decorations: String {
        guard let events, !events.steps.isEmpty else { return "" }
        return """

            # \(Self.word(events.name)).
            do for [step in "\(events.steps.map { "\($0)" }.joined(separator: " "))"] {
                set arrow from step + 0, graph 0 to step + 0, graph 1 nohead back linewidth 1 \\
                    dashtype 2 linecolor rgb '#bbbbbb'
            }
            """
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
                try Checks.notEmpty(group.lines, "\(group.name).lines", of: name)
                for line in group.lines {
                    try Checks.notEmpty(line.steps, "\(group.name).steps", of: name)
                    try Checks.finite(line.steps, "\(group.name).steps", of: name)
                    try Checks.ascending(line.steps, "\(group.name).steps", of: name)
                    try Checks.count(line.values, "\(group.name).values", is: line.steps.count, of: name)
                    try Checks.finite(line.values, "\(group.name).values", of: name)
                }
            }
        }
        if let events { try Checks.finite(events.steps, "events.steps", of: name) }
    }
}
