public import ArgumentParser
import Checkpoints
import CommandSupport
import Figures
import Files
public import Krylov
public import Landscape
import LinearAlgebra
import Logging
import Networks

struct HessianCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "hessian",
        abstract: "Extreme eigenvalues, spectral density and trace of the Hessian.",
        discussion: """
            Products with the matrix are exact (Pearlmutter 1994). Eigenvalues come with residuals that are computed from \
            the matrix itself; the density (stochastic Lanczos quadrature) and the trace with the spread between random \
            start vectors.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(
        name: .customLong("operator"),
        help: "The matrix: \(OperatorKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: OperatorKind = .hessian

    @Option(help: ArgumentHelp("How many extreme eigenvalues; 0 for none.", valueName: "k"))
    var top = 10

    @Option(help: "Where they are taken: \(SpectrumEnd.allCases.map(\.rawValue).joined(separator: ", ")).")
    var end: SpectrumEnd = .largestMagnitude

    @Option(help: ArgumentHelp("The residual of an eigenvalue relative to it.", valueName: "t"))
    var tolerance = 1e-3

    @Option(help: ArgumentHelp("Products spent on extreme eigenvalues, at most.", valueName: "n"))
    var maximumProducts = 1000

    @Option(help: ArgumentHelp("Random start vectors of the density; 0 for none.", valueName: "m"))
    var probes = 10

    @Option(help: ArgumentHelp("Lanczos steps of each.", valueName: "s"))
    var steps = 80

    @Option(
        help: """
            How the Lanczos bases are kept orthogonal: partial (when an estimate asks for it) or full (every step). Both \
            report the loss that is left.
            """)
    var reorthogonalisation: Reorthogonalisation = .partial

    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if top < 0 || probes < 0 { throw ValidationError("--top and --probes cannot be negative.") }
        if top == 0 && probes == 0 { throw ValidationError("With --top 0 and --probes 0 there is nothing to do.") }
        if steps < 1 || maximumProducts < 1 {
            throw ValidationError("--steps and --maximum-products must be at least 1.")
        }
        if probes > 100_000 { throw ValidationError("--probes must be at most 100000, not \(probes).") }
        if !(tolerance > 0 && tolerance < 1) { throw ValidationError("--tolerance must lie between 0 and 1.") }
    }

    func run() throws {
        switch analysis.precision.precision {
        case .single: try run(in: Float.self)
        case .double: try run(in: Double.self)
        }
    }

    private func run<Element: Scalar>(in precision: Element.Type) throws {
        let checkpoints = try analysis.checkpoints()
        let folder = try result.output.map { path throws(Fault) in try ResultFolder(path) }
        var findings: [HessianFinding] = []
        for (index, checkpoint) in checkpoints.enumerated() {
            let label = checkpoints.count > 1 ? "\(findings.count + 1)/\(checkpoints.count) " : ""
            let finding = try find(checkpoint, label: label, in: precision)
            findings.append(finding)
            if let folder {
                try finding.save(in: checkpoints.count > 1 ? folder.member(index, of: checkpoints) : folder)
            }
        }
        guard findings.count > 1 else {
            return try result.show(findings[0].report) { findings[0].table(plot: folder == nil) }
        }
        let series = HessianSeries(findings: findings)
        if let folder { try series.save(in: folder) }
        try result.show(series.document) { series.table }
    }

    private var configuration: HessianConfiguration {
        var configuration = HessianConfiguration(
            kind: kind, top: top, probes: probes, steps: steps, seed: analysis.seed.seed)
        configuration.end = end
        configuration.tolerance = tolerance
        configuration.maximumSteps = maximumProducts
        configuration.reorthogonalisation = reorthogonalisation
        return configuration
    }

    private func find<Element: Scalar>(
        _ checkpoint: String, label: String, in precision: Element.Type
    ) throws -> HessianFinding {
        let clock = ContinuousClock()
        let start = clock.now
        let problem = try Problem<Element>(analysis.problem(checkpoint))
        let configuration = configuration
        let vectorBytes = configuration.vectorBytes(for: problem.network, examples: problem.examples)
        let before = clock.now
        let linearised = try problem.linearised(
            directions: configuration.blockSize(for: problem.network, examples: problem.examples),
            reserving: vectorBytes)
        let linearisedIn = before.duration(to: clock.now) / .seconds(1)
        let expected = configuration.expectedProducts(parameters: problem.network.layout.count)
        CostNotice(products: expected, of: linearised, linearisedIn: linearisedIn, vectorBytes: vectorBytes)
            .announce(Logger(label: "landscape"))
        let bar = CommandSupport.Progress(
            "\(label)products", total: expected, unit: "products", style: reporting.progressStyle)
        let found: HessianAnalysis
        do {
            found = try HessianAnalysis(linearised, configuration) { done in
                try Interruption.check()
                // How many the extreme eigenvalues take is known only at the end.
                bar.advance(to: min(done, expected))
            }
        } catch let fault as Fault where fault.kind == .data {
            throw fault.within(checkpoint)
        } catch let failure as KrylovFailure {
            throw Fault(
                .data, "\(failure)", at: checkpoint,
                remedy: "The parameters are too large for \(Element.precisionName) precision; try --precision double")
        }
        bar.finish()
        let header = ReportHeader(
            command: "hessian", version: Version.current, problem: problem, lossValue: linearised.lossValue,
            seed: configuration.seed, seconds: start.duration(to: clock.now) / .seconds(1), warnings: found.warnings)
        return HessianFinding(
            report: Report(header: header, body: HessianReport(found, configuration)), analysis: found,
            step: problem.run.step)
    }
}

extension OperatorKind: ExpressibleByArgument {}
extension SpectrumEnd: ExpressibleByArgument {}
extension Reorthogonalisation: ExpressibleByArgument {}
