import Agents
import Datasets
public import Files
import LinearAlgebra
import Networks
import Training

/// Figure 1: does an optimiser's momentum make it unstable where a task changes, and does its network lose its units?
///
/// A perceptron memorises random labels of the same images, which are drawn again after every `stepsPerTask` updates;
/// once under Adam with its default constants, once under Adam with a shorter memory of the squared gradient and a
/// constant inside the root. Every seed has its own labels, batches and initial parameters, the same for both.
///
/// Source: Lyle et al. 2023, section 3 and figure 1.
public struct OptimiserInstability: Study {
    public static let name = "optimizer-instability"
    public static let figure = "Figure 1"
    public static let abstract =
        "a network memorises random labels that are drawn again and again, under Adam with default and with tuned constants."

    /// `digits` or `objects`, drawn here; `mnist` or `cifar10`, from the data folder.
    public var data: String
    public var images: Int
    public var imageSeed: UInt64 = 0
    public var hidden: [Int]
    public var batch: Int
    /// Updates of a run.
    public var steps: Int
    public var stepsPerTask: Int
    public var seeds: Int
    /// The first of the seeds, which follow each other.
    public var firstSeed: UInt64 = 0
    public var evaluation: Int
    public var logPeriod: Int
    public var learningRate = 1e-3
    public var beta1 = 0.9
    public var defaultBeta2 = 0.999
    public var defaultEpsilon = 1e-9
    public var defaultEpsilonInRoot = 0.0
    public var tunedBeta2 = 0.9
    public var tunedEpsilon = 1e-9
    public var tunedEpsilonInRoot = 1e-3
    /// Tasks at a run's end over which its last accuracy is the mean.
    public var lastTasks: Int
    /// Seeds whose checkpoints at every task's end are kept, for `landscape`; the others keep the first and the last.
    public var checkpointedSeeds = 1

    enum CodingKeys: String, CodingKey {
        case data, images
        case imageSeed = "image_seed"
        case hidden, batch, steps
        case stepsPerTask = "steps_per_task"
        case seeds
        case firstSeed = "first_seed"
        case evaluation
        case logPeriod = "log_period"
        case learningRate = "learning_rate"
        case beta1
        case defaultBeta2 = "default_beta2"
        case defaultEpsilon = "default_epsilon"
        case defaultEpsilonInRoot = "default_epsilon_in_root"
        case tunedBeta2 = "tuned_beta2"
        case tunedEpsilon = "tuned_epsilon"
        case tunedEpsilonInRoot = "tuned_epsilon_in_root"
        case lastTasks = "last_tasks"
        case checkpointedSeeds = "checkpointed_seeds"
    }

    public init(scale: StudyScale) {
        switch scale {
        case .small:
            (data, images, evaluation) = ("digits", 1000, 1000)
            (hidden, batch) = ([256, 256], 64)
            (steps, stepsPerTask, seeds) = (12_000, 1000, 5)
            (logPeriod, lastTasks) = (100, 3)
        case .paper:
            (data, images, evaluation) = ("mnist", 5000, 4096)
            (hidden, batch) = ([1024, 1024], 512)
            (steps, stepsPerTask, seeds) = (90_000, 3000, 5)
            (logPeriod, lastTasks) = (100, 5)
        }
    }

    public var tasks: Int { steps / stepsPerTask }

