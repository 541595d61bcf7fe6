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
    private let acting: ActionValues
    /// f(s′; θ′), and for double DQN f(s′; θ).
    private let following: ActionValues
    private let choosing: ActionValues?
    /// What the batch's outputs are regressed on, read by `loss`.
    private let regression: SelectedTargets
    private let loss: LossEvaluation<Float>

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
        let support = configuration.support
        let count = configuration.batchSize
        acting = ActionValues(network, support: support, count: 1, workers: .one)
        following = ActionValues(network, support: support, count: count, workers: workers)
        choosing =
            configuration.nextAction == .double
            ? ActionValues(network, support: support, count: count, workers: workers) : nil
        regression = SelectedTargets(count: count)
        loss = LossEvaluation(configuration.loss(regression), on: training.passes)
    }

    /// The actions' values at one observation, `[actions]`: f(s; θ), or the means of categorical outputs.
    public func values(loading fill: @Sendable (Matrix<Float>) -> Void) -> [Float] {
        acting.evaluate(at: parameters) { _, row in fill(row) }.array
    }

    /// The action of the largest value at one observation, the first of equals.
    public func greedyAction<E: Environment>(at observation: E.Observation, in environment: E) -> Int {
        acting.evaluate(at: parameters) { _, rows in environment.write(observation, into: rows.row(0)) }
            .row(0).indexOfLargest
    }

    /// One update on a batch of `configuration.batchSize` transitions, after which θ′ follows θ; the result is the batch's
    /// loss before the update: of temporal differences, or of two-hot regression on the same targets.
    ///
    /// Nothing is allocated, and no number of an observation is copied but from where the environment keeps it into the
    /// networks' inputs.
    ///
    /// - Throws: `Fault` of kind `data` that names the step when training diverges.
    public func update<E: Environment>(
        _ batch: [ReplayBuffer<E.Observation>.Transition], in environment: E
    ) throws(Fault) -> Double {
        precondition(batch.count == configuration.batchSize, "a batch of \(batch.count)")
        let value: Double
        if isSideBySide {
            value = try updateSideBySide(batch, in: environment)
        } else {
            let found = nextValues(following, at: target, of: batch, in: environment)
            let selector = choosing.map { nextValues($0, at: parameters, of: batch, in: environment) } ?? found
            setTargets(of: batch, values: found, selector: selector)
            value = try training.run(loss, of: configuration.lossKind) { examples, rows in
                Self.write(batch, .now, examples, into: rows, in: environment)
            }
        }
        followTarget()
        return value
    }

    /// Whether the forward passes at θ and θ′ go on at the same time, each on one worker: with two workers and two passes
    /// no one waits for a share of a layer. Double DQN has a third pass, which looks at θ while the first may change its
    /// running statistics.
    private var isSideBySide: Bool { training.passes.workers.count == 2 && choosing == nil }

    /// As `update` does one after the other, to the same bytes.
    private func updateSideBySide<E: Environment>(
        _ batch: [ReplayBuffer<E.Observation>.Transition], in environment: E
    ) throws(Fault) -> Double {
        let (online, seed) = (training.passes, training.layerSeed)
        online.workers.forEach(2) { [following, parameters, target] pass in
            if pass == 0 {
                following.evaluate(at: target, sharing: .one) { examples, rows in
                    Self.write(batch, .next, examples, into: rows, in: environment)
                }
            } else {
                online.forward(at: parameters, seed: seed, sharing: .one) { examples, rows in
                    Self.write(batch, .now, examples, into: rows, in: environment)
                }
            }
        }
        setTargets(of: batch, values: following.values, selector: following.values)
        return try training.finish(loss, of: configuration.lossKind)
    }

    private func nextValues<E: Environment>(
        _ passes: ActionValues, at parameters: Parameters<Float>,
        of batch: [ReplayBuffer<E.Observation>.Transition], in environment: E
    ) -> Matrix<Float> {
        passes.evaluate(at: parameters) { examples, rows in
            Self.write(batch, .next, examples, into: rows, in: environment)
        }
    }

    /// Some observations of a batch, a row each.
    private static func write<E: Environment>(
        _ batch: [ReplayBuffer<E.Observation>.Transition],
        _ moment: Moment, _ examples: Range<Int>, into rows: Matrix<Float>, in environment: E
    ) {
        for row in 0..<rows.rows {
            let transition = batch[examples.lowerBound + row]
            let observation = moment == .now ? transition.observation : transition.nextObservation
            environment.write(observation, into: rows.row(row))
        }
    }

    /// s or s′.
    private enum Moment { case now, next }

    /// y = r + γ f(s′, a′; θ′), with a′ the target network's best action or (double DQN) the online network's.
    private func setTargets<Observation>(
        of batch: [ReplayBuffer<Observation>.Transition], values: Matrix<Float>, selector: Matrix<Float>
    ) {
        for (row, transition) in batch.enumerated() {
            let target = TemporalDifferenceTargets.doubleQLearning(
                reward: Double(transition.reward), discount: transition.isTerminal ? 0 : configuration.discount,
                values: values.row(row), selector: selector.row(row))
            regression[row] = (transition.action, target)
        }
    }

    private func followTarget() {
        switch configuration.targetUpdate {
        case .period: if step % configuration.targetUpdatePeriodSteps == 0 { synchroniseTarget() }
        case .polyak: target.move(towards: parameters, by: configuration.polyakRate, workers: training.passes.workers)
        }
    }

    /// θ′ ← θ.
    public func synchroniseTarget() { target.assign(parameters) }
}
