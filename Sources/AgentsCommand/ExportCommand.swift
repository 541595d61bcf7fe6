import ArgumentParser
import CommandSupport
import Files
import Foundation
import Sweeps

/// `agents export`: a sweep's results as one table.
struct ExportCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print a sweep's results as CSV or JSON, for other programs.",
        discussion: """
            'runs' has a row for each run: its settings, and the metrics and plasticity of its last step (empty: not \
            found there). The others have a row for each run and step (statistics: for each layer too, empty for the \
            whole network). All is in sweep.sqlite, which sqlite3, pandas and Datasette open themselves.
            """)

    @Argument(help: ArgumentHelp("The sweep's folder.", valueName: "dir"), completion: .directory)
    var folder: String
    @Option(help: "Which table.")
    var table = Choice(SweepTable.runs)
    @Option(help: "Comma-separated values, or a JSON list with an object for each row.")
    var format = Choice(ExportFormat.csv)
    @Option(
        help: ArgumentHelp("Where to write it. (default: standard output)", valueName: "file"), completion: .file())
    var output: String?
    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        let rows = try SweepDatabase(readingSweep: folder).table(table.value)
        let text = format.value == .csv ? rows.csv : rows.json
        if let output {
            try AtomicFile.write(Data(text.utf8), to: output)
        } else {
            try StandardOutput.write(text)
        }
    }
}

enum ExportFormat: String, CaseIterable, Sendable {
    case csv, json
}
