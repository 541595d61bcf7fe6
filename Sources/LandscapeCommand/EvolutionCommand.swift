public import ArgumentParser
import CommandSupport
import Files
public import Landscape
import LinearAlgebra
import Networks

struct EvolutionCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "evolution",
        abstract: "How the landscape changes along a run: every checkpoint, and how the top subspace turns.",
        discussion: """
            All checkpoints are seen on the same examples and with the same random start vectors, so that what differs \
            between them is the checkpoint. With --output each is kept as soon as it is whole: the same command goes on \
            after a crash, and report.md shows tables and pictures together.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(
        help: """
            Whose examples all checkpoints are seen on, where --data does not say: last, first, or own (each on its own).
            """)
    var examplesFrom: EvolutionExamples = .last

    @Option(
        name: .customLong("operator"),
        help: "The matrix: \(OperatorKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: OperatorKind = .hessian

    @Option(
        help: ArgumentHelp(
            "Dimensions of the top subspace, the eigenvectors of the largest eigenvalues; 0 for none.", valueName: "k"))
    var top = 10

    @Option(help: ArgumentHelp("The residual of an eigenvalue relative to it.", valueName: "t"))
    var tolerance = 1e-3

    @Option(help: ArgumentHelp("Products spent on the eigenvalues of an end, at most.", valueName: "n"))
    var maximumProducts = 1000

    @Option(help: ArgumentHelp("Random start vectors of the density; 0 for none.", valueName: "m"))
    var probes = 5

    @Option(help: ArgumentHelp("Lanczos steps of each.", valueName: "s"))
    var steps = 60

    @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Long runs") var longRun: RunOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if top < 0 || probes < 0 { throw ValidationError("--top and --probes cannot be negative.") }
        if steps < 1 || maximumProducts < 1 {
            throw ValidationError("--steps and --maximum-products must be at least 1.")
        }
        if probes > 100_000 { throw ValidationError("--probes must be at most 100000, not \(probes).") }
        if !(tolerance > 0 && tolerance < 1) { throw ValidationError("--tolerance must lie between 0 and 1.") }
    }

    func run<Element: Scalar>(in _: Element.Type) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let checkpoints = try analysis.model.checkpoints()
        guard checkpoints.count > 1 else {
            throw Fault(
                .usage, "one checkpoint is no series", at: "--checkpoint",
                remedy: "Give a run's folder or several checkpoints; for one there is landscape hessian")
        }
        let folder = try result.folder()
        let run = LongRun(longRun, output: folder?.path)
        var search = EvolutionSearch<Element>(
            configuration, problems: try problems(checkpoints), run: run, style: reporting.progressStyle)
        try search.findAll(batchStatistics: analysis.batchStatistics)
        let comparison = try search.compare(workers: analysis.threads.workers)
        let report = try search.report(comparison, seconds: start.duration(to: clock.now) / .seconds(1))
        let series = EvolutionSeries(report: report, points: search.points)
        if let folder {
            try series.save(in: folder)
            run.finish(partial: search.isPartial)
        }
        try result.show(report) { series.text(certificates: evidence.certificates) }
    }

    private var configuration: EvolutionConfiguration {
        var configuration = EvolutionConfiguration(
            kind: kind, top: top, probes: probes, steps: steps, seed: analysis.seed.seed)
        configuration.tolerance = tolerance
        configuration.maximumSteps = maximumProducts
        configuration.failedCertificates = evidence.force ? .tell : .refuse
        return configuration
    }

    private func problems(_ checkpoints: [String]) throws(Fault) -> [ProblemConfiguration] {
        let shared: String?
        if analysis.data == nil {
            shared = try examplesFrom.data(for: checkpoints, architecture: analysis.model.architecture)
        } else {
            shared = analysis.data
        }
        return checkpoints.map { checkpoint in
            var problem = analysis.problem(checkpoint)
            problem.data = shared
            return problem
        }
    }
}

extension EvolutionExamples: ExpressibleByArgument {}
