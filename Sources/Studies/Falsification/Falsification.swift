import Agents
import Datasets
public import Files
import Networks
import Training

/// Figure 3: is there a statistic of a network that explains how much plasticity it has lost?
///
/// Agents over tasks × observations × networks × optimisers × seeds are trained, with their statistics and plasticity
/// measured along the way; then every statistic is correlated with plasticity loss under each condition. A statistic whose
/// correlation changes its sign from one condition to another is no explanation.
///
/// Source: Lyle et al. 2023, section 4 and figure 3. The paper shows scatter plots; intervals and the table of signs are
/// ours.
public struct Falsification: Study {
    public static let name = "falsification"
    public static let figure = "Figure 3"
    public static let abstract =
        "which statistics of a network go with its loss of plasticity, and under which conditions does the sign flip?"

    /// `true-label`, `random-label`, `sparse-reward`.
    public var tasks: [String]
    /// `digits`, `objects`, `mnist`, `cifar10`.
    public var observations: [String]
    public var networks: [String]
    public var optimisers: [String]
    public var seeds: Int
    /// The first of the seeds, which follow each other.
    public var firstSeed: UInt64 = 0
    /// Images to act in, from the first; 0 for all of a set.
    public var images: Int
    public var imageSeed: UInt64 = 0
    /// A factor on all channels and units.
    public var width: Double
    public var batch: Int
    /// Updates of an agent.
    public var steps: Int
    public var targetPeriod: Int
    public var replay = 100_000
    public var warmUp: Int
    public var discount = 0.99
    public var exploration = 0.1
    public var adamLearningRate = 1e-3
    public var rmspropLearningRate = 2.5e-4
    public var sgdLearningRate = 1e-2
    /// Updates between two measurements of statistics and plasticity.
    public var measurePeriod: Int
    public var probeTasks: Int
    public var probeSteps: Int
    /// Replayed inputs that probe tasks are on, at most.
    public var probeExamples: Int
    /// Replayed inputs that statistics are on, at most.
    public var statisticsExamples: Int
    /// `all` measurements after step 0, or each agent's `last`.
    public var points = SamplePoints.all
    /// Which definition of rank stands for "rank" in the report's first tables; all are in the last.
    public var rank = "srank"
    public var bootstrapReplicates = 2000
    public var bootstrapSeed: UInt64 = 0

    enum CodingKeys: String, CodingKey {
        case tasks, observations, networks, optimisers, seeds
        case firstSeed = "first_seed"
        case images
        case imageSeed = "image_seed"
        case width, batch, steps
        case targetPeriod = "target_period"
        case replay
        case warmUp = "warm_up"
        case discount, exploration
        case adamLearningRate = "adam_learning_rate"
        case rmspropLearningRate = "rmsprop_learning_rate"
        case sgdLearningRate = "sgd_learning_rate"
        case measurePeriod = "measure_period"
        case probeTasks = "probe_tasks"
        case probeSteps = "probe_steps"
        case probeExamples = "probe_examples"
        case statisticsExamples = "statistics_examples"
        case points, rank
        case bootstrapReplicates = "bootstrap_replicates"
        case bootstrapSeed = "bootstrap_seed"
    }

    public init(scale: StudyScale) {
        tasks = RewardRule.allCases.map(\.rawValue)
        networks = ["mlp", "cnn"]
        optimisers = ["adam", "rmsprop"]
        seeds = 6
        switch scale {
        case .small:
            observations = ["digits", "objects"]
            (images, width, batch) = (500, 0.25, 32)
            (steps, targetPeriod, warmUp) = (4000, 200, 1000)
            (measurePeriod, probeTasks, probeSteps, probeExamples) = (1000, 5, 500, 512)
            statisticsExamples = 512
        case .paper:
            observations = ["mnist", "cifar10"]
            (images, width, batch) = (0, 1, 512)
            (steps, targetPeriod, warmUp) = (100_000, 1000, 5000)
            (measurePeriod, probeTasks, probeSteps, probeExamples) = (5000, 10, 2000, 2048)
            statisticsExamples = 2048
        }
    }

