import ArgumentParser
import CommandSupport
import Files
import Sweeps

/// `agents status`: says how far a sweep is.
struct StatusCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how far a sweep is: its runs, and what has failed.",
        discussion: "It may be asked while the sweep is going on.")

    @Argument(help: ArgumentHelp("The sweep's folder.", valueName: "dir"), completion: .directory)
    var folder: String
    @Flag(help: "Print one JSON document instead of a table.")
    var json = false
    @OptionGroup var reporting: ReportingOptions

    func run() throws { try SweepStatus(readingSweep: folder).show(asJSON: json) }
}

/// How far a sweep and each of its runs are.
struct SweepStatus: Encodable {
    struct Run: Encodable {
        var name: String
        var status: String
        var step: Int
        var steps: Int
        /// How often it was taken up, and for how long in all, as far as anybody saw it end.
        var attempts: Int
        var seconds: Double
        var exitCode: Int?
        var error: String?

        enum CodingKeys: String, CodingKey {
            case name, status, step, steps, attempts, seconds
            case exitCode = "exit_code"
            case error
        }
    }

    let command = "agents status"
    let version = Version.current
    let sweep: String
    let counts: SweepCounts
    let runs: [Run]

    /// - Throws: as `SweepDatabase`.
    init(readingSweep folder: String) throws(Fault) {
        let database = try SweepDatabase(readingSweep: folder)
        sweep = folder
        let overview = try database.overview(in: folder)
        counts = SweepCounts(overview.map(\.status))
        runs = overview.map { run in
            Run(
                name: run.name, status: run.status.rawValue, step: run.step, steps: run.steps, attempts: run.attempts,
                seconds: run.seconds, exitCode: run.exitCode, error: run.error)
        }
    }

    func show(asJSON: Bool) throws(Fault) { try StandardOutput.write(asJSON ? JSONText.encode(self) : text) }

    private var text: String {
        var table = Table([
            .init("run", .left), .init("status", .left), .init("step", .right), .init("of", .right),
            .init("attempts", .right), .init("seconds", .right),
        ])
        for run in runs {
            table.append([
                .text(run.name), .text(run.status), .integer(run.step), .integer(run.steps), .integer(run.attempts),
                .text(Table.text(run.seconds, digits: 4)),
            ])
        }
        let failures = runs.compactMap { run in run.error.map { "\n\(run.name) failed: \($0)\n" } }
        return table.text + failures.joined() + "\n\(summary)\n"
    }

    private var summary: String {
        var words = "\(counts.done) of \(counts.all) runs done"
        for (count, what) in [(counts.running, "running"), (counts.waiting, "waiting"), (counts.failed, "failed")]
        where count > 0 {
            words += ", \(count) \(what)"
        }
        return words
    }
}
