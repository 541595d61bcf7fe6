import Agents
import ArgumentParser
import CommandSupport
import Datasets
import Files
import Foundation

/// `agents train`: begins a run.
struct TrainCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a DQN agent on an image-classification MDP, in a new run folder.",
        discussion: """
            Without options: an MLP of 2 × 512 units on drawn digits, whose right name is rewarded. The run takes \
            checkpoints while it trains; Ctrl-C stops it with everything saved.

            Example: agents train runs/first --environment random-label --steps 20000
            """)

    @OptionGroup var place: RunFolderOptions
    @OptionGroup(title: "Task") var task: TaskOptions
    @OptionGroup(title: "Network") var network: NetworkOptions
    @OptionGroup(title: "Learning") var learning: LearningOptions
    @OptionGroup(title: "Optimiser") var optimiser: OptimiserOptions
    @OptionGroup(title: "Interventions") var interventions: InterventionOptions
    @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
    @OptionGroup(title: "Statistics") var statistics: StatisticsOptions
    @OptionGroup(title: "Plasticity") var plasticity: PlasticityOptions
    @OptionGroup(title: "Brownian twins") var twins: TwinOptions
    @OptionGroup(title: "TensorBoard") var tensorBoard: TensorBoardOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var threads: ThreadOptions
    @Flag(help: "Print the run's summary as one JSON document instead of a table.")
    var json = false
    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        let folder = try place.folder
        if FileManager.default.fileExists(atPath: folder + "/run.json") {
            throw Fault(
                .usage, "holds a run already", at: folder,
                remedy: "Go on with it (agents resume \(folder)), or choose another folder")
        }
        // Folders that cannot be written to should be told before images are drawn, and before a run is begun.
        try TrainingSession.prepare(tensorBoard: tensorBoard.tensorboard)
        try OutputFolder.prepare(folder)
        var environment = EnvironmentConfiguration()
        task.apply(to: &environment)
        let images = try TaskImages(environment, dataDirectory: task.dataDir)
        let (architecture, atoms) = try network.network(
            input: images.train.shape, outputs: images.train.classCount)
        var configuration = RunConfiguration(architecture: architecture)
        configuration.seed = seed.seed
        configuration.environment = environment
        configuration.optimiser = try optimiser.configuration
        learning.apply(to: &configuration.agent)
        configuration.agent.support = try learning.support(atoms: atoms)
        schedule.apply(to: &configuration.schedule)
        try statistics.apply(to: &configuration)
        configuration.plasticity = plasticity.recording
        try interventions.apply(to: &configuration)
        configuration.brownianTwins = twins.brownianTwins
        var session = TrainingSession(configuration, images: images, folder: folder, mode: .start)
        session.workers = threads.workers
        session.progressStyle = reporting.progressStyle
        session.tensorBoard = tensorBoard.tensorboard
        try session.run()
        try RunSummary(readingRun: folder).show(asJSON: json)
    }
}

/// Where the run lives; given bare, or after `--output`.
struct RunFolderOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
    var run: String?

    @Option(
        help: ArgumentHelp("The run's folder, said the way other commands do.", valueName: "run"),
        completion: .directory)
    var output: String?

    var folder: String {
        get throws {
            switch (run, output) {
            case (let folder?, nil), (nil, let folder?): return folder
            case (nil, nil): throw ValidationError("Missing expected argument '<run>': the folder to train in")
            default: throw ValidationError("The run's folder is given twice: bare, and with --output")
            }
        }
    }

    func validate() throws { _ = try folder }
}
