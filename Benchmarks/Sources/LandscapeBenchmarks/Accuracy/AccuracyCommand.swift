import ArgumentParser
import Foundation
import LinearAlgebra

struct AccuracyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accuracy",
        abstract: "Error against cost on operators of known spectrum: the tables of docs/NUMERICS.md.",
        discussion: """
            The same tables on every run but for rounding. With --peers instead the others' spectra of a trained \
            checkpoint, at equal time; for a machine that does nothing else.
            """)

    @Option(
        help: ArgumentHelp(
            "Only these tables; to be repeated.",
            discussion: "Tables: \(AccuracyTable.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "table"))
    var only: [AccuracyTable] = []

    @Option(help: ArgumentHelp("Put the tables into this document, between its two markers.", valueName: "file"))
    var write: String?

    @Option(
        help: ArgumentHelp("Compare with this document's tables; exit status 1 where they differ.", valueName: "file"))
    var check: String?

    @Option(
        help: ArgumentHelp(
            "Of 'coverage' only estimators whose name holds this; of the others only this operator.", valueName: "text")
    )
    var rows = ""

    @Flag(help: "Compare with the other libraries, against the clock.")
    var peers = false

    @Option(
        help: ArgumentHelp(
            "Where --peers keeps checkpoints and their exact spectra, which take minutes once.", valueName: "folder"))
    var folder = Peers.repository + "/Benchmarks/.build/accuracy"

    @Option(help: "Threads, for us and for the others.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "How many seconds --peers waits, all in all, for other processes to finish.")
    var patience = 60.0

    @Flag(help: "Few repeats: does everything run?")
    var quick = false

    func validate() throws {
        if !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
        if peers, write != nil || check != nil || !only.isEmpty {
            throw ValidationError("--peers prints tables of its own; leave --only, --write and --check out.")
        }
        if write != nil || check != nil, quick || !only.isEmpty || !rows.isEmpty {
            throw ValidationError("a document has all tables, from whole runs: leave --quick, --only and --rows out.")
        }
    }

    func run() throws {
        let scope = AccuracyScope(isQuick: quick, rows: rows, workers: Workers(threads))
        if peers { return try PeerSpectra.run(scope, folder: folder, patience: patience) }
        let tables = AccuracyTable.allCases.filter { only.isEmpty || only.contains($0) }
        var parts: [String] = []
        for table in tables {
            let text = try table.markdown(scope)
            print(text + "\n")
            fflush(nil)
            parts.append(text)
        }
        let whole = parts.joined(separator: "\n\n")
        if let write { try AccuracyDocument(write).replace(by: whole) }
        if let check {
            let differences = try AccuracyDocument(check).differences(from: whole)
            for difference in differences { print(difference) }
            if !differences.isEmpty { throw ExitCode.failure }
        }
    }
}

/// How much is run, and on how many cores.
struct AccuracyScope {
    let isQuick: Bool
    let rows: String
    let workers: Workers

    /// Seeded repeats of a random estimate.
    var repeats: Int { isQuick ? 20 : 200 }
}

/// The tables, in the order of the document.
enum AccuracyTable: String, CaseIterable, ExpressibleByArgument {
    case extremes, ghosts, density, coverage

    /// The table and what its columns mean.
    func markdown(_ scope: AccuracyScope) throws -> String {
        switch self {
        case .extremes: try Self.extremesCaption + "\n\n" + ExtremeTable.markdown(scope)
        case .ghosts: try Self.ghostsCaption + "\n\n" + GhostTable.markdown(scope)
        case .density: try Self.densityCaption + "\n\n" + DensityTable.markdown(scope)
        case .coverage: try Self.coverageCaption + "\n\n" + CoverageTable.markdown(scope)
        }
    }

    private static let extremesCaption = """
        **The ten eigenvalues of largest modulus**, 200 seeds: products (median), largest |θ − λ|/‖A‖ of all seeds, and how
        many searches were *wrong*: fewer than ten, one not converged, one farther than its allowed residual from the
        eigenvalue of its rank (so that a copy or a neighbour was missed), or an error bound without an eigenvalue in it.
        """

    private static let ghostsCaption = """
        **Ghosts**: at how many numbers of steps, of all up to 200, some Ritz value lies beyond the eigenvalue of its rank
        from either end, which orthonormal vectors exclude (Cauchy); and how many do so at the worst without
        reorthogonalisation.
        """

    private static let densityCaption = """
        **Densities**: W₁ to the exact spectrum against products, those of the search for deflated pairs included; probes of
        40, 80 and 160 steps, medians of nine seeds.
        """

    private static let coverageCaption = """
        **Intervals**: the share of 200 seeded repeats whose 95 % interval holds the truth, in per cent, and the interval's
        median half width, relative (traces to √P ‖A‖_F, densities to their largest value, counts and log-determinants to
        P). Bold is what is not between 90 and 99 %.
        """
}
