import Agents
import Datasets
public import Files
import Networks
import Training

/// Figure 2: is it the gradient that makes a loss landscape sharp and lets examples interfere, or just the distance moved?
///
/// A DQN agent learns the true-label MDP by stochastic gradient descent. Twins start where it starts and take a step of the
/// length of each of its updates, in a random direction. What is compared is the Hessian of a new regression task's loss,
/// and the cosines between the gradients of the agent's own loss on single transitions.
///
/// Source: Lyle et al. 2023, section 4.1 and figure 2.
public struct BrownianMotion: Study {
    public static let name = "brownian"
    public static let figure = "Figure 2"
    public static let abstract =
        "does gradient descent sharpen the landscape and bring interference more than a random walk with the same step lengths?"

    /// `digits` or `objects`, drawn here; `mnist` or `cifar10`, from the data folder.
    public var data: String
    public var images: Int
    public var imageSeed: UInt64 = 0
    public var hidden: [Int]
    public var batch: Int
    public var learningRate: Double
    public var discount: Double
    public var exploration = 0.1
    /// Updates of an iteration, after which the target network is renewed.
    public var targetPeriod: Int
    /// Iterations after which the Hessian is looked at.
    public var hessianIterations: [Int]
    /// Iterations after which the gradients' cosines are looked at.
    public var covarianceIterations: [Int]
    public var replay: Int
    public var warmUp: Int
    public var actionsPerUpdate = 1
    /// Agents.
    public var seeds: Int
    /// The first of the seeds, which follow each other.
    public var firstSeed: UInt64 = 0
    /// Twins of each agent.
    public var twins: Int
    /// Transitions of the Hessian's loss.
    public var hessianExamples: Int
    /// k, the gradients that are compared.
    public var covarianceExamples: Int
    /// Eigenvalues that are searched for and taken out of the density.
    public var top: Int
    /// Random start vectors of the density.
    public var probes: Int
    /// Lanczos steps of each.
    public var lanczosSteps: Int

    enum CodingKeys: String, CodingKey {
        case data, images
        case imageSeed = "image_seed"
        case hidden, batch
        case learningRate = "learning_rate"
        case discount, exploration
        case targetPeriod = "target_period"
        case hessianIterations = "hessian_iterations"
        case covarianceIterations = "covariance_iterations"
        case replay
        case warmUp = "warm_up"
        case actionsPerUpdate = "actions_per_update"
        case seeds
        case firstSeed = "first_seed"
        case twins
        case hessianExamples = "hessian_examples"
        case covarianceExamples = "covariance_examples"
        case top, probes
        case lanczosSteps = "lanczos_steps"
    }

    public init(scale: StudyScale) {
        switch scale {
        case .small:
            (data, images, hidden) = ("digits", 2000, [64, 64])
            (batch, learningRate, targetPeriod, discount) = (64, 1e-2, 250, 0.99)
            (replay, warmUp) = (20_000, 2000)
            (hessianExamples, top, probes, lanczosSteps) = (512, 10, 5, 60)
        case .paper:
            (data, images, hidden) = ("mnist", 60_000, [512, 512])
            (batch, learningRate, targetPeriod, discount) = (512, 1e-3, 5000, 0.99)
            (replay, warmUp) = (100_000, 5000)
            (hessianExamples, top, probes, lanczosSteps) = (2048, 20, 10, 100)
        }
        (hessianIterations, covarianceIterations) = ([0, 5], [1, 20])
        (seeds, twins, covarianceExamples) = (5, 4, 512)
    }

    /// The iterations after which a checkpoint is needed, ascending.
    var iterations: [Int] { Set(hessianIterations + covarianceIterations).sorted() }

