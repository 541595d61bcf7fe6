import ArgumentParser
import CommandSupport
import Files
import Landscape
import LinearAlgebra
import Networks

struct SurfaceCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "surface",
        abstract: "The loss on a line or plane through a checkpoint.",
        discussion: """
            Losses are computed on a grid of ℓ(θ + α d₁ + β d₂). Directions are random and scaled to the point, filter by \
            filter (Li et al. 2018: biases and the parameters of normalisation layers do not move) or tensor by tensor; \
            random of length 1; eigenvectors of the Hessian; differences to other checkpoints (--to); or your own, in a \
            file as 'landscape product' takes it. Running statistics stay those of the checkpoint.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(help: "1 for a line, 2 for a plane.")
    var dimensions = 2

    @Option(
        help: ArgumentHelp(
            "\(SurfaceDirections.names.joined(separator: ", ")), or a safetensors file.", valueName: "kind or file"),
        completion: .file())
    var directions = SurfaceDirections.random(.filter)

    @Option(
        help: ArgumentHelp(
            "Where the differences lead: another checkpoint, for a plane two.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var to: [String] = []

    @Option(help: ArgumentHelp("Points along each direction.", valueName: "n"))
    var points = 25

    // The lower end may be negative: what begins with a hyphen is a value here.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The ends of both axes, in lengths of the directions.", valueName: "low,high"))
    var range = SupportEnds(argument: "-1,1")!

    @Flag(help: "Make the second direction orthogonal to the first, as long as it was.")
    var orthogonal = false

    @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
    @OptionGroup(title: "Long runs") var longRun: RunOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if analysis.model.checkpoint.count > 1 { throw ValidationError("A surface is drawn through one checkpoint.") }
        if !(1...2).contains(dimensions) { throw ValidationError("--dimensions is 1 or 2, not \(dimensions).") }
        if !(2...10_000).contains(points) { throw ValidationError("--points takes 2 to 10000, not \(points).") }
        if orthogonal && dimensions == 1 { throw ValidationError("--orthogonal needs --dimensions 2.") }
        let needed = directions == .differences ? dimensions : 0
        if to.count != needed {
            throw ValidationError(
                needed == 0
                    ? "--to belongs to --directions difference."
                    : "--directions difference with --dimensions \(dimensions) needs --to \(needed) times.")
        }
    }

    func run<Element: Scalar>(in _: Element.Type) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let checkpoint = try analysis.model.onlyCheckpoint("A surface is drawn through one checkpoint")
        let folder = try result.folder()
        let run = LongRun(longRun, output: folder?.path)
        let problem = try Problem<Element>(analysis.problem(checkpoint))
        let vectors = try directions(at: problem, run)
        let axes = vectors.map { _ in SurfaceAxis(low: range.low, high: range.high, points: points) }
        let bar = CommandSupport.Progress(
            "surface", total: axes.reduce(1) { $0 * $1.points }, unit: "points", style: reporting.progressStyle)
        let surface: LossSurface
        do {
            surface = try LossSurface(
                problem, along: vectors, axes: axes,
                control: run.keeper("surface", identity(problem, vectors)).control
            ) { bar.advance(to: $0) }
            try surface.certificates.check(evidence.force ? .tell : .refuse)
        } catch let fault as Fault where fault.kind != .usage && !fault.place.contains(checkpoint) {
            throw fault.within(checkpoint)
        }
        bar.finish()
        var header = ReportHeader(
            command: "surface", version: Version.current, problem: problem, lossValue: surface.centre,
            seed: analysis.seed.seed, seconds: start.duration(to: clock.now) / .seconds(1),
            warnings: surface.warnings + (surface.isPartial ? [run.partialWarning] : []))
        if surface.isPartial { header.partial = true }
        let finding = SurfaceFinding(
            report: Report(header: header, body: SurfaceReport(surface, examples: problem.examples)))
        if let folder { try finding.save(in: folder) }
        run.finish(partial: surface.isPartial)
        try result.show(finding.report) {
            finding.table(plot: folder == nil, certificates: evidence.certificates)
        }
    }

    /// What decides the directions, with those that are given by files left to their content.
    private func identity<Element: Scalar>(_ problem: Problem<Element>) -> RunIdentity {
        var identity = RunIdentity(command: "surface", version: Version.current)
        identity.add(problem)
        identity.add([
            "directions": directions.description, "dimensions": dimensions, "seed": analysis.seed.seed,
            "batch statistics": analysis.batchStatistics,
        ])
        return identity
    }

    private func identity<Element: Scalar>(
        _ problem: Problem<Element>, _ vectors: [SurfaceDirection<Element>]
    ) -> RunIdentity {
        var content = ContentHash()
        for direction in vectors { content.add(direction.vector) }
        return identity(problem).adding([
            "directions content": content.text, "points": points, "range": "\(range.low),\(range.high)",
        ])
    }

    private func directions<Element: Scalar>(
        at problem: Problem<Element>, _ run: LongRun
    ) throws -> [SurfaceDirection<Element>] {
        var found: [SurfaceDirection<Element>]
        switch directions {
        case .random(let scale):
            found = (1...dimensions).map {
                .random($0, scale: scale, at: problem.parameters, seed: analysis.seed.seed)
            }
        case .eigenvectors:
            let keeper: RunKeeper<Element> = try run.keeper("eigenvectors", identity(problem))
            found = try problem.eigenvectors(dimensions, seed: analysis.seed.seed, control: keeper.control)
        case .differences:
            found = try to.map {
                problem.difference(
                    to: try problem.parameters(of: $0, architecture: analysis.model.architecture),
                    named: HeaderText.name($0))
            }
        case .file(let path):
            let file = try ProductFile<Element>(reading: path, layout: problem.network.layout)
            guard file.directions.count >= dimensions else {
                throw Fault(
                    .data, "holds \(file.directions.count) directions where \(dimensions) are needed", at: path,
                    remedy: "Add direction.1/<parameter>, or use --dimensions 1")
            }
            found = zip(file.numbers, file.directions).prefix(dimensions).map {
                SurfaceDirection($1, origin: "direction.\($0) of \(HeaderText.name(path))")
            }
        }
        guard orthogonal else { return found }
        guard let second = found[1].orthogonal(to: found[0]) else {
            throw Fault(
                .data, "the second direction is parallel to the first", at: problem.path,
                remedy: "Leave --orthogonal out, or give other directions")
        }
        found[1] = second
        return found
    }
}

/// Where the directions of a surface come from.
enum SurfaceDirections: ExpressibleByArgument, Equatable, CustomStringConvertible {
    case random(DirectionScale)
    case eigenvectors
    case differences
    case file(String)

    static var names: [String] {
        ["filter-normalised", "layer-normalised", "random", "eigenvectors", "difference"]
    }

    init?(argument: String) {
        let name = argument.replacing("normalized", with: "normalised")
        switch name {
        case "eigenvectors": self = .eigenvectors
        case "difference": self = .differences
        default:
            if let scale = DirectionScale(rawValue: name) {
                self = .random(scale)
            } else if argument.contains(".") || argument.contains("/") {
                self = .file(argument)
            } else {
                return nil
            }
        }
    }

    var description: String {
        switch self {
        case .random(let scale): scale.rawValue
        case .eigenvectors: "eigenvectors"
        case .differences: "difference"
        case .file(let path): path
        }
    }

    var defaultValueDescription: String { description }
}
