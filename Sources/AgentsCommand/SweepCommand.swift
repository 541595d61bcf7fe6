import ArgumentParser
import CommandSupport
import Files
import Foundation
import Logging
import Sweeps

/// `agents sweep`: many runs.
struct SweepCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Train many agents: every combination of a YAML file's settings.",
        discussion: """
            The file has 'defaults' (settings of all runs), 'grid' (lists: every combination is a run), 'include' and \
            'exclude' (which combinations stay), and 'runs' (single ones). Settings are named like the options of \
            `agents train`; --keys lists them.

                defaults: {steps: 2000, batch: 32}
                grid:
                  environment: [true-label, random-label]
                  network: [mlp, {network: cnn, width: 0.25}]
                  seed: [0, 1, 2]

            Results go into the database sweep.sqlite. After Ctrl-C, a crash or `kill -9` the same command goes on, and \
            every run ends in the bytes that it would have had; several processes may share the work. A run that fails \
            is recorded and does not stop the others.
            """)

    @Argument(
        help: ArgumentHelp("The sweep's YAML file.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?
    @Option(
        help: ArgumentHelp("The sweep's folder: sweep.sqlite, and runs/<name>.", valueName: "dir"),
        completion: .directory)
    var output: String?
    @Option(help: "How many runs at once. (default: as many as there are cores for)")
    var jobs: Int?
    @Option(help: "Threads of each run; one is best where there are runs enough.")
    var threadsPerRun = 1
    @Option(help: ArgumentHelp("Where the files of mnist or cifar10 lie.", valueName: "dir"), completion: .directory)
    var dataDir: String?
    @Flag(help: "Begin the runs that have failed once more.")
    var retryFailed = false
    @Flag(help: "List the runs and what they would cost, and do nothing.")
    var dryRun = false
    @Flag(help: "List the settings that a run can have.")
    var keys = false
    @Flag(help: "Print one JSON document instead of a table.")
    var json = false
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if keys { return }
        if file == nil { throw ValidationError("Missing expected argument '<file>': the sweep's YAML file") }
        if !dryRun, output == nil { throw ValidationError("Say where results go: --output DIR (or see --dry-run)") }
        for (option, value) in [("--jobs", jobs ?? 1), ("--threads-per-run", threadsPerRun)]
        where !(1...1024).contains(value) {
            throw ValidationError("\(option) takes a number from 1 to 1024, and \(value) is none")
        }
    }

    func run() throws {
        if keys { return try SweepKeys().show(asJSON: json) }
        guard let file else { return }
        let plan = try SweepPlan(reading: file)
        if dryRun { return try SweepForecast(plan, jobs: runsAtOnce).show(asJSON: json) }
        guard let output else { return }
        try OutputFolder.prepare(output)
        let sweep = try Sweep(plan, folder: output, dataDirectory: dataDir)
        try work(on: sweep)
        let status = try SweepStatus(readingSweep: output)
        try status.show(asJSON: json)
        if status.counts.failed > 0 {
            throw Fault(
                .data, "\(status.counts.failed) of \(status.counts.all) runs failed", at: output,
                remedy: "agents status \(output) says why; try again with --retry-failed")
        }
    }

    private var runsAtOnce: Int { jobs ?? max(1, MachineCores.count / threadsPerRun) }

    private func work(on sweep: Sweep) throws(Fault) {
        let progress = Progress(
            "sweep", total: try sweep.progress().steps, unit: "steps", done: try sweep.progress().stepsDone,
            style: reporting.progressStyle)
        defer { progress.finish() }
        try sweep.run(
            jobs: runsAtOnce, launcher: .agents(threads: threadsPerRun, dataDirectory: dataDir),
            retryFailed: retryFailed, shouldStop: { Interruption.isRequested },
            progress: { progress.advance(to: $0.stepsDone, details: $0.details) })
    }
}

/// The settings that a sweep's file can make.
struct SweepKeys: Encodable {
    struct Key: Encodable {
        var name: String
        var form: String
        var help: String
    }

    let keys = RecipeKey.all.map { Key(name: $0.name, form: $0.form, help: $0.help) }

    func show(asJSON: Bool) throws(Fault) {
        var table = Table([.init("setting", .left), .init("value", .left), .init("what", .left)])
        for key in keys { table.append([.text(key.name), .text(key.form), .text(key.help)]) }
        try StandardOutput.write(asJSON ? JSONText.encode(self) : table.text)
    }
}