    public var choices: [StudyChoice] {
        [
            StudyChoice("data", data, .paper, "images that stand for the states"),
            StudyChoice("images", images, .choice, "how many of them"),
            StudyChoice("hidden", hidden, .choice, "units of the hidden layers, with rectifiers"),
            StudyChoice("learning_rate", learningRate, .paper, "of stochastic gradient descent"),
            StudyChoice("batch", batch, .paper, "transitions of an update"),
            StudyChoice("target_period", targetPeriod, .paper, "updates of an iteration: one target update"),
            StudyChoice("hessian_iterations", hessianIterations, .paper, "iterations after which the Hessian is taken"),
            StudyChoice("covariance_iterations", covarianceIterations, .paper, "the same for the gradients' cosines"),
            StudyChoice("covariance_examples", covarianceExamples, .paper, "k, the gradients compared"),
            StudyChoice("discount", discount, .choice, "γ"),
            StudyChoice("exploration", exploration, .choice, "ε of the ε-greedy behaviour"),
            StudyChoice("replay", replay, .choice, "transitions that the replay buffer holds"),
            StudyChoice("warm_up", warmUp, .choice, "transitions gathered before the first update"),
            StudyChoice("actions_per_update", actionsPerUpdate, .choice, "steps in the environment between updates"),
            StudyChoice("seeds", seeds, .choice, "agents"),
            StudyChoice("first_seed", firstSeed, .choice, "the first seed; the others follow it"),
            StudyChoice("twins", twins, .choice, "random walks beside each agent"),
            StudyChoice("hessian_examples", hessianExamples, .choice, "replayed inputs of the probe loss"),
            StudyChoice("top", top, .choice, "eigenvalues found one by one"),
            StudyChoice("probes", probes, .choice, "random start vectors of the density"),
            StudyChoice("lanczos_steps", lanczosSteps, .choice, "Lanczos steps of each"),
            StudyChoice("image_seed", imageSeed, .choice, "what drawn images come from"),
        ]
    }

    public func validate() throws(Fault) {
        try StudyCheck.range("seeds", seeds, in: 1...10_000)
        try StudyCheck.range("twins", twins, in: 1...1024)
        try StudyCheck.range("target_period", targetPeriod, in: 1...1 << 40)
        try StudyCheck.range("hessian_examples", hessianExamples, in: 2...1 << 20)
        try StudyCheck.range("covariance_examples", covarianceExamples, in: 2...1 << 14)
        try StudyCheck.range("top", top, in: 1...1000)
        try StudyCheck.range("probes", probes, in: 1...10_000)
        try StudyCheck.range("lanczos_steps", lanczosSteps, in: 2...10_000)
        for (key, list) in [
            ("hessian_iterations", hessianIterations), ("covariance_iterations", covarianceIterations),
        ] {
            guard !list.isEmpty, list.allSatisfy({ (0...1 << 20).contains($0) }), list == Set(list).sorted() else {
                throw Fault(
                    .usage, "is \(list) and must be iterations in ascending order", at: key,
                    remedy: "Write it like [0,5]")
            }
        }
        guard let first = hessianIterations.first, first == 0, iterations.last ?? 0 > 0 else {
            throw Fault(
                .usage, "is \(hessianIterations) and must begin with 0, against which the rest is held",
                at: "hessian_iterations", remedy: "Write it like [0,5]")
        }
        guard !hidden.isEmpty, hidden.allSatisfy({ (1...1 << 20).contains($0) }) else {
            throw Fault(.usage, "is \(hidden)", at: "hidden", remedy: "Give at least one width, such as [256,256]")
        }
        guard DatasetSource(rawValue: data) != nil else {
            let known = DatasetSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(.usage, "no data set is called '\(data)'", at: "data", remedy: "Choose one of \(known)")
        }
        try configuration(seed: 0, input: [1, 28, 28]).validate()
    }

    func configuration(seed: Int, input: [Int]) -> RunConfiguration {
        var run = RunConfiguration(
            architecture: .perceptron(input: input, widths: hidden, outputs: ImageSet.classCount))
        run.seed = firstSeed + UInt64(seed)
        run.environment.rewards = .trueLabel
        run.environment.images = data
        run.environment.imageCount = images
        run.environment.imageSeed = imageSeed
        run.environment.evaluationCount = 1000
        run.optimiser = .sgd(learningRate: learningRate)
        run.agent.batchSize = batch
        run.agent.discount = discount
        run.agent.exploration = exploration
        run.agent.targetUpdatePeriodSteps = targetPeriod
        run.agent.replayCapacity = replay
        run.agent.minimumReplay = min(warmUp, replay)
        run.agent.environmentStepsPerUpdate = actionsPerUpdate
        run.schedule.steps = (iterations.last ?? 1) * targetPeriod
        run.schedule.logPeriodSteps = targetPeriod
        run.schedule.checkpointPeriodSteps = run.schedule.steps
        run.schedule.checkpointSteps = iterations.map { $0 * targetPeriod }
        run.schedule.statePeriodSteps = targetPeriod
        run.schedule.checkpointTransitions = max(hessianExamples, covarianceExamples)
        run.brownianTwins = twins
        return run
    }

    /// A run's part of the folder.
    func part(seed: Int) -> String { "agent-\(firstSeed + UInt64(seed))" }
}
