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
    /// ε of the ε-greedy behaviour; where it decays, its last value.
    public var exploration = 0.1
    /// Nil for an ε that stays.
    public var explorationDecay: ExplorationDecay?
    public var nextAction = NextAction.max
    /// How temporal-difference errors are weighed; two-hot regression does not read it.
    public var errorLoss = ErrorLoss.squared
    /// δ of Huber's.
    public var huberThreshold = 1.0
    public var targetUpdate = TargetUpdate.period
    /// Updates between two copies of the online network into the target network; under Polyak averaging, which copies
    /// nothing, what else goes by this period still does.
    public var targetUpdatePeriodSteps = 1000
    /// τ of Polyak averaging.
    public var polyakRate = 0.005
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
        case explorationDecay = "exploration_decay"
        case nextAction = "next_action"
        case errorLoss = "td_loss"
        case huberThreshold = "huber_threshold"
        case targetUpdate = "target_update"
        case polyakRate = "polyak_rate"
        case targetUpdatePeriodSteps = "target_update_period_steps"
        case replayCapacity = "replay_capacity"
        case minimumReplay = "minimum_replay"
        case environmentStepsPerUpdate = "environment_steps_per_update"
        case support
    }

    /// Keys that came later may be absent: a run that was begun before them had their standard.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        discount = try container.decode(Double.self, forKey: .discount)
        batchSize = try container.decode(Int.self, forKey: .batchSize)
        exploration = try container.decode(Double.self, forKey: .exploration)
        explorationDecay = try container.decodeIfPresent(ExplorationDecay.self, forKey: .explorationDecay)
        nextAction = try container.decode(NextAction.self, forKey: .nextAction)
        errorLoss = try container.decodeIfPresent(ErrorLoss.self, forKey: .errorLoss) ?? errorLoss
        huberThreshold = try container.decodeIfPresent(Double.self, forKey: .huberThreshold) ?? huberThreshold
        targetUpdate = try container.decodeIfPresent(TargetUpdate.self, forKey: .targetUpdate) ?? targetUpdate
        targetUpdatePeriodSteps = try container.decode(Int.self, forKey: .targetUpdatePeriodSteps)
        polyakRate = try container.decodeIfPresent(Double.self, forKey: .polyakRate) ?? polyakRate
        replayCapacity = try container.decode(Int.self, forKey: .replayCapacity)
        minimumReplay = try container.decode(Int.self, forKey: .minimumReplay)
        environmentStepsPerUpdate = try container.decode(Int.self, forKey: .environmentStepsPerUpdate)
        support = try container.decodeIfPresent(Support.self, forKey: .support)
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
        try explorationDecay?.validate(endingAt: exploration)
        try Self.check(
            "huber_threshold", huberThreshold, in: Double.leastNormalMagnitude...Double.greatestFiniteMagnitude)
        try Self.check("polyak_rate", polyakRate, in: Double.leastNormalMagnitude...1)
        try support?.validate()
        guard support == nil || errorLoss == .squared else {
            throw Fault(
                .usage, "is \(errorLoss.rawValue), but two-hot regression weighs no temporal-difference errors",
                at: "td_loss", remedy: "Leave one of the two out")
        }
    }

    /// ε after `step` updates.
    public func exploration(at step: Int) -> Double {
        explorationDecay?.exploration(at: step, endingAt: exploration) ?? exploration
    }

    /// The loss that an update lowers, on targets that it reads whenever it is evaluated.
    public func loss(_ targets: SelectedTargets) -> any Loss<Float> {
        if let support { return TwoHot(targets, support: support) }
        let penalty: ErrorPenalty = errorLoss == .squared ? .squared : .huber(threshold: huberThreshold)
        return TemporalDifference(targets, penalty: penalty)
    }

    /// The loss that an update lowers, by the name that checkpoints give it.
    var lossKind: LossKind {
        guard support == nil else { return .twoHot }
        return switch errorLoss {
        case .squared: .temporalDifference
        case .huber: .huber
        }
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

/// How a temporal-difference error d is weighed.
public enum ErrorLoss: String, Sendable, Codable, CaseIterable {
    /// d².
    case squared
    /// ½d² up to δ, and straight on from there.
    case huber
}

/// How the target network follows the online network.
public enum TargetUpdate: String, Sendable, Codable, CaseIterable {
    /// θ′ ← θ, once in a period.
    ///
    /// Source: Mnih et al. 2015.
    case period
    /// θ′ ← (1 − τ) θ′ + τ θ, after every update; what belongs to θ′ and is no parameter follows alike.
    ///
    /// Source: Lillicrap et al. 2016, algorithm 1.
    case polyak
}
