import Agents
import ArgumentParser
import CommandSupport
import Files
import Networks

/// What a DQN agent does beside its network and its optimiser.
struct LearningOptions: ParsableArguments {
    private static let standard = DQNConfiguration()

    @Option(help: "γ, how much a later reward is worth.")
    var discount = standard.discount

    @Option(help: "Transitions of one update.")
    var batch = standard.batchSize

    @Option(help: "The ε of ε-greedy: how often a random action is taken; where it decays, what it ends at.")
    var exploration = standard.exploration

    @Option(help: ArgumentHelp("How ε falls at the beginning. (default: not)", valueName: "shape"))
    var explorationDecay: Choice<ExplorationDecay.Shape>?

    @Option(help: ArgumentHelp("The ε that it falls from. (default: 1.0)", valueName: "epsilon"))
    var explorationStart: Double?

    @Option(help: ArgumentHelp("Updates in which it falls.", valueName: "steps"))
    var explorationSteps: Int?

    @Option(help: "How temporal-difference errors are weighed, unless --two-hot encodes the targets.")
    var tdLoss = Choice(standard.errorLoss)

    @Option(
        help: ArgumentHelp(
            "The δ up to which --td-loss huber is a square. (default: \(standard.huberThreshold))", valueName: "delta"))
    var huberDelta: Double?

    @Option(help: "How the target network follows: a copy once in a period, or a little after every update.")
    var targetUpdate = Choice(standard.targetUpdate)

    @Option(help: "Updates between two copies into the target network.")
    var targetPeriod = standard.targetUpdatePeriodSteps

    @Option(
        help: ArgumentHelp(
            "The τ of --target-update polyak: θ′ ← (1 − τ) θ′ + τ θ. (default: \(standard.polyakRate))",
            valueName: "tau"))
    var targetRate: Double?

    @Option(help: "Transitions that the replay buffer holds.")
    var replay = standard.replayCapacity

    @Option(
        help:
            "Transitions gathered before the first update. (default: \(standard.minimumReplay), or the replay buffer's size where that is less)"
    )
    var warmUp: Int?

    @Option(help: "Steps in the environment between two updates.")
    var actionsPerUpdate = standard.environmentStepsPerUpdate

    @Flag(help: "Double DQN: the online network chooses the next action, the target network values it.")
    var doubleDQN = false

    // The lower end may be negative: what begins with a hyphen is a value here.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The ends of the support of --two-hot. (default: ±1/(1 − γ), as rewards are at most 1)",
            valueName: "low,high"))
    var support: SupportEnds?

    func apply(to configuration: inout DQNConfiguration) {
        configuration.discount = discount
        configuration.batchSize = batch
        configuration.exploration = exploration
        configuration.explorationDecay = explorationDecay.map {
            ExplorationDecay($0.value, start: explorationStart ?? 1, steps: explorationSteps ?? 0)
        }
        configuration.errorLoss = tdLoss.value
        configuration.huberThreshold = huberDelta ?? configuration.huberThreshold
        configuration.targetUpdate = targetUpdate.value
        configuration.polyakRate = targetRate ?? configuration.polyakRate
        configuration.targetUpdatePeriodSteps = targetPeriod
        configuration.replayCapacity = replay
        configuration.minimumReplay = warmUp ?? min(configuration.minimumReplay, max(1, replay))
        configuration.environmentStepsPerUpdate = actionsPerUpdate
        configuration.nextAction = doubleDQN ? .double : .max
    }

    func validate() throws {
        if explorationDecay == nil, explorationStart != nil || explorationSteps != nil {
            throw ValidationError("--exploration-start and --exploration-steps are for --exploration-decay")
        }
        if explorationDecay != nil, explorationSteps == nil {
            throw ValidationError("--exploration-decay needs --exploration-steps, the updates in which ε falls")
        }
        if huberDelta != nil, tdLoss.value != .huber {
            throw ValidationError("--huber-delta is for --td-loss huber")
        }
        if targetRate != nil, targetUpdate.value != .polyak {
            throw ValidationError("--target-rate is for --target-update polyak")
        }
    }

    /// What categorical outputs of so many atoms are on; nil where outputs are values.
    ///
    /// - Throws: `Fault` of kind `usage` for a support without atoms, or atoms without a support.
    func support(atoms: Int?) throws(Fault) -> Support? {
        guard let atoms else {
            guard support == nil else {
                throw Fault(
                    .usage, "is given, but the outputs are no distributions", at: "--support",
                    remedy: "Say how many atoms with --two-hot")
            }
            return nil
        }
        if let support { return Support(low: support.low, high: support.high, atoms: atoms) }
        guard let support = Support(largestReward: 1, discount: discount, atoms: atoms) else {
            throw Fault(
                .usage, "γ \(discount) bounds no return, so there is no support for --two-hot", at: "--discount",
                remedy: "Give one with --support LOW,HIGH")
        }
        return support
    }
}
