import Checkpoints
import CommandSupport
import Figures
import Files
import Krylov
import Landscape
import LinearAlgebra
import Networks
import Plasticity
import Training

/// What `landscape plasticity` found, ready to be shown and kept.
struct PlasticityFinding<Element: Scalar> {
    let report: Report<PlasticityReport>
    private let plan: PlasticityPlan<Element>
    private let found: [PlasticityMeasurement]

    /// - Parameter found: of the first checkpoints of the plan, in their order.
    init(
        _ plan: PlasticityPlan<Element>, _ found: [PlasticityMeasurement], seconds: Double, warnings: [String],
        isPartial: Bool
    ) throws(Fault) {
        self.plan = plan
        self.found = found
        let first = plan.series.hasReference ? found.first : nil
        let records = found.enumerated().map { index, measurement in
            PlasticityRecord(step: plan.series.members[index].run.step, measurement, since: first)
        }
        let failures = zip(records, plan.series.members).flatMap { record, member in
            record.failures.map {
                "task \($0.task + 1) at \(HeaderText.name(member.path)) has no result, and is left out: at step \($0.step) "
                    + $0.message
            }
        }
        let configuration = plan.configuration
        let body = PlasticityReport(
            tasks: configuration.tasks, steps: configuration.steps, batchSize: configuration.batchSize,
            optimiser: plan.probe.optimiser.description, optimiserState: plan.state.rawValue,
            offsetRule: configuration.offset.rawValue, head: configuration.head.rawValue,
            frequency: configuration.frequency, support: plan.probe.tasks.support, baseline: found[0].baseline,
            reference: first == nil ? nil : plan.series.members[0].path,
            series: zip(records, plan.series.members).map { .init(checkpoint: $1.path, record: $0) })
        guard let loss = found.last(where: { $0.finalLoss != nil })?.finalLoss else {
            throw Fault(
                .data, "every task failed: \(failures.first ?? "")", at: plan.series.members[0].path,
                remedy: "Lower the learning rate with --learning-rate, or take another optimiser")
        }
        var header = ReportHeader(
            command: "plasticity", version: Version.current,
            checkpoint: plan.series.members[found.count - 1].path, network: plan.probe.tasks.network,
            // Of the values that outputs stand for, however they are fitted.
            loss: (.meanSquaredError, loss.value),
            examples: (plan.probe.tasks.inputs.rows, plan.data))
        header.seed = configuration.seed
        header.seconds = seconds
        header.warnings = plan.warnings + failures + warnings
        if isPartial { header.partial = true }
        report = Report(header: header, body: body)
    }

    private var members: [PlasticityReport.Member] { report.body.series }

    /// The training steps where all are known and ascend, else the places in the series.
    private var steps: [Double] {
        let known = members.compactMap { $0.record.step.map(Double.init) }
        let ascends = zip(known, known.dropFirst()).allSatisfy { $0 < $1 }
        return known.count == members.count && ascends ? known : members.indices.map(Double.init)
    }

    /// For people.
    var text: String {
        let body = report.body
        let subject = members.count == 1 ? "\(report.header.checkpoint)" : "\(members.count), θ₀ the first"
        return """
            checkpoint  \(subject)
            inputs      \(report.header.examples) examples of \(report.header.data)
            parameters  \(report.header.parameters), \(report.header.precision) precision, seed \(report.header.seed)
            probe       \(body.tasks) tasks of \(body.steps) steps, batch \(body.batchSize), \(body.optimiser)
            state       \(body.optimiserState); offset \(body.offsetRule); targets' variance b \
            \(Table.text(body.baseline, digits: 4))

            \(table.text)
            \(plot)

            """ + HeaderText.warnings(report.header)
    }

    private var table: Table {
        var table = Table([
            .init("checkpoint", .left), .init("step", .right), .init("final loss"), .init("± s.e."),
            .init("plasticity b − loss"), .init("95 % from"), .init("to"), .init("plasticity loss"),
            .init("95 % from"), .init("to"), .init("mean loss"), .init("failed", .right),
        ])
        for member in members {
            let record = member.record
            func digits(_ value: Double?) -> Table.Cell { .brief(value.map { $0 == 0 ? 0 : $0 }) }
            table.append([
                .text(HeaderText.name(member.checkpoint)), .integer(record.step), .number(record.finalLoss?.value),
                .brief(record.finalLoss?.standardError), .number(record.plasticity?.value),
                digits(record.plasticity?.interval?.first), digits(record.plasticity?.interval?.last),
                .number(record.plasticityLoss?.value), digits(record.plasticityLoss?.interval?.first),
                digits(record.plasticityLoss?.interval?.last), .brief(record.meanLoss?.value),
                .integer(record.failures.count),
            ])
        }
        return table
    }

