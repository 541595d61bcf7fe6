import ArgumentParser
import Foundation
import LinearAlgebra

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "landscape-benchmarks",
        abstract: "Our time, the other libraries' on the same work, and the share of the machine's GEMM rate.")

    @Option(
        help: ArgumentHelp(
            "Only these works, or all of a network or kind (cnn, hvp); to be repeated.",
            discussion: "Works: \(Work.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "work"))
    var only: [String] = []

    @Option(help: "How many rounds each work takes. (default: by work)")
    var rounds: Int?

    @Option(help: "Threads, for us and for the others.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: ArgumentHelp("A file for one JSON line a figure.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("The command that 'command' times.", valueName: "file"))
    var landscape = Peers.repository + "/.build/release/landscape"

    @Option(help: "How many seconds each work waits, all in all, for other processes to finish.")
    var patience = 20.0

    @Flag(help: "Two short rounds: does everything run?")
    var quick = false

    @Flag(help: "Also peers that take minutes and 11 GB of memory.")
    var heavy = false

    @Flag(help: "Leave the other libraries out.")
    var alone = false

    @Option(help: .hidden)
    var measureMemory: String?

    func validate() throws {
        if !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
        if let unknown = only.first(where: { Work.chosen(by: $0).isEmpty }) {
            throw ValidationError(
                "--only \(unknown): the works are \(Work.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        if let rounds, rounds < 1 { throw ValidationError("--rounds takes at least 1.") }
    }

    func run() throws {
        let workers = Workers(threads)
        if let measureMemory { return try Work.once(measureMemory, workers: workers) }
        let reporter = try Reporter(threads: threads, json: json)
        reporter.printHeader()
        if !alone, Peers.python == nil { print(Peers.installation + "\n") }
        let bench = Bench(workers: workers, rounds: rounds, landscape: landscape, reporter: reporter)
        bench.isQuick = quick
        bench.patienceSeconds = quick ? 0 : patience
        bench.isHeavy = heavy
        bench.isAlone = alone
        let chosen = Set(only.flatMap(Work.chosen))
        var failures = 0
        for work in Work.allCases where only.isEmpty || chosen.contains(work) {
            do {
                try work.run(on: bench)
            } catch {
                failures += 1
                print("\(work.rawValue): FAILED, \(error)\n")
            }
        }
        if reporter.missed > 0 { print("\(reporter.missed) targets missed") }
        if failures > 0 { throw ExitCode.failure }
    }
}
