public import Files
import Foundation

/// A training run: the loss on a logarithmic axis above, accuracy or mean reward on a linear one below.
///
/// Long series are drawn as the mean of neighbouring steps with the range of their middle 80 %.
public struct TrainingCurveFigure: Figure {
    /// One named line.
    public struct Series: Sendable {
        public var name: String
        /// Ascending, `[points]`.
        public var steps: [Double]
        /// `[points]`.
        public var values: [Double]

        public init(_ name: String, steps: [Double], values: [Double]) {
            self.name = name
            self.steps = steps
            self.values = values
        }
    }

    /// Steps at which something happened to all series: an update of the target network, a new task.
    public struct Events: Sendable {
        public var name: String
        public var steps: [Double]

        public init(_ name: String, steps: [Double]) {
            self.name = name
            self.steps = steps
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    public var losses: [Series]
    /// Accuracies or mean rewards; without any, the loss has the picture to itself.
    public var scores: [Series]
    /// What `scores` are, with the unit.
    public var scoreLabel: String
    public var events: Events?

    public init(
        name: String = "training", title: String, subtitle: String = "", losses: [Series], scores: [Series] = [],
        scoreLabel: String = "mean reward"
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.losses = losses
        self.scores = scores
        self.scoreLabel = scoreLabel
        events = nil
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var numbers = DataText()
        var panels: [StackedPanels.Panel] = []
        for (label, series) in [("loss", losses), (scoreLabel, scores)] where !series.isEmpty {
            let binned = series.map { BinnedSeries(steps: $0.steps, values: $0.values) }
            let reach = binned.flatMap { $0.lower + $0.upper + $0.means }
            // A loss that is never positive has no logarithm.
            let logarithmic = label == "loss" ? Axis.logarithmic(reach, decades: 8, mostNumbers: 6) : nil
            let axis = logarithmic ?? .linear(reach, mostNumbers: 6)
            var parts: (bands: [String], lines: [String]) = ([], [])
            for (index, line) in binned.enumerated() {
                let block = numbers.append(
                    "\(Self.word(series[index].name)): step mean lower upper",
                    [line.steps, line.means, line.lower, line.upper])
                // The same name has the same colour in both panels.
                let colour = "linecolor rgb '\(Script.Colour.series(names.firstIndex(of: series[index].name)!))'"
                let kept = { (column: Int) in
                    axis.isLogarithmic ? "($\(column) > \(axis.low) ? $\(column) : \(axis.low))" : "\(column)"
                }
                if line.isBinned {
                    parts.bands.append(
                        "data index \(block) using 1:\(kept(3)):\(kept(4)) with filledcurves \(Script.band) \(colour) notitle"
                    )
                }
                let style = line.means.count == 1 ? "points pointtype 7 pointsize 1.5" : "lines linewidth 2"
                parts.lines.append("data index \(block) using 1:\(kept(2)) with \(style) \(colour) notitle")
            }
            let plot = (parts.bands + parts.lines + keyEntries).joined(separator: ", \\\n    ")
            panels.append(.init(label: label, axis: axis, plot: "plot " + plot))
        }

        let steps = (losses + scores).flatMap { [$0.steps.first!, $0.steps.last!] }
        let isBinned = (losses + scores).contains { BinnedSeries(steps: $0.steps, values: $0.values).isBinned }
        var stack = StackedPanels(panels: panels, horizontal: .linear(steps, air: 0.01))
        stack.decorations = decorations(from: stack.horizontal.low, to: stack.horizontal.high)
        let words = [subtitle, isBinned ? "line: mean of neighbouring steps, band: their middle 80 %" : ""]
        let heading = Heading(
            name: name, about: "A training run.", title: title,
            subtitle: words.filter { !$0.isEmpty }.joined(separator: "; "))
        let script = Script.beginning(heading, settings: stack.settings) + stack.drawing + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    /// The names of all series, each once, in order.
    private var names: [String] {
        (losses + scores).reduce(into: []) { if !$0.contains($1.name) { $0.append($1.name) } }
    }

    /// The legend is of both panels together, so its lines are drawn from no data at all.
    private var keyEntries: [String] {
        var entries = names.enumerated().map { index, name in
            "NaN with lines linewidth 2 linecolor rgb '\(Script.Colour.series(index))' title \(Script.quoted(name))"
        }
        if let events, !events.steps.isEmpty {
            entries.append(
                "NaN with lines linewidth 1.2 dashtype 2 linecolor rgb '#777777' title \(Script.quoted(events.name))")
        }
        return entries
    }

    /// Vertical lines at the events; where they would be a wall, short ticks at the upper edge.
    private func decorations(from low: Double, to high: Double) -> String {
        var steps: [Double] = []
        for step in (events?.steps ?? []).sorted() where low <= step && step <= high {
            // Closer ones could not be told apart.
            if let last = steps.last, step - last < (high - low) / 500 { continue }
            steps.append(step)
        }
        guard !steps.isEmpty else { return "" }
        let isCrowded = steps.count > 40
        return """

            # \(Self.word(events?.name ?? "")).
            do for [step in "\(steps.map { "\($0)" }.joined(separator: " "))"] {
                set arrow from step + 0, graph \(isCrowded ? 0.97 : 0) to step + 0, graph 1 nohead back linewidth 1.2 \\
                    dashtype \(isCrowded ? 1 : 2) linecolor rgb '#777777'
            }
            """
    }

    /// A name inside a comment: letters, digits and spaces alone.
    private static func word(_ text: String) -> String {
        String(text.map { $0.isLetter || $0.isNumber ? $0 : " " })
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(losses + scores, "losses and scores", of: name)
        for series in losses + scores {
            try Checks.notEmpty(series.steps, "\(series.name).steps", of: name)
            try Checks.finite(series.steps, "\(series.name).steps", of: name)
            try Checks.ascending(series.steps, "\(series.name).steps", of: name)
            try Checks.count(series.values, "\(series.name).values", is: series.steps.count, of: name)
            try Checks.finite(series.values, "\(series.name).values", of: name)
        }
        if let events { try Checks.finite(events.steps, "events.steps", of: name) }
    }
}
