import ArgumentParser
import Checkpoints
import CommandSupport
import Figures
import Files
import Foundation
import Landscape
import LinearAlgebra
import Networks
import Plasticity

struct StatisticsCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics",
        abstract: "All that has been proposed to explain loss of plasticity: norms, ranks, dead units, gradients.",
        discussion: """
            Each under a name that says what it is: --list prints the definitions and their sources. A run's folder gives \
            a series, with a picture of every statistic along training under --output.
            """)

    @OptionGroup var listing: StatisticsListOptions
    @OptionGroup(title: "Problem") var analysis: AnalysisOptions
    @OptionGroup(title: "Statistics") var statistics: StatisticsOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func run<Element: Scalar>(in _: Element.Type) throws {
        let checkpoints = try analysis.model.checkpoints()
        let folder = try result.folder()
        let bar = reporting.bar(of: checkpoints)
        let configuration = try statistics.configuration(seed: analysis.seed.seed)
        var findings: [StatisticsFinding] = []
        var last: Point<Element>?
        for (index, checkpoint) in checkpoints.enumerated() {
            try Interruption.check()
            let (finding, point) = try find(checkpoint, after: last, configuration)
            if let folder {
                try finding.save(in: checkpoints.count > 1 ? folder.member(index, of: checkpoints) : folder)
            }
            findings.append(finding)
            last = point
            bar.advance(to: findings.count)
        }
        bar.finish()
        guard findings.count > 1 else { return try result.show(findings[0].report) { findings[0].text } }
        let series = StatisticsSeries(findings: findings)
        if let folder { try series.save(in: folder) }
        try result.show(series.document) { series.text }
    }

    /// Where a checkpoint stands, for the next one.
    private struct Point<Element: Scalar> {
        let parameters: Parameters<Element>
        let step: Int?
        let architecture: Architecture
    }

    private func find<Element: Scalar>(
        _ checkpoint: String, after last: Point<Element>?, _ configuration: StatisticsConfiguration
    ) throws -> (StatisticsFinding, Point<Element>) {
        let clock = ContinuousClock()
        let start = clock.now
        let problem = try Problem<Element>(analysis.problem(checkpoint))
        var subject = StatisticsSubject(
            network: problem.network, parameters: problem.parameters, inputs: problem.inputs)
        subject.loss = problem.loss
        subject.support = support(problem)
        subject.mode = analysis.batchStatistics ? .batchStatistics : .analysis
        subject.workers = problem.workers
        subject.isOver = { Interruption.isRequested }
        let reference = try reference(for: checkpoint, of: problem.network)
        subject.reference = reference?.parameters
        var found: NetworkStatistics
        do {
            found = try NetworkStatistics(of: subject, configuration)
        } catch {
            throw error.within(checkpoint)
        }
        found.step = problem.run.step
        let point = Point(
            parameters: problem.parameters, step: problem.run.step, architecture: problem.network.architecture)
        if let last, let before = last.step, let now = point.step, now > before,
            last.architecture == point.architecture
        {
            found.addDisplacement(from: last.parameters, to: point.parameters, steps: now - before)
        }
        let header = ReportHeader(
            command: "statistics", version: Version.current, problem: problem,
            lossValue: found.values["loss"] ?? 0, seed: analysis.seed.seed,
            seconds: start.duration(to: clock.now) / .seconds(1),
            warnings: found.warnings + (reference == nil ? [Self.noReference] : []))
        let finding = StatisticsFinding(
            report: Report(header: header, body: StatisticsReport(found, reference: reference?.path)), found: found)
        return (finding, point)
    }

    private static let noReference =
        "no checkpoint of step 0 beside it: give --reference for distances from initialisation"

    /// What categorical outputs are on: of the loss, or of the run where another loss is asked for.
    private func support<Element: Scalar>(_ problem: Problem<Element>) -> Support? {
        if let loss = problem.loss as? TwoHot<Element> { return loss.support }
        let run = problem.run
        guard let low = run.supportLow, let high = run.supportHigh else { return nil }
        let support = Support(low: low, high: high, atoms: run.atoms ?? Support.defaultAtoms)
        return problem.network.outputCount % support.atoms == 0 ? support : nil
    }

    private func reference<Element: Scalar>(
        for checkpoint: String, of network: Network<Element>
    ) throws(Fault) -> (parameters: Parameters<Element>, path: String)? {
        if let path = statistics.reference {
            let file = try Checkpoint(reading: path, architecture: analysis.model.architecture)
            return (try file.parameters(of: network), path)
        }
        let folder = URL(fileURLWithPath: checkpoint).deletingLastPathComponent()
        let path = folder.appendingPathComponent("step_00000000.safetensors").path
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try Checkpoint(reading: path, architecture: analysis.model.architecture)
        return file.architecture == network.architecture ? (try file.parameters(of: network), path) : nil
    }
}
