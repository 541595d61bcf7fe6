public import Files
import LinearAlgebra
public import Networks

/// What a DQN agent does, beside its network and its optimiser.
///
/// Source of the defaults: Lyle et al. 2023, section 5.1 (replay of 100 000, target period 1000) and figure 2 (batch
/// 512). The paper does not state γ, ε or the warm-up.
public struct DQNConfiguration: Sendable, Equatable, Codable {
    /// γ.
    public var discount = 0.99
    /// Transitions of one update.
    public var batchSize = 512
    /// ε of the ε-greedy behaviour.
    public var exploration = 0.1
    public var nextAction = NextAction.max
    /// Updates between two copies of the online network into the target network.
    public var targetUpdatePeriodSteps = 1000
    /// Transitions that the replay buffer holds.
    public var replayCapacity = 100_000
    /// Transitions gathered before the first update.
    public var minimumReplay = 5000
    public var environmentStepsPerUpdate = 1
    /// Where every action's value is a categorical distribution, learned by two-hot regression: what it is on. The network
    /// has as many logits for each action as this has atoms. Nil where the outputs are the values.
    public var support: Support?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case discount
        case batchSize = "batch_size"
        case exploration
        case nextAction = "next_action"
        case targetUpdatePeriodSteps = "target_update_period_steps"
        case replayCapacity = "replay_capacity"
        case minimumReplay = "minimum_replay"
        case environmentStepsPerUpdate = "environment_steps_per_update"
        case support
    }

    /// - Throws: `Fault` of kind `usage` that names the key, its value and the range it must be in.
    public func validate() throws(Fault) {
        try Self.check("discount", discount, in: 0...1)
        try Self.check("exploration", exploration, in: 0...1)
        try Self.check("batch_size", batchSize, in: 1...1 << 20)
        try Self.check("target_update_period_steps", targetUpdatePeriodSteps, in: 1...Int.max)
        try Self.check("replay_capacity", replayCapacity, in: 1...1 << 28)
        try Self.check("minimum_replay", minimumReplay, in: 1...replayCapacity)
        try Self.check("environment_steps_per_update", environmentStepsPerUpdate, in: 1...1 << 20)
        try support?.validate()
    }

    /// The values of the actions, `[N, actions]`, that a network's outputs stand for.
    func values(of outputs: Matrix<Float>, workers: Workers = .one) -> Matrix<Float> {
        support?.values(of: outputs, workers: workers) ?? outputs
    }

    static func check<Value: Comparable>(_ key: String, _ value: Value, in range: ClosedRange<Value>) throws(Fault) {
        guard !range.contains(value) else { return }
        throw Fault(
            .usage, "is \(value) and must be from \(range.lowerBound) to \(range.upperBound)", at: key,
            remedy: "Choose a value in that range")
    }
}
