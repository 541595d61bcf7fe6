import CommandSupport
import Files
import Krylov
import Landscape
import LinearAlgebra
import Logging
import Networks

/// The work of `landscape evolution`: one checkpoint after the other, each kept when it is whole.
struct EvolutionSearch<Element: Scalar> {
    private let configuration: EvolutionConfiguration
    private let problems: [ProblemConfiguration]
    private let run: LongRun
    private let style: CommandSupport.Progress.Style
    /// Where a finding's vectors are: in a file, or here.
    private enum Place {
        case file(RunFile<Element>)
        case memory(Matrix<Element>)
    }
    private var places: [Place] = []
    private(set) var points: [EvolutionPoint] = []
    /// Of the checkpoint last looked at, for the report's header.
    private var last: Problem<Element>?

    init(
        _ configuration: EvolutionConfiguration, problems: [ProblemConfiguration], run: LongRun,
        style: CommandSupport.Progress.Style
    ) {
        self.configuration = configuration
        self.problems = problems
        self.run = run
        self.style = style
    }

    /// Whether the time was over before the last checkpoint.
    var isPartial: Bool { points.count < problems.count }

    /// Looks at one checkpoint after the other until the last, or until the time is over.
    mutating func findAll(batchStatistics: Bool) throws {
        var bar: CommandSupport.Progress?
        for (index, configured) in problems.enumerated() {
            try Interruption.check(remedy: remedy)
            let problem = try Problem<Element>(configured)
            if let last { try Self.check(problem, against: last) }
            let identity = identity(problem, batchStatistics: batchStatistics)
            let file: RunFile<Element>? = run.file("checkpoint-\(index + 1)", identity)
            if let file, let kept = try EvolutionFinding(reading: file) {
                LongRun.announce(file)
                do throws(Fault) {
                    try kept.point.certificates.check(configuration.failedCertificates)
                } catch {
                    throw error.within(problem.path)
                }
                append(kept, .file(file), problem)
                continue
            }
            let stages = try ["largest", "smallest", "density"].map { stage throws(Fault) in
                try run.keeper("checkpoint-\(index + 1)-\(stage)", identity) as RunKeeper<Element>
            }
            guard let finding = try find(problem, stages, bar: &bar) else { break }
            try file.map { file throws(Fault) in try finding.write(to: file) }
            for stage in stages { stage.discard() }
            append(finding, file.map(Place.file) ?? .memory(finding.vectors), problem)
        }
        bar?.finish()
        guard points.isEmpty else { return }
        throw Fault(
            .usage, "the time was over before the first checkpoint was whole", at: "--time-limit",
            remedy: run.keepsStates ? "The same command goes on from here" : "Give more time")
    }

    private mutating func append(_ finding: EvolutionFinding<Element>, _ place: Place, _ problem: Problem<Element>) {
        var point = finding.point
        // A kept one may have been found under another path.
        point.checkpoint = problem.path
        points.append(point)
        places.append(place)
        last = problem
    }

    /// Nil where the time was over before the checkpoint was whole.
    private func find(
        _ problem: Problem<Element>, _ stages: [RunKeeper<Element>], bar: inout CommandSupport.Progress?
    ) throws -> EvolutionFinding<Element>? {
        let expected = configuration.expectedProducts(parameters: problem.network.layout.count)
        let clock = ContinuousClock()
        let before = clock.now
        let bytes = configuration.vectorBytes(for: problem.network, examples: problem.examples)
        let linearised = try problem.linearised(
            directions: configuration.blockSize(for: problem.network, examples: problem.examples), reserving: bytes)
        let total = expected * problems.count
        if bar == nil {
            CostNotice(
                products: expected * (problems.count - points.count), of: linearised,
                linearisedIn: before.duration(to: clock.now) / .seconds(1), vectorBytes: bytes
            ).announce(Logger(label: "landscape"))
            bar = CommandSupport.Progress(
                "products", total: total, unit: "products", done: expected * points.count, style: style)
        }
        let place = points.count
        let label = "checkpoint \(place + 1) of \(problems.count)"
        do {
            return try EvolutionFinding(
                problem, linearised, configuration,
                controls: .init(
                    largest: stages[0].control, smallest: stages[1].control, density: stages[2].control)
            ) { [bar] done in
                // How many the extreme eigenvalues take is known only at the end.
                bar?.advance(to: expected * place + min(done, expected), details: label)
            }
        } catch let fault as Fault where fault.kind == .data || fault.kind == .software {
            throw fault.within(problem.path)
        } catch let failure as KrylovFailure {
            throw Fault(
                .data, "\(failure)", at: problem.path,
                remedy: "The parameters are too large for \(Element.precisionName) precision; try --precision double")
        }
    }