    /// Plasticity loss over a series, the mean learning curve of a single checkpoint.
    private var plot: String {
        if members.count > 2 {
            return "plasticity loss against training step\n"
                + TerminalPlot.line(positions: steps, values: members.map { $0.record.plasticityLoss?.value })
        }
        let curves = found[found.count - 1].learnt.map(\.curve)
        guard !curves.isEmpty else { return "" }
        let means = curves[0].indices.map { point in
            curves.reduce(0) { $0 + $1[point] } / Double(curves.count)
        }
        return "mean loss against step of the task\n"
            + TerminalPlot.line(positions: found[0].curveSteps.map(Double.init), values: means)
    }

    func save(in folder: ResultFolder) throws(Fault) {
        try folder.write(arrays())
        for figure in figures { _ = try folder.draw(figure) }
        // Last: where it is, the rest is too.
        try folder.write(report)
    }

    private func arrays() throws(Fault) -> SafetensorsWriter {
        var arrays = SafetensorsWriter(metadata: ["command": "plasticity", "checkpoint": report.header.checkpoint])
        let tasks = plan.probe.tasks
        try arrays.add(
            "sines", tasks.sines.flatMap(\.array), shape: [tasks.sines.count, tasks.inputs.rows, tasks.valueCount])
        try arrays.add("baselines", tasks.variances, shape: [tasks.variances.count])
        let curveSteps = found[0].curveSteps
        try arrays.add("curve_steps", curveSteps.map(Int64.init), shape: [curveSteps.count])
        for (index, measurement) in found.enumerated() {
            let learnt = measurement.learnt
            try arrays.add("offset.\(index)", [measurement.offset], shape: [1])
            guard !learnt.isEmpty else { continue }
            try arrays.add("tasks.\(index)", learnt.map { Int64($0.task) }, shape: [learnt.count])
            try arrays.add("curves.\(index)", learnt.flatMap(\.curve), shape: [learnt.count, curveSteps.count])
            try arrays.add(
                "batch_losses.\(index)", learnt.flatMap(\.batchLosses), shape: [learnt.count, plan.configuration.steps])
        }
        return arrays
    }

    private var figures: [any Figure] {
        let subtitle =
            "\(report.body.tasks) tasks of \(report.body.steps) steps, \(report.header.examples) inputs, "
            + "\(report.header.parameters) parameters"
        var figures: [any Figure] = []
        let curves = zip(members, found).filter { !$1.learnt.isEmpty }.map { member, measurement in
            LearningCurvesFigure.Member(
                member.record.step.map { "step \($0)" } ?? HeaderText.name(member.checkpoint),
                losses: measurement.learnt.map(\.curve))
        }
        figures.append(
            LearningCurvesFigure(
                title: "Learning new tasks from each checkpoint", subtitle: subtitle,
                steps: found[0].curveSteps.map(Double.init), members: curves, baseline: report.body.baseline))
        let panels = [
            panel("plasticity loss P(θ₀) − P(θ)", \.plasticityLoss, level: 0),
            panel("plasticity P(θ)", \.plasticity, level: nil),
            panel("mean loss over the budget", \.meanLoss, level: nil),
        ].compactMap(\.self)
        if members.count > 1, !panels.isEmpty {
            figures.append(
                IntervalSeriesFigure(
                    name: "plasticity", title: "Plasticity along training",
                    subtitle: subtitle + "; bars: 95 % intervals over tasks", panels: panels))
        }
        return figures
    }

    private func panel(
        _ label: String, _ value: (PlasticityRecord) -> PlasticityRecord.Value?, level: Double?
    ) -> IntervalSeriesFigure.Panel? {
        let points = zip(steps, members).compactMap { step, member in value(member.record).map { (step, $0) } }
        guard !points.isEmpty else { return nil }
        return .init(
            label, steps: points.map(\.0), values: points.map(\.1.value),
            lows: points.map { $0.1.interval?.first ?? $0.1.value },
            highs: points.map { $0.1.interval?.last ?? $0.1.value }, level: level)
    }
}