    public var choices: [StudyChoice] {
        [
            StudyChoice("tasks", tasks, .paper, "classification MDPs"),
            StudyChoice("observations", observations, .paper, "image sets"),
            StudyChoice("networks", networks, .choice, "architectures"),
            StudyChoice("optimisers", optimisers, .choice, "optimisers; those of the probes, too"),
            StudyChoice("seeds", seeds, .choice, "agents of each combination; the paper has 128 agents in all"),
            StudyChoice("first_seed", firstSeed, .choice, "the first seed; the others follow it"),
            StudyChoice("images", images, .choice, "images to act in; 0 for all of a set"),
            StudyChoice("image_seed", imageSeed, .choice, "what drawn images come from"),
            StudyChoice("width", width, .paper, "factor on all channels and units: mlp 2 × 512, cnn 64 and 256"),
            StudyChoice("batch", batch, .choice, "transitions of an update, in training and in probes"),
            StudyChoice("steps", steps, .paper, "updates of an agent"),
            StudyChoice("target_period", targetPeriod, .paper, "updates between copies into the target network"),
            StudyChoice("replay", replay, .paper, "transitions of the replay buffer"),
            StudyChoice("warm_up", warmUp, .choice, "transitions before the first update"),
            StudyChoice("discount", discount, .choice, "γ"),
            StudyChoice("exploration", exploration, .choice, "ε of ε-greedy"),
            StudyChoice("adam_learning_rate", adamLearningRate, .choice, "α of adam"),
            StudyChoice("rmsprop_learning_rate", rmspropLearningRate, .choice, "α of rmsprop"),
            StudyChoice("sgd_learning_rate", sgdLearningRate, .choice, "α of sgd, where it is among the optimisers"),
            StudyChoice("measure_period", measurePeriod, .paper, "updates between two measurements"),
            StudyChoice("probe_tasks", probeTasks, .paper, "new tasks of a probe"),
            StudyChoice("probe_steps", probeSteps, .paper, "updates on each of them"),
            StudyChoice("probe_examples", probeExamples, .choice, "replayed inputs that they are on, at most"),
            StudyChoice(
                "statistics_examples", statisticsExamples, .choice, "replayed inputs of the statistics, at most"),
            StudyChoice("points", points.rawValue, .choice, "all measurements after step 0, or each agent's last"),
            StudyChoice("rank", rank, .choice, "the definition that stands for \"rank\" in the first tables"),
            StudyChoice("bootstrap_replicates", bootstrapReplicates, .choice, "B; whole agents are drawn again"),
            StudyChoice("bootstrap_seed", bootstrapSeed, .choice, "what they are drawn from"),
        ]
    }

    /// Agents of the whole study.
    var agentCount: Int { tasks.count * observations.count * networks.count * optimisers.count * seeds }

    /// The factors with their levels, in the order of the report.
    var factors: [(name: String, levels: [String])] {
        [("task", tasks), ("observations", observations), ("network", networks), ("optimiser", optimisers)]
    }

    public func validate() throws(Fault) {
        try StudyCheck.range("seeds", seeds, in: 1...10_000)
        try StudyCheck.range("images", images, in: 0...Int(Int32.max))
        try StudyCheck.range("bootstrap_replicates", bootstrapReplicates, in: 200...1_000_000)
        try StudyCheck.range("measure_period", measurePeriod, in: 1...steps)
        let known = [
            ("tasks", tasks, RewardRule.allCases.map(\.rawValue)),
            ("observations", observations, DatasetSource.allCases.map(\.rawValue)),
            ("networks", networks, NetworkPreset.Kind.allCases.map(\.rawValue)),
            ("optimisers", optimisers, OptimiserConfiguration.Kind.allCases.map(\.rawValue)),
        ]
        for (key, values, all) in known {
            try StudyCheck.words(key, values, among: all)
        }
        try StudyCheck.words("rank", [rank], among: FalsificationStatistics.ranks)
        for plan in try agents { try plan.configuration.validate() }
    }
}

/// Which measurements of an agent are points of the scatter plots.
public enum SamplePoints: String, Sendable, Codable, CaseIterable {
    /// All after step 0.
    case all
    /// The agent's last.
    case last
}
