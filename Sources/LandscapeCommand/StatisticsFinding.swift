import Checkpoints
import CommandSupport
import Figures
import Files
import Foundation
import Landscape
import Plasticity

/// The body of `landscape statistics`'s document.
struct StatisticsReport: Encodable, Sendable {
    let step: Int?
    let statistics: [String: Double]
    let layers: [NetworkStatistics.Layer]
    let thresholds: [String: Double]
    /// Where distances are measured from.
    let reference: String?

    init(_ found: NetworkStatistics, reference: String?) {
        step = found.step
        statistics = found.values
        layers = found.layers
        thresholds = found.thresholds
        self.reference = reference
    }
}

/// What `landscape statistics` found at one checkpoint, ready to be shown and kept.
struct StatisticsFinding {
    let report: Report<StatisticsReport>
    let found: NetworkStatistics

    /// For people: the network's numbers, then those of its weights and of its hidden layers.
    var text: String {
        var table = Table([.init("statistic", .left), .init("value")])
        for name in names where !isRepeated(name) { table.append([.text(name), .number(found.values[name])]) }
        return HeaderText.lines(report.header) + "\n" + table.text
            + layers("weights", { $0.kind == "weights" }, Self.weightColumns)
            + layers("hidden layer", { $0.kind != "weights" }, Self.hiddenColumns)
            + HeaderText.warnings(report.header)
    }

    /// Those that there are, in the order of the list; what is not in it (further thresholds) last.
    var names: [String] {
        let listed = Statistic.all.map(\.name).filter { found.values[$0] != nil }
        return listed + found.values.keys.filter { Statistic(named: $0) == nil }.sorted()
    }

    /// Whether the channels that `name` counts are the units, so that it says the same again.
    func isRepeated(_ name: String) -> Bool {
        let units = name.replacing("_channel_fraction", with: "_fraction")
        guard units != name else { return false }
        return found.layers.allSatisfy { $0.values[name] == $0.values[units] }
    }

    private func layers(
        _ title: String, _ isMeant: (NetworkStatistics.Layer) -> Bool, _ columns: [(title: String, name: String)]
    ) -> String {
        let layers = found.layers.filter(isMeant)
        let shown = columns.filter { column in layers.contains { $0.values[column.name] != nil } }
        guard !layers.isEmpty, !shown.isEmpty else { return "" }
        var table = Table([.init(title, .left)] + shown.map { .init($0.title) })
        for layer in layers {
            table.append([.text(layer.name)] + shown.map { .brief(layer.values[$0.name]) })
        }
        return "\n" + table.text
    }

    private static let ranks: [(String, String)] = [
        ("exact rank", "exact_rank"), ("at 0.01", "numerical_rank"), ("srank", "srank"), ("energy", "energy_rank"),
        ("entropy", "entropy_rank"), ("stable", "stable_rank"),
    ]
    private static let weightColumns: [(title: String, name: String)] =
        [("norm", "weight_norm"), ("from start", "distance_from_initialisation"), ("σ₁", "weight_spectral_norm")]
        + ranks.map { ($0.0, "weight_\($0.1)") } + [("gradient", "gradient_norm")]
    private static let hiddenColumns: [(title: String, name: String)] =
        [
            ("dead", "dead_fraction"), ("dormant", "dormant_fraction"), ("saturated", "saturated_fraction"),
            ("linearised", "linearised_fraction"), ("norm", "feature_norm"),
        ] + ranks.map { ($0.0, "feature_\($0.1)") }

    /// The document, the singular values and their picture.
    func save(in folder: ResultFolder) throws(Fault) {
        var arrays = SafetensorsWriter(
            metadata: ["command": "statistics", "checkpoint": report.header.checkpoint])
        for spectrum in found.spectra {
            let values = spectrum.spectrum.values
            try arrays.add(
                "\(spectrum.isOfWeights ? "weights" : "features").\(spectrum.layer).singular_values", values,
                shape: [values.count])
        }
        try folder.write(arrays)
        let panels = found.spectra.compactMap(Self.panel)
        if !panels.isEmpty {
            var figure = SmallMultiplesFigure(
                name: "singular_values", title: "Singular values of weights and features",
                subtitle: HeaderText.subtitle(report.header), horizontalName: "number", panels: panels)
            figure.sharesHorizontalAxis = false
            if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
        }
        // Last: where it is, the rest is too.
        try folder.write(report)
    }

    /// The positive singular values, relative to the largest.
    private static func panel(_ spectrum: NetworkStatistics.Spectrum) -> SmallMultiplesFigure.Panel? {
        let largest = spectrum.spectrum.largest
        let values = spectrum.spectrum.values.filter { $0 > largest * 1e-9 && $0 > 0 }
        guard !values.isEmpty else { return nil }
        return .init(
            "\(spectrum.isOfWeights ? "weights" : "features") \(spectrum.layer), σ / σ₁",
            positions: (1...values.count).map(Double.init), values: values.map { $0 / largest }, isLogarithmic: true)
    }
}
