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
        if write != nil || check != nil, quick || !only.isEmpty {
            throw ValidationError("a document has all tables, from whole runs: leave --quick and --only out.")
        }
    }

    func run() throws {
        let scope = AccuracyScope(isQuick: quick, workers: Workers(threads))
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
    let workers: Workers

    /// Seeded repeats of a random estimate.
    var repeats: Int { isQuick ? 20 : 200 }
}

/// The tables, in the order of the document.
enum AccuracyTable: String, CaseIterable, ExpressibleByArgument {
    case extremes, ghosts, density, coverage

    func markdown(_ scope: AccuracyScope) throws -> String {
        switch self {
        case .extremes: try ExtremeTable.markdown(scope)
        case .ghosts: try GhostTable.markdown(scope)
        case .density: try DensityTable.markdown(scope)
        case .coverage: try CoverageTable.markdown(scope)
        }
    }
}
