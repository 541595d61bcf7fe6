import Checkpoints
import CommandSupport
import Figures
import Files
import Foundation
import Landscape
import Plasticity

/// Statistics along a run.
struct StatisticsSeries {
    let findings: [StatisticsFinding]

    var document: SeriesDocument<Report<StatisticsReport>> {
        SeriesDocument(command: "statistics", series: findings.map(\.report))
    }

    private static let columns: [(title: String, name: String)] = [
        ("weight norm", "weight_norm"), ("from start", "distance_from_initialisation"), ("dead", "dead_fraction"),
        ("dormant", "dormant_fraction"), ("saturated", "saturated_fraction"),
        ("rank at 0.01", "feature_numerical_rank"), ("srank", "feature_srank"),
        ("entropy rank", "feature_entropy_rank"),
        ("gradient norm", "gradient_norm"), ("sharpness", "sharpness"),
    ]

    var text: String {
        let shown = Self.columns.filter { column in findings.contains { $0.found.values[column.name] != nil } }
        var table = Table(
            [.init("checkpoint", .left), .init("step", .right), .init("loss")] + shown.map { .init($0.title) })
        for finding in findings {
            table.append(
                [
                    .text(HeaderText.name(finding.report.header.checkpoint)), .integer(finding.found.step),
                    .brief(finding.report.header.loss.value),
                ] + shown.map { .brief(finding.found.values[$0.name]) })
        }
        return table.text + "\nranks are of the penultimate features; --json and --output have all statistics\n"
            + warnings
    }

    /// Each once, with the checkpoints that it is of.
    private var warnings: String {
        var places: [(warning: String, checkpoints: [String])] = []
        for finding in findings {
            let name = HeaderText.name(finding.report.header.checkpoint)
            for warning in finding.report.header.warnings {
                if let index = places.firstIndex(where: { $0.warning == warning }) {
                    places[index].checkpoints.append(name)
                } else {
                    places.append((warning, [name]))
                }
            }
        }
        let lines = places.map { warning, names in
            let place = names.count > 3 ? "\(names.count) checkpoints" : names.joined(separator: ", ")
            return "warning: \(place): \(warning)\n"
        }
        return (lines.isEmpty ? "" : "\n" + lines.joined())
            + HeaderText.unequalExamples(findings.map(\.report.header))
    }

    /// The document, the table and the picture of every statistic along the series.
    func save(in folder: ResultFolder) throws(Fault) {
        let names = names
        try AtomicFile.write(Data(csv(names).utf8), to: folder.path + "/statistics.csv")
        let panels = names.filter { !isRepeated($0) }.compactMap(panel)
        if !panels.isEmpty {
            let figure = SmallMultiplesFigure(
                name: "statistics", title: "Statistics along training",
                subtitle: HeaderText.subtitle(findings.map(\.report.header)),
                horizontalName: hasSteps ? "training step" : "checkpoint", panels: panels)
            if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
        }
        try folder.write(document)
    }

    /// Those that any checkpoint has, in the order of the list.
    private var names: [String] {
        let all = findings.flatMap(\.names)
        let listed = Statistic.all.map(\.name).filter(all.contains)
        return listed + Set(all).subtracting(listed).sorted()
    }

    /// Whether all steps are known and ascend; else places in the series stand for them.
    private var hasSteps: Bool {
        let steps = findings.compactMap(\.found.step)
        return steps.count == findings.count && zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Whether the channels of every checkpoint are its units, as where there are neither images nor tokens.
    private func isRepeated(_ name: String) -> Bool { findings.allSatisfy { $0.isRepeated(name) } }

    private func panel(_ name: String) -> SmallMultiplesFigure.Panel? {
        var (positions, values): ([Double], [Double]) = ([], [])
        for (index, finding) in findings.enumerated() {
            guard let value = finding.found.values[name] else { continue }
            positions.append(hasSteps ? Double(finding.found.step ?? index) : Double(index))
            values.append(value)
        }
        return values.count > 1 ? .init(name, positions: positions, values: values) : nil
    }

    /// One line a checkpoint; a number that is not there is an empty field.
    private func csv(_ names: [String]) -> String {
        var text = "checkpoint,step,\(names.joined(separator: ","))\n"
        for finding in findings {
            let step = finding.found.step.map(String.init) ?? ""
            let numbers = names.map { name in finding.found.values[name].map { "\($0)" } ?? "" }
            let file = finding.report.header.checkpoint.replacing("\"", with: "\"\"")
            text += "\"\(file)\",\(step),\(numbers.joined(separator: ","))\n"
        }
        return text
    }
}
