public import Files
import Foundation

/// Losses along a line or a path: the loss above and, where there is one, something that belongs to it below.
public struct LossLineFigure: Figure {
    /// One named line; where a value is nil it is broken.
    public struct Series: Sendable {
        public var name: String
        /// `[positions]`.
        public var values: [Double?]
        /// Dashed, without points: what is not computed but compared with.
        public var isGuide: Bool

        public init(_ name: String, values: [Double?], isGuide: Bool = false) {
            self.name = name
            self.values = values
            self.isGuide = isGuide
        }

        var known: [Double] { values.compactMap { $0 } }
    }

    /// What is drawn below the losses.
    public struct LowerPanel: Sendable {
        public var label: String
        public var series: Series

        public init(label: String, series: Series) {
            self.label = label
            self.series = series
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// Ascending, `[positions]`.
    public var positions: [Double]
    /// What the positions are.
    public var positionName: String
    public var losses: [Series]
    public var lower: LowerPanel?
    /// Whether losses stand on a logarithmic scale; nil where they do when all are positive and far apart.
    public var isLogarithmic: Bool?

    public init(
        name: String, title: String, subtitle: String = "", positions: [Double], positionName: String,
        losses: [Series]
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.positions = positions
        self.positionName = positionName
        self.losses = losses
        lower = nil
        isLogarithmic = nil
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var text =
            "# position \(losses.indices.map { "loss\($0)" }.joined(separator: " "))\(lower == nil ? "" : " lower")\n"
        let columns = losses.map(\.values) + (lower.map { [$0.series.values] } ?? [])
        for (index, position) in positions.enumerated() {
            let numbers = columns.map { column in column[index].map { "\($0)" } ?? "NaN" }
            text += "\(position) \(numbers.joined(separator: " "))\n"
        }
        let known = losses.flatMap(\.known)
        let isLogarithmic = self.isLogarithmic ?? ((known.min() ?? 0) > 0 && known.max()! > 30 * known.min()!)
        let parts = losses.enumerated().map { plot($1, column: $0 + 2, colour: Script.Colour.series($0)) }
        var panels = [
            StackedPanels.Panel(
                label: "loss",
                axis: isLogarithmic
                    ? .logarithmic(known, decades: 12, mostNumbers: 6) ?? .linear(known)
                    : .linear(known, air: 0.06, mostNumbers: 6),
                plot: "plot " + parts.joined(separator: ", \\\n    "))
        ]
        if let lower {
            let line = plot(lower.series, column: losses.count + 2, colour: Script.Colour.green)
            // The names of the losses are in the legend, which stands with the last panel.
            let names = losses.enumerated().map { legend($1, colour: Script.Colour.series($0)) }
            panels.append(
                .init(
                    label: lower.label, axis: .linear(lower.series.known, air: 0.08, mostNumbers: 5),
                    plot: "plot " + (names + [line]).joined(separator: ", \\\n    ")))
        }
        var stack = StackedPanels(panels: panels, horizontal: .linear(positions, air: 0.01))
        stack.horizontalName = positionName
        let heading = Heading(name: name, about: "Losses along a line.", title: title, subtitle: subtitle)
        return FigureFiles(
            data: Data(text.utf8),
            script: Script.beginning(heading, settings: stack.settings, height: lower == nil ? 760 : 900)
                + stack.drawing + Script.ending)
    }

    private func style(_ series: Series, _ colour: String) -> String {
        let line = "linecolor rgb '\(series.isGuide ? "#777777" : colour)'"
        return series.isGuide
            ? "with lines linewidth 1.5 dashtype 2 \(line)"
            : "with linespoints pointtype 7 pointsize 0.6 linewidth 2 \(line)"
    }

    private func plot(_ series: Series, column: Int, colour: String) -> String {
        "data using 1:\(column) \(style(series, colour)) title \(Script.quoted(series.name))"
    }

    /// An entry of the legend, drawn from no data.
    private func legend(_ series: Series, colour: String) -> String {
        "NaN \(style(series, colour)) title \(Script.quoted(series.name))"
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(positions, "positions", of: name)
        try Checks.finite(positions, "positions", of: name)
        try Checks.ascending(positions, "positions", of: name)
        try Checks.notEmpty(losses, "losses", of: name)
        for series in losses + (lower.map { [$0.series] } ?? []) {
            let values = series.values.map { $0 ?? 0 }
            try Checks.count(values, "\(series.name).values", is: positions.count, of: name)
            try Checks.finite(values, "\(series.name).values", of: name)
        }
        guard losses.contains(where: { !$0.known.isEmpty }) else {
            throw Fault(.data, "no loss is known", at: "figure \(name)")
        }
    }
}
