import Agents
import ArgumentParser
import CommandSupport

/// What a DQN agent does beside its network and its optimiser.
struct LearningOptions: ParsableArguments {
    private static let standard = DQNConfiguration()

    @Option(help: "γ, how much a later reward is worth.")
    var discount = standard.discount

    @Option(help: "Transitions of one update.")
    var batch = standard.batchSize

    @Option(help: "The ε of ε-greedy: how often a random action is taken.")
    var exploration = standard.exploration

    @Option(help: "Updates between two copies into the target network.")
    var targetPeriod = standard.targetUpdatePeriodSteps

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

    func apply(to configuration: inout DQNConfiguration) {
        configuration.discount = discount
        configuration.batchSize = batch
        configuration.exploration = exploration
        configuration.targetUpdatePeriodSteps = targetPeriod
        configuration.replayCapacity = replay
        configuration.minimumReplay = warmUp ?? min(configuration.minimumReplay, max(1, replay))
        configuration.environmentStepsPerUpdate = actionsPerUpdate
        configuration.nextAction = doubleDQN ? .double : .max
    }
}