    /// Nil where there is no top subspace, or nothing to compare.
    func compare(workers: Workers) throws -> SubspaceComparison? {
        guard configuration.top > 0, points.count > 1 else { return nil }
        let bar = CommandSupport.Progress("subspaces", total: points.count, unit: "checkpoints", style: style)
        let comparison = try SubspaceComparison(
            count: points.count, workers: workers,
            progress: { [remedy] done in
                try Interruption.check(remedy: remedy)
                bar.advance(to: done)
            },
            vectors: { index in
                switch places[index] {
                case .memory(let vectors): return vectors
                case .file(let file):
                    guard let kept = try EvolutionFinding(reading: file) else {
                        throw Fault(.inputOutput, "is gone, and was there before", at: file.path)
                    }
                    return kept.vectors
                }
            })
        bar.finish()
        return comparison
    }

    func report(_ comparison: SubspaceComparison?, seconds: Double) throws(Fault) -> Report<EvolutionReport> {
        guard let last, let point = points.last else { throw Fault(.software, "no checkpoint was looked at") }
        let body = EvolutionReport(
            points, comparison, configuration, parameters: last.network.layout.count,
            sharesExamples: problems.allSatisfy { $0.data != nil })
        var warnings = body.warnings
        if isPartial {
            warnings.append(run.partialWarning)
            warnings.append("\(points.count) of \(problems.count) checkpoints were looked at")
        }
        let isLong = last.examples > EvolutionConfiguration.mostCovarianceExamples
        if isLong {
            warnings.append(
                "the covariance of gradients was left out: it is taken of at most "
                    + "\(EvolutionConfiguration.mostCovarianceExamples) examples; choose fewer with --examples")
        }
        var header = ReportHeader(
            command: "evolution", version: Version.current, problem: last, lossValue: point.loss,
            seed: configuration.seed, seconds: seconds, warnings: warnings)
        if isPartial { header.partial = true }
        return Report(header: header, body: body)
    }

    private func identity(_ problem: Problem<Element>, batchStatistics: Bool) -> RunIdentity {
        var identity = RunIdentity(command: "evolution", version: Version.current)
        identity.add(problem)
        identity.add([
            "seed": configuration.seed, "operator": configuration.kind.rawValue, "top": configuration.top,
            "tolerance": configuration.tolerance, "maximum-products": configuration.maximumSteps,
            "probes": configuration.probes, "steps": configuration.steps, "batch-statistics": batchStatistics,
        ])
        return identity
    }

    private var remedy: String {
        run.keepsStates ? "The checkpoints finished so far are kept: type the same command again to go on" : ""
    }

    /// Subspaces of different parameters cannot be compared.
    private static func check(_ problem: Problem<Element>, against other: Problem<Element>) throws(Fault) {
        func tensors(_ problem: Problem<Element>) -> [String] {
            problem.network.layout.entries.map { "\($0.name) \($0.shape)" }
        }
        let (mine, theirs) = (tensors(problem), tensors(other))
        guard mine != theirs else { return }
        let index = zip(mine, theirs).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let found = index.map { "\(mine[$0]) where \(theirs[$0]) was" } ?? "\(mine.count) tensors, not \(theirs.count)"
        throw Fault(
            .data, "has other parameters than \(other.path): \(found)", at: problem.path,
            remedy: "Give checkpoints of one network")
    }
}
