public import ArgumentParser
import CommandSupport
public import Krylov
public import Landscape

/// Which matrix, and what of its spectrum is wanted.
struct SpectrumOptions: ParsableArguments {
    @Option(
        name: .customLong("operator"),
        help: "The matrix: \(OperatorKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: OperatorKind = .hessian

    @Option(help: ArgumentHelp("Targets drawn for each example; of fisher-mc alone.", valueName: "m"))
    var samples = 1

    @Option(
        help: ArgumentHelp(
            "Take the rows and columns of some tensors alone, such as 'fc1' or '*.weight'; may be given several times.",
            valueName: "pattern"))
    var parameters: [String] = []

    @Option(help: ArgumentHelp("How many extreme eigenvalues; 0 for none.", valueName: "k"))
    var top = 10

    @Option(help: "Where they are taken: \(SpectrumEnd.allCases.map(\.rawValue).joined(separator: ", ")).")
    var end: SpectrumEnd = .largestMagnitude

    @Option(help: ArgumentHelp("The residual of an eigenvalue relative to it.", valueName: "t"))
    var tolerance = 1e-3

    @Option(help: ArgumentHelp("Products spent on extreme eigenvalues, at most.", valueName: "n"))
    var maximumProducts = 1000

    @Option(
        help: """
            Compute all eigenvalues instead: auto (where it takes no longer), always (while memory lasts), never.
            """)
    var exact: Choice<HessianConfiguration.ExactChoice> = Choice(.automatic)

    func validate() throws {
        if top < 0 { throw ValidationError("--top cannot be negative.") }
        if samples < 1 || maximumProducts < 1 {
            throw ValidationError("--samples and --maximum-products must be at least 1.")
        }
        if !(tolerance > 0 && tolerance < 1) { throw ValidationError("--tolerance must lie between 0 and 1.") }
    }
}

/// What is wanted of the density.
struct DensityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Random start vectors; 0 for no density.", valueName: "m"))
    var probes = 10

    @Option(help: ArgumentHelp("Lanczos steps of each.", valueName: "s"))
    var steps = 80

    @Option(
        help: """
            How the Lanczos bases are kept orthogonal: partial (when an estimate asks for it) or full (every step). Both \
            report the loss that is left.
            """)
    var reorthogonalisation: Reorthogonalisation = .partial

    @Option(help: "Take converged extreme eigenvalues out of the density exactly: yes or no.")
    var deflate: Choice<HessianConfiguration.Deflated> = Choice(.yes)

    @Option(
        help: ArgumentHelp(
            "Take more probes, up to 200, until the share of eigenvalues below any value is known to ± this (95 %).",
            valueName: "share"))
    var densityTolerance: Double?

    @Option(help: "lanczos, or both: also the kernel polynomial method, and the two compared; at twice the cost.")
    var estimator: Choice<HessianConfiguration.Estimators> = Choice(.lanczos)

    @Option(
        help: ArgumentHelp(
            "The Gaussian's standard deviation: a number; ghorbani (variance 1e-5 of the range); or resolution (what the "
                + "steps resolve).", valueName: "rule"))
    var sigma = SigmaChoice(rule: .ghorbani)

    // The lower end may be negative: what begins with a hyphen is a value here.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The ends of the grid. Default: all that there is.", valueName: "low,high"))
    var grid: SupportEnds?

    @Option(
        help: ArgumentHelp(
            "Halves of the examples, drawn at random, each with a third of the probes: how much the density depends on "
                + "which examples it is of.", valueName: "b"))
    var resamples = 0

    func validate() throws {
        if probes < 0 || resamples < 0 { throw ValidationError("--probes and --resamples cannot be negative.") }
        if steps < 1 { throw ValidationError("--steps must be at least 1.") }
        if probes > 100_000 { throw ValidationError("--probes must be at most 100000, not \(probes).") }
        if resamples == 1 { throw ValidationError("--resamples takes two halves at least: one has no spread.") }
        if resamples > 0 && probes == 0 { throw ValidationError("--resamples needs --probes.") }
        if let densityTolerance, !(densityTolerance > 0 && densityTolerance < 1) {
            throw ValidationError("--density-tolerance must lie between 0 and 1.")
        }
        if estimator.value == .both && probes < 2 {
            throw ValidationError("--estimator both needs two --probes at least, to know their spread.")
        }
    }

    var wish: HessianConfiguration.DensityWish {
        var wish = HessianConfiguration(probes: probes, steps: steps).density
        wish.reorthogonalisation = reorthogonalisation
        wish.deflation = deflate.value
        wish.tolerance = densityTolerance
        wish.estimators = estimator.value
        wish.sigma = sigma.rule
        wish.grid = grid.map { $0.low...$0.high }
        return wish
    }
}

/// `0.01`, `ghorbani` or `resolution`.
struct SigmaChoice: ExpressibleByArgument, CustomStringConvertible {
    let rule: SigmaRule

    init(rule: SigmaRule) { self.rule = rule }

    init?(argument: String) {
        switch argument {
        case "ghorbani": rule = .ghorbani
        case "resolution": rule = .resolution()
        default:
            guard let number = Double(argument), number > 0, number.isFinite else { return nil }
            rule = .fixed(number)
        }
    }

    var description: String {
        switch rule {
        case .ghorbani: "ghorbani"
        case .fixed(let sigma): "\(sigma)"
        case .resolution: "resolution"
        }
    }

    var defaultValueDescription: String { description }
}

/// What is made of the evidence.
struct EvidenceOptions: ParsableArguments {
    @Flag(help: "Show every certificate: what was found, what it may be at most, and what it means.")
    var certificates = false

    @Flag(help: "Give the result even where a certificate fails; it says so.")
    var force = false
}

extension OperatorKind: ExpressibleByArgument {}
extension SpectrumEnd: ExpressibleByArgument {}
extension Reorthogonalisation: ExpressibleByArgument {}
