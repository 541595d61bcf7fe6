import Agents
import ArgumentParser
import CommandSupport
import Files

/// `agents resume`: goes on with a run that was stopped or killed.
struct ResumeCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a run that was interrupted, or killed, from what it saved last.",
        discussion: "It ends in the same bytes as a run that was never interrupted, with any number of threads.")

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
    var folder: String
    @Option(help: ArgumentHelp("Where the files of mnist or cifar10 lie.", valueName: "dir"), completion: .directory)
    var dataDir: String?
    @OptionGroup var tensorBoard: TensorBoardOptions
    @OptionGroup var threads: ThreadOptions
    @Flag(help: "Print the run's summary as one JSON document instead of a table.")
    var json = false
    @OptionGroup var reporting: ReportingOptions
    // Stop when standard input ends, and show nothing: the runs of a sweep.
    @Flag(help: .hidden) var inSweep = false

    func run() throws {
        if inSweep { SweepLifeline.watch() }
        let configuration = try RunConfiguration(readingRun: folder)
        try TrainingSession.prepare(tensorBoard: tensorBoard.tensorboard)
        let images = try TaskImages(configuration.environment, dataDirectory: dataDir)
        var session = TrainingSession(configuration, images: images, folder: folder, mode: .resume)
        session.workers = threads.workers
        session.progressStyle = reporting.progressStyle
        session.drawsPicture = !inSweep
        session.tensorBoard = tensorBoard.tensorboard
        try session.run()
        if inSweep { return }
        try RunSummary(readingRun: folder).show(asJSON: json)
    }
}
