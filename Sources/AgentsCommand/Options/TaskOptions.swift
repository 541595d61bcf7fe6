import Agents
import ArgumentParser
import CommandSupport
import Datasets

/// What the agent is trained on.
struct TaskOptions: ParsableArguments {
    private static let standard = EnvironmentConfiguration()

    @Option(
        help: "What is rewarded: the image's class, a random class given to each image once, or the last state only.")
    var environment = Choice(standard.rewards)

    @Option(help: "The images; digits and objects are drawn here, mnist and cifar10 are read from --data-dir.")
    var data = Choice(DatasetSource(rawValue: standard.images) ?? .digits)

    @Option(help: ArgumentHelp("Where the files of mnist or cifar10 lie.", valueName: "dir"), completion: .directory)
    var dataDir: String?

    @Option(
        help:
            "How many images to act in. (default: all of a set in files, \(DatasetSource.defaultCount(.train)) drawn ones)"
    )
    var images: Int?

    @Option(help: "The seed that drawn images come from; not the run's, so that several runs share one task.")
    var imageSeed = standard.imageSeed

    @Option(help: "How many images to measure accuracy on.")
    var evaluation = standard.evaluationCount

    func apply(to configuration: inout EnvironmentConfiguration) {
        configuration.rewards = environment.value
        configuration.images = data.value.rawValue
        configuration.imageCount = images
        configuration.imageSeed = imageSeed
        configuration.evaluationCount = evaluation
    }

    func validate() throws {
        if !data.value.isProcedural, dataDir == nil {
            throw ValidationError("--data \(data.value.rawValue) needs --data-dir, the folder that its files lie in")
        }
    }
}
