public import ArgumentParser
import Checkpoints
import CommandSupport
import Files
import Krylov
public import Landscape
import LinearAlgebra
import Logging
import Networks

struct ScalarsCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "scalars",
        abstract: "Trace, norms, ranks, determinant and condition of the Hessian, each with its interval.",
        discussion: """
            Every number comes with a 95 % interval, or says that it is unknown. Matrices of few parameters are formed and \
            everything is exact. Traces of layers, and where the top eigenvectors live, are told layer by layer; \
            --parameters 'fc1.*' takes the block of some layers alone.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(
        name: .customLong("operator"),
        help: "The matrix: \(OperatorKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: OperatorKind = .hessian

    @Option(help: ArgumentHelp("Targets drawn for each example, for fisher-mc.", valueName: "m"))
    var samples = 1

    @Option(
        help: ArgumentHelp(
            "What to find, with commas: \(ScalarQuantity.allCases.map(\.rawValue).joined(separator: ", ")). Default: all "
                + "but the diagonal; logdet only of matrices without negative eigenvalues.", valueName: "list"))
    var quantities: QuantityList?

    @Option(
        help: ArgumentHelp(
            "Restrict the matrix to tensors whose names match, such as 'fc1.*'; give several for more.",
            valueName: "pattern"))
    var parameters: [String] = []

    @Option(help: "What is told together: layer (fc1 for fc1.weight and fc1.bias) or tensor.")
    var group: ParameterGrouping = .layer

    @Option(help: ArgumentHelp("Products for the traces, and for the diagonal.", valueName: "n"))
    var products = 100

    @Option(help: ArgumentHelp("Random start vectors for determinant and ranks.", valueName: "m"))
    var probes = 10

    @Option(help: ArgumentHelp("Lanczos steps of each.", valueName: "s"))
    var steps = 60

    // What begins with a hyphen is a value here, to be refused as one.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "σ of log det(A + σI) and of the condition number of A + σI. (default: 0.001 of the largest eigenvalue)",
            valueName: "sigma"))
    var shift: Double?

    @Option(help: ArgumentHelp("The share of the largest eigenvalue that counts for the rank.", valueName: "e"))
    var rankThreshold = 0.01

    @Option(help: ArgumentHelp("How many top eigenvectors to look at.", valueName: "k"))
    var top = 10

    @Option(help: ArgumentHelp("The residual of an eigenvalue relative to it.", valueName: "t"))
    var tolerance = 1e-3

    @Option(help: ArgumentHelp("Products for each end of the spectrum, at most.", valueName: "n"))
    var maximumProducts = 400

    @Option(help: ArgumentHelp("Form the matrix of up to so many parameters; 0 for never.", valueName: "n"))
    var exactLimit = 1024

    @Option(
        help: ArgumentHelp(
            "End after this time, such as 90s, 30m or 2h, with what was found so far, marked as partial.",
            valueName: "time"))
    var timeLimit: TimeSpan?

    @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if products < 2 || products > 1_000_000 {
            throw ValidationError("--products must lie between 2 and 1000000, not \(products).")
        }
        if samples < 1 || samples > 100_000 { throw ValidationError("--samples must lie between 1 and 100000.") }
        if probes < 2 || probes > 100_000 { throw ValidationError("--probes must lie between 2 and 100000.") }
        if steps < 1 || maximumProducts < 1 || top < 1 {
            throw ValidationError("--steps, --maximum-products and --top must be at least 1.")
        }
        if let shift, !(shift > 0 && shift.isFinite) {
            throw ValidationError("--shift must be positive, not \(shift).")
        }
        if !(rankThreshold > 0 && rankThreshold < 1) {
            throw ValidationError("--rank-threshold must lie between 0 and 1, not \(rankThreshold).")
        }
        if !(tolerance > 0 && tolerance < 1) { throw ValidationError("--tolerance must lie between 0 and 1.") }
        if let timeLimit, timeLimit.seconds <= 0 { throw ValidationError("--time-limit must be more than no time.") }
        if exactLimit < 0 || exactLimit > 20_000 {
            throw ValidationError("--exact-limit must lie between 0 and 20000, not \(exactLimit).")
        }
    }

    func run<Element: Scalar>(in precision: Element.Type) throws {
        let checkpoints = try analysis.model.checkpoints()
        let folder = try result.folder()
        let limits = RunLimits(timeLimitSeconds: timeLimit?.seconds)
        var findings: [ScalarsFinding<Element>] = []
        for (index, checkpoint) in checkpoints.enumerated() {
            // Of a series a time limit ends what it finds; there is nothing to say of what comes after.
            if index > 0, limits.isOver {
                StandardError.write(
                    line: "warning: the time limit passed after \(index) of \(checkpoints.count) checkpoints")
                break
            }
            let label = checkpoints.count > 1 ? "\(findings.count + 1)/\(checkpoints.count) " : ""
            let finding = try find(checkpoint, label: label, limits, in: precision)
            if let folder {
                try finding.save(in: checkpoints.count > 1 ? folder.member(index, of: checkpoints) : folder)
            }
            findings.append(finding)
        }
        guard checkpoints.count > 1 else {
            return try result.show(findings[0].report) { findings[0].table(certificates: evidence.certificates) }
        }
        let document = SeriesDocument(command: "scalars", series: findings.map(\.report))
        if let folder { try folder.write(document) }
        try result.show(document) { ScalarsFinding.table(of: findings, certificates: evidence.certificates) }
    }

    private var configuration: ScalarConfiguration {
        var configuration = ScalarConfiguration(
            kind: kind, quantities: quantities?.quantities, seed: analysis.seed.seed)
        configuration.target.samples = samples
        configuration.parameters = parameters
        configuration.grouping = group
        configuration.traceProducts = products
        configuration.probes = probes
        configuration.steps = steps
        configuration.shift = shift
        configuration.rankThreshold = rankThreshold
        configuration.top = top
        configuration.tolerance = tolerance
        configuration.maximumSteps = maximumProducts
        configuration.exactLimit = exactLimit
        configuration.failedCertificates = evidence.force ? .tell : .refuse
        if let limit = analysis.memory.limit { configuration.basisMemory = min(2 << 30, limit / 2) }
        return configuration
    }

    private func find<Element: Scalar>(
        _ checkpoint: String, label: String, _ limits: RunLimits, in precision: Element.Type
    ) throws -> ScalarsFinding<Element> {
        let clock = ContinuousClock()
        let start = clock.now
        let problem = try Problem<Element>(analysis.problem(checkpoint))
        let configuration = configuration
        let count =
            kind.actsOnParameters
            ? try ParameterSelection(parameters, of: problem.network.layout).count
            : problem.examples * problem.network.outputCount
        let vectorBytes = configuration.vectorBytes(parameters: count, bytes: MemoryLayout<Element>.stride)
        let before = clock.now
        let linearised = try problem.linearised(
            directions: HessianConfiguration(probes: 8, steps: 1).blockSize(
                for: problem.network, examples: problem.examples), reserving: vectorBytes)
        let linearisedIn = before.duration(to: clock.now) / .seconds(1)
        let expected = configuration.expectedProducts(parameters: count)
        CostNotice(products: expected, of: linearised, linearisedIn: linearisedIn, vectorBytes: vectorBytes)
            .announce(Logger(label: "landscape"))
        let bar = CommandSupport.Progress(
            "\(label)products", total: expected, unit: "products", style: reporting.progressStyle)
        let found: ScalarAnalysis<Element>
        do {
            found = try ScalarAnalysis(
                linearised, configuration, isOver: { limits.isOver },
                progress: { done in
                    try Interruption.check()
                    bar.advance(to: min(done, expected))
                })
        } catch let fault as Fault where fault.kind == .data || fault.kind == .software {
            throw fault.within(checkpoint)
        } catch let failure as KrylovFailure {
            throw Fault(
                .data, "\(failure)", at: checkpoint,
                remedy: "The parameters are too large for \(Element.precisionName) precision; try --precision double")
        }
        bar.finish()
        var header = ReportHeader(
            command: "scalars", version: Version.current, problem: problem, lossValue: linearised.lossValue,
            seed: configuration.seed, seconds: start.duration(to: clock.now) / .seconds(1),
            warnings: found.warnings + found.certificates.warnings
                + (found.isPartial ? ["partial: the time limit left out what is missing here"] : []))
        if found.isPartial { header.partial = true }
        return ScalarsFinding(
            report: Report(header: header, body: ScalarReport(found, configuration)), analysis: found,
            step: problem.run.step)
    }
}

/// `trace,layers`: quantities with commas between them.
struct QuantityList: ExpressibleByArgument {
    let quantities: Set<ScalarQuantity>

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let found = words.compactMap { ScalarQuantity(rawValue: String($0)) }
        guard found.count == words.count else { return nil }
        quantities = Set(found)
    }
}

extension ParameterGrouping: ExpressibleByArgument {}
