public import Files
public import LinearAlgebra
public import Networks
public import Training

/// A deep Q-network: the online network θ, which acts and learns, and the target network θ′, which values what comes
/// next and is a copy of θ from some updates ago.
///
/// It holds no random generator and no replay buffer: those belong to the run, and are handed in.
///
/// Source: Mnih et al. 2015; van Hasselt, Guez and Silver 2016 for the double variant.
public final class DQNAgent {
    public let configuration: DQNConfiguration
    public let network: Network<Float>
    /// θ.
    public let parameters: Parameters<Float>
    /// θ′.
    public let target: Parameters<Float>
    public let optimiser: Optimiser<Float>
    private let training: TrainingStep<Float>
    private let targetPasses: Backpropagation<Float>
    private let actingPasses: Backpropagation<Float>

    /// What holds θ back in updates; interventions set it.
    public var restraint: Restraint<Float>? {
        get { training.restraint }
        set { training.restraint = newValue }
    }

    /// Updates done.
    public var step: Int { optimiser.step }

    /// An agent with fresh parameters, drawn from streams of `seed`; the target network starts as their copy.
    ///
    /// - Throws: `Fault` of kind `usage` for a constant out of range.
    public init(
        _ network: Network<Float>, configuration: DQNConfiguration, optimiser: OptimiserConfiguration, seed: UInt64,
        workers: Workers
    ) throws(Fault) {
        try configuration.validate()
        self.configuration = configuration
        self.network = network
        parameters = Parameters(initialising: network.layout, seed: seed)
        target = parameters.copy()
        self.optimiser = try Optimiser(optimiser, parameterCount: network.layout.count)
        training = TrainingStep(
            network, parameters: parameters, optimiser: self.optimiser, examples: configuration.batchSize,
            seed: seed, workers: workers)
        targetPasses = Backpropagation(network, examples: configuration.batchSize, workers: workers)
        actingPasses = Backpropagation(network, examples: 1, workers: .one)
    }

    /// The actions' values at one observation, `[actions]`: f(s; θ), or the means of categorical outputs.
    public func values(loading fill: @Sendable (Matrix<Float>) -> Void) -> [Float] {
        actingPasses.load { _, row in fill(row) }
        actingPasses.forward(at: parameters)
        return configuration.values(of: actingPasses.outputs).array
    }

    /// One update on a batch of `configuration.batchSize` transitions, after which θ′ follows θ; the result is the batch's
    /// loss before the update: of temporal differences, or of two-hot regression on the same targets.
    ///
    /// - Throws: `Fault` of kind `data` that names the step when training diverges.
    public func update<E: Environment>(
        _ batch: [ReplayBuffer<E.Observation>.Transition], in environment: E
    ) throws(Fault) -> Double {
        let loss = loss(of: batch, in: environment)
        let value = try training.run(loss) { examples, tile in
            environment.write(batch[examples].map(\.observation), into: tile)
        }
        followTarget()
        return value
    }

    private func followTarget() {
        switch configuration.targetUpdate {
        case .period: if step % configuration.targetUpdatePeriodSteps == 0 { synchroniseTarget() }
        case .polyak: target.move(towards: parameters, by: configuration.polyakRate, workers: training.passes.workers)
        }
    }

    /// θ′ ← θ.
    public func synchroniseTarget() { target.assign(parameters) }

    /// The batch's loss, its targets bootstrapped from θ′ (and, for double DQN, chosen by θ).
    private func loss<E: Environment>(
        of batch: [ReplayBuffer<E.Observation>.Transition], in environment: E
    ) -> any Loss<Float> {
        precondition(batch.count == configuration.batchSize, "a batch of \(batch.count)")
        let writeNext: @Sendable (Range<Int>, Matrix<Float>) -> Void = { examples, tile in
            environment.write(batch[examples].map(\.nextObservation), into: tile)
        }
        targetPasses.load(writeNext)
        targetPasses.forward(at: target)
        let values = values(targetPasses)
        let rewards = batch.map { Double($0.reward) }
        let discounts = batch.map { $0.isTerminal ? 0 : configuration.discount }
        let targets: [Double]
        switch configuration.nextAction {
        case .max:
            targets = TemporalDifferenceTargets.qLearning(rewards: rewards, discounts: discounts, values: values)
        case .double:
            targetPasses.load(writeNext)
            targetPasses.forward(at: parameters)
            targets = TemporalDifferenceTargets.doubleQLearning(
                rewards: rewards, discounts: discounts, values: values, selector: self.values(targetPasses))
        }
        let actions = batch.map(\.action)
        guard let support = configuration.support else {
            return TemporalDifference(actions: actions, targets: targets, penalty: configuration.penalty)
        }
        return TwoHot(outputs: actions, targets: targets, support: support)
    }

    private func values(_ passes: Backpropagation<Float>) -> Matrix<Float> {
        configuration.values(of: passes.outputs, workers: passes.workers)
    }
}
