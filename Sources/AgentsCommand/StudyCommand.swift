import ArgumentParser
import CommandSupport
import Files
import LinearAlgebra
import Logging
import Studies

/// `agents study`: makes a figure of the paper anew, with a report.
struct StudyCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Make a figure of the paper anew, with a report; without a name, list the studies.",
        discussion: """
            A study lives in one folder, which in the end holds report.md, result.json, the figures and the tables behind \
            them. Stopped, or killed, the same command goes on from there. Every setting can be changed with --set, and \
            is in the report; `agents study NAME --settings` lists them.

            Example: agents study optimizer-instability --output studies/figure-1
            """)

    @Argument(help: "The study.", completion: .list(StudyList.all.map { $0.name }))
    var name: String?
    @Option(help: "How large: minutes on two cores, or the paper's numbers. (default: small)")
    var scale: Choice<StudyScale>?
    @Option(
        help: ArgumentHelp("The study's folder. (default: studies/NAME-SCALE)", valueName: "dir"),
        completion: .directory)
    var output: String?
    @Option(help: "How many seeds: --set seeds=….")
    var seeds: Int?
    @Option(help: "How long a run is: --set steps=….")
    var steps: Int?
    @Option(
        name: .customLong("set"), help: ArgumentHelp("Another value for a setting.", valueName: "key=value"))
    var assignments: [String] = []
    @Flag(help: "List the study's settings at its scale instead of running it.")
    var settings = false
    @Option(help: ArgumentHelp("Where the files of mnist or cifar10 lie.", valueName: "dir"), completion: .directory)
    var dataDir: String?
    @Option(
        help: ArgumentHelp("End after this time, such as 90s, 30m or 2h, with everything saved.", valueName: "time"))
    var timeLimit: TimeSpan?
    @Flag(help: "Fail where the numbers do not bear out what the paper claims.")
    var check = false
    @OptionGroup var threads: ThreadOptions
    @Flag(help: "Print the result as one JSON document instead of the findings.")
    var json = false
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let name, StudyList.named(name) == nil {
            let known = StudyList.all.map { $0.name }.joined(separator: ", ")
            throw ValidationError("There is no study '\(name)'; there are \(known)")
        }
        for text in assignments where StudySetting(parsing: text) == nil {
            throw ValidationError("--set takes KEY=VALUE, and '\(text)' is none")
        }
        if let timeLimit, timeLimit.seconds <= 0 { throw ValidationError("--time-limit must be more than no time.") }
    }

    func run() throws {
        guard let name, let type = StudyList.named(name) else {
            try StandardOutput.write(Self.list)
            return
        }
        try run(type)
    }

    private func run<S: Study>(_ type: S.Type) throws(Fault) {
        let folder = output ?? "studies/\(S.name)-\((scale?.value ?? .small).rawValue)"
        let execution = try StudyExecution(type, scale: scale?.value, settings: chosen, in: folder)
        if settings {
            try StandardOutput.write(StudyWords.settings(execution))
            return
        }
        try OutputFolder.prepare(folder)
        let ending = try StudySessionRun(
            limit: timeLimit?.seconds, style: reporting.progressStyle, workers: threads.workers, dataDirectory: dataDir
        ).run(execution, in: folder)
        for warning in ending.warnings { Logger(label: "agents").warning("\(warning)") }
        try StandardOutput.write(json ? ending.resultJSON : StudyWords.ending(ending))
        let failed = ending.check()
        guard check, !failed.isEmpty else { return }
        throw Fault(
            .software,
            "\(failed.count) of \(ending.claims.count { $0.isAsserted }) asserted claims do not hold: "
                + failed.map(\.statement).joined(separator: "; "), at: ending.reportPath,
            remedy: "The report has the numbers")
    }

    private var chosen: [StudySetting] {
        var settings: [StudySetting] = []
        if let seeds { settings.append(StudySetting("seeds", "\(seeds)")) }
        if let steps { settings.append(StudySetting("steps", "\(steps)")) }
        return settings + assignments.compactMap { StudySetting(parsing: $0) }
    }

    private static var list: String {
        var table = Table([.init("study", .left), .init("shows", .left), .init("what", .left)])
        for study in StudyList.all {
            table.append([.text(study.name), .text(study.figure), .text(study.abstract)])
        }
        return table.text
    }
}

/// What the command says.
enum StudyWords {
    static func settings<S: Study>(_ execution: StudyExecution<S>) -> String {
        let settings = execution.settingsTable
        var table = Table(settings.columns.map { .init($0, .left) })
        for row in settings.rows { table.append(row.map { .text($0.filter { $0 != "`" }) }) }
        return table.text
    }

    static func ending(_ ending: StudyEnding) -> String {
        ending.claims.map { $0.text + "\n" }.joined() + "report  \(ending.reportPath)\n"
    }
}