    public var choices: [StudyChoice] {
        [
            StudyChoice("data", data, .paper, "images"),
            StudyChoice("images", images, .paper, "images to memorise"),
            StudyChoice("hidden", hidden, .paper, "units of the hidden layers, with rectifiers"),
            StudyChoice("steps", steps, .paper, "updates of a run"),
            StudyChoice("steps_per_task", stepsPerTask, .choice, "updates from one drawing of the labels to the next"),
            StudyChoice("batch", batch, .choice, "images of an update, drawn with replacement"),
            StudyChoice("evaluation", evaluation, .paper, "images over which accuracy and dead units are taken"),
            StudyChoice("learning_rate", learningRate, .paper, "α of both"),
            StudyChoice("beta1", beta1, .paper, "β₁ of both"),
            StudyChoice("default_beta2", defaultBeta2, .paper, "β₂ of the default Adam"),
            StudyChoice("default_epsilon", defaultEpsilon, .paper, "ε of the default Adam"),
            StudyChoice("default_epsilon_in_root", defaultEpsilonInRoot, .paper, "ε̄, inside the root"),
            StudyChoice("tuned_beta2", tunedBeta2, .paper, "β₂ of the tuned Adam"),
            StudyChoice("tuned_epsilon", tunedEpsilon, .choice, "ε of the tuned Adam"),
            StudyChoice("tuned_epsilon_in_root", tunedEpsilonInRoot, .paper, "ε̄, inside the root"),
            StudyChoice("seeds", seeds, .choice, "runs of each"),
            StudyChoice("first_seed", firstSeed, .choice, "the first seed; the others follow it"),
            StudyChoice("image_seed", imageSeed, .choice, "what drawn images come from"),
            StudyChoice("log_period", logPeriod, .choice, "updates between two measurements"),
            StudyChoice("last_tasks", lastTasks, .choice, "tasks whose mean is the last accuracy"),
            StudyChoice("checkpointed_seeds", checkpointedSeeds, .choice, "seeds that keep all checkpoints"),
        ]
    }

    public func validate() throws(Fault) {
        try StudyCheck.range("seeds", seeds, in: 1...10_000)
        try StudyCheck.range("evaluation", evaluation, in: 1...max(1, images))
        try StudyCheck.range("steps_per_task", stepsPerTask, in: 1...1 << 40)
        guard steps >= stepsPerTask, steps % stepsPerTask == 0 else {
            throw Fault(
                .usage, "is \(steps) and must be a multiple of steps_per_task, \(stepsPerTask)", at: "steps",
                remedy: "Give a multiple, or another steps_per_task")
        }
        try StudyCheck.range("last_tasks", lastTasks, in: 1...tasks)
        guard !hidden.isEmpty, hidden.allSatisfy({ (1...1 << 20).contains($0) }) else {
            throw Fault(.usage, "is \(hidden)", at: "hidden", remedy: "Give at least one width, such as [256,256]")
        }
        guard DatasetSource(rawValue: data) != nil else {
            let known = DatasetSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(.usage, "no data set is called '\(data)'", at: "data", remedy: "Choose one of \(known)")
        }
        for variant in Variant.allCases {
            try configuration(variant, seed: 0, input: [1, 28, 28]).validate()
        }
    }

    /// The two that are compared.
    enum Variant: String, CaseIterable, Codable, Sendable {
        case standard = "default"
        case tuned
    }

    func optimiser(_ variant: Variant) -> OptimiserConfiguration {
        switch variant {
        case .standard:
            .adam(
                learningRate: learningRate, decay1: beta1, decay2: defaultBeta2, epsilon: defaultEpsilon,
                epsilonInRoot: defaultEpsilonInRoot)
        case .tuned:
            .adam(
                learningRate: learningRate, decay1: beta1, decay2: tunedBeta2, epsilon: tunedEpsilon,
                epsilonInRoot: tunedEpsilonInRoot)
        }
    }

    func configuration(_ variant: Variant, seed: Int, input: [Int]) -> MemorisationConfiguration {
        var configuration = MemorisationConfiguration(
            architecture: .perceptron(input: input, widths: hidden, outputs: ImageSet.classCount))
        configuration.seed = firstSeed + UInt64(seed)
        configuration.images = data
        configuration.imageCount = images
        configuration.imageSeed = imageSeed
        configuration.optimiser = optimiser(variant)
        configuration.batchSize = batch
        configuration.stepsPerTask = stepsPerTask
        configuration.tasks = tasks
        configuration.evaluationCount = evaluation
        configuration.logPeriodSteps = logPeriod
        configuration.checkpointPeriodTasks = seed < checkpointedSeeds ? 1 : tasks
        return configuration
    }

    /// A run's part of the folder.
    func part(_ variant: Variant, seed: Int) -> String { "\(variant.rawValue)-\(firstSeed + UInt64(seed))" }
}
