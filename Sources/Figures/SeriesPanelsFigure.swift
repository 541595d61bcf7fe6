public import Files
import Foundation

/// Quantities over a run's checkpoints, in panels one above the other, each with lines of the same unit.
public struct SeriesPanelsFigure: Figure {
    /// One line.
    public struct Line: Sendable {
        public var name: String
        /// Ascending; a line need not have a point at every checkpoint.
        public var steps: [Double]
        public var values: [Double]

        public init(_ name: String, steps: [Double], values: [Double]) {
            self.name = name
            self.steps = steps
            self.values = values
        }
    }

    /// Lines that share a vertical axis.
    public struct Panel: Sendable {
        /// What the axis shows, with its unit.
        public var label: String
        public var lines: [Line]
        /// The ends of the axis where they are fixed, as for shares and angles; nil for the lines' own.
        public var range: ClosedRange<Double>?
        /// A panel whose lines are not all positive is linear all the same.
        public var isLogarithmic: Bool
        /// Lines in the order of their colours from dark to light, as for angles by rank; else each in its own.
        public var isOrdered: Bool

        public init(
            _ label: String, lines: [Line], range: ClosedRange<Double>? = nil, isLogarithmic: Bool = false,
            isOrdered: Bool = false
        ) {
            self.label = label
            self.lines = lines
            self.range = range
            self.isLogarithmic = isLogarithmic
            self.isOrdered = isOrdered
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    public var panels: [Panel]

    public init(name: String, title: String, subtitle: String = "", panels: [Panel]) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.panels = panels
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var numbers = DataText()
        var drawn: [StackedPanels.Panel] = []
        var entries: [String] = []
        var colours = 0
        for panel in panels {
            var lines: [String] = []
            for (index, line) in panel.lines.enumerated() {
                let block = numbers.append("step \(Self.word(line.name))", [line.steps, line.values])
                let colour =
                    panel.isOrdered
                    ? Self.shade(index, of: panel.lines.count) : Script.Colour.series(colours + index)
                let style = "linespoints pointtype 7 pointsize 0.6 linewidth 2 linecolor rgb '\(colour)'"
                lines.append("data index \(block) using 1:2 with \(style) notitle")
                // A single line is what the axis says; of ordered ones the first and the last say what lies between.
                guard panel.lines.count > 1 else { continue }
                if !panel.isOrdered || index == 0 || index == panel.lines.count - 1 {
                    entries.append("NaN with \(style) title \(Script.quoted(line.name))")
                }
            }
            if !panel.isOrdered { colours += panel.lines.count }
            drawn.append(
                .init(label: panel.label, axis: axis(of: panel), plot: "plot " + lines.joined(separator: ", \\\n    ")))
        }
        // The legend is of all panels together, and stands below the last.
        if let last = drawn.popLast() {
            let plot = ([last.plot] + entries).joined(separator: ", \\\n    ")
            drawn.append(.init(label: last.label, axis: last.axis, plot: plot))
        }
        let steps = panels.flatMap { $0.lines.flatMap(\.steps) }
        var stack = StackedPanels(panels: drawn, horizontal: .linear(steps, air: 0.02))
        stack.top = 0.9
        let heading = Heading(
            name: name, about: "Quantities over a run's checkpoints.", title: title, subtitle: subtitle)
        let script =
            Script.beginning(
                heading, settings: stack.settings + "\nset key maxrows 2", height: 320 + 300 * panels.count)
            + stack.drawing + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    private func axis(of panel: Panel) -> Axis {
        let values = panel.lines.flatMap(\.values)
        if let range = panel.range {
            return Axis(low: range.lowerBound, high: range.upperBound, isLogarithmic: false, mostNumbers: 6)
        }
        if panel.isLogarithmic, values.allSatisfy({ $0 > 0 }),
            let axis = Axis.logarithmic(values, decades: 12, mostNumbers: 5)
        {
            return axis
        }
        return .linear(values, air: 0.1, mostNumbers: 5)
    }

    /// Viridis without its lightest end.
    private static func shade(_ index: Int, of count: Int) -> String {
        let shades = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#7ad151"]
        return shades[count > 1 ? index * (shades.count - 1) / (count - 1) : 0]
    }

    /// A name inside a comment: letters, digits and spaces alone.
    private static func word(_ text: String) -> String {
        String(text.map { $0.isLetter || $0.isNumber ? $0 : " " })
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(panels, "panels", of: name)
        for panel in panels {
            try Checks.notEmpty(panel.lines, "\(panel.label).lines", of: name)
            for line in panel.lines {
                try Checks.notEmpty(line.steps, "\(line.name).steps", of: name)
                try Checks.finite(line.steps, "\(line.name).steps", of: name)
                try Checks.ascending(line.steps, "\(line.name).steps", of: name)
                try Checks.count(line.values, "\(line.name).values", is: line.steps.count, of: name)
                try Checks.finite(line.values, "\(line.name).values", of: name)
            }
        }
    }
}
