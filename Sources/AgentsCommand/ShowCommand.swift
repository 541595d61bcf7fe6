import ArgumentParser
import CommandSupport

/// `agents show`: says how far a run is.
struct ShowCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say how far a run is: its task, its checkpoints, its last metrics.")

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
    var folder: String
    @Flag(help: "Print one JSON document instead of a table.")
    var json = false
    @OptionGroup var reporting: ReportingOptions

    func run() throws { try RunSummary(readingRun: folder).show(asJSON: json) }
}
