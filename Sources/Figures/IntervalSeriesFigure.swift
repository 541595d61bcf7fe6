public import Files
import Foundation

/// Estimates over a run's checkpoints with their intervals, one panel a quantity.
public struct IntervalSeriesFigure: Figure {
    /// One quantity.
    public struct Panel: Sendable {
        /// What the axis shows.
        public var label: String
        /// Ascending, `[points]`.
        public var steps: [Double]
        /// `[points]`.
        public var values: [Double]
        /// The lower ends of the intervals, `[points]`.
        public var lows: [Double]
        /// The upper ends, `[points]`.
        public var highs: [Double]
        /// A value that a thin line marks, such as 0; nil for none.
        public var level: Double?

        public init(
            _ label: String, steps: [Double], values: [Double], lows: [Double], highs: [Double], level: Double? = nil
        ) {
            self.label = label
            self.steps = steps
            self.values = values
            self.lows = lows
            self.highs = highs
            self.level = level
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
        for (index, panel) in panels.enumerated() {
            let block = numbers.append("step value low high", [panel.steps, panel.values, panel.lows, panel.highs])
            let colour = "linecolor rgb '\(Script.Colour.series(index))'"
            var plot = "plot data index \(block) using 1:2 with lines linewidth 2 \(colour) notitle, \\\n"
            plot += "    data index \(block) using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.8 linewidth 1.5 \\\n"
            plot += "    \(colour) notitle"
            if let level = panel.level {
                plot += ", \\\n    \(level) with lines dashtype 2 linecolor '#777777' notitle"
            }
            let reach = panel.lows + panel.highs + panel.values + (panel.level.map { [$0] } ?? [])
            drawn.append(.init(label: panel.label, axis: .linear(reach, air: 0.08, mostNumbers: 6), plot: plot))
        }
        var stack = StackedPanels(panels: drawn, horizontal: .linear(panels.flatMap(\.steps), air: 0.02))
        stack.hasKey = false
        stack.top = 0.9
        stack.bottom = 0.1
        let heading = Heading(
            name: name, about: "Estimates with intervals over a run's checkpoints.", title: title, subtitle: subtitle)
        let script =
            Script.beginning(heading, settings: stack.settings, height: 340 + 230 * panels.count) + stack.drawing
            + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(panels, "panels", of: name)
        for panel in panels {
            try Checks.notEmpty(panel.steps, "\(panel.label).steps", of: name)
            try Checks.finite(panel.steps, "\(panel.label).steps", of: name)
            try Checks.ascending(panel.steps, "\(panel.label).steps", of: name)
            for (word, values) in [("values", panel.values), ("lows", panel.lows), ("highs", panel.highs)] {
                try Checks.count(values, "\(panel.label).\(word)", is: panel.steps.count, of: name)
                try Checks.finite(values, "\(panel.label).\(word)", of: name)
            }
        }
    }
}
