public import Files
public import LinearAlgebra
import Networks
import Training

/// A DQN agent trained in an environment, in a directory from which it can be resumed after any interruption.
///
/// Everything random is drawn from named streams of the configuration's seed, and their states are saved: a run that was
/// killed and resumed ends in the same bytes as one that was not.
public final class AgentRun<E: Environment> {
    public let configuration: RunConfiguration
    public let agent: DQNAgent
    public internal(set) var environment: E
    public internal(set) var replay: ReplayBuffer<E.Observation>
    /// Updates done.
    public var step: Int { agent.step }
    var random: RunRandomness
    var sums = MetricsSums()
    /// The transitions of the update at hand.
    private var batch: [ReplayBuffer<E.Observation>.Transition] = []
    let directory: RunDirectory
    let metrics: MetricsFile
    /// What goes along, in the order in which it is told.
    let companions: [any RunCompanion<E>]
    let workers: Workers
    private let evaluator: Evaluator?
    /// Called before each file is written; what it throws ends the run there, as a kill would. For tests.
    package var willWrite: (String) throws(Fault) -> Void = { _ throws(Fault) in }

    /// Begins a run in `directory`, or takes up the one that is there.
    ///
    /// - Parameters:
    ///   - environment: as it is before the first step, for a fresh and for a resumed run alike.
    ///   - evaluation: what metrics are taken over; nil leaves their columns empty.
    ///   - companions: what goes along beside what the configuration names.
    /// - Throws: `Fault` of kind `usage` for a constant out of range, a directory in use, or one that holds another run;
    ///   of kind `data` for a network that does not fit the environment or a damaged state; `inputOutput` where the
    ///   system refuses.
    public init(
        _ configuration: RunConfiguration, environment: E, evaluation: EvaluationSet?, directory path: String,
        mode: RunMode, companions: [any RunCompanion<E>] = [], workers: Workers
    ) throws(Fault) {
        try configuration.validate()
        self.workers = workers
        self.configuration = configuration
        self.environment = environment
        let network = try Network<Float>(configuration.architecture)
        try Self.check(network, configuration.agent.support, fits: environment)
        self.companions = try Self.companions(of: configuration, network: network, workers: workers) + companions
        agent = try DQNAgent(
            network, configuration: configuration.agent, optimiser: configuration.optimiser, seed: configuration.seed,
            workers: workers)
        replay = ReplayBuffer(capacity: configuration.agent.replayCapacity)
        random = RunRandomness(seed: configuration.seed)
        evaluator = evaluation.map {
            Evaluator(network, agent: configuration.agent, set: $0, workers: workers)
        }
        directory = try RunDirectory(path, for: configuration, mode: mode)
        directory.removePartialFiles()
        try directory.write(configuration)
        for companion in self.companions { companion.prepare(agent) }
        let saved = directory.hasState ? try SavedRun<E>(reading: directory.state) : nil
        metrics = try MetricsFile(directory.metrics, keeping: saved?.state.metricsBytes ?? 0)
        if let saved { try restore(saved) }
    }

    /// Trains until the configured number of steps is done.
    ///
    /// - Parameters:
    ///   - shouldStop: asked before every step, and now and then while the first transitions are gathered; true saves
    ///     the state and ends the run with a fault. There is no state before the first step: what was gathered by then
    ///     is gathered again.
    ///   - progress: told whenever a line of the table has been written.
    /// - Throws: `Fault` of kind `interrupted` after `shouldStop`; `data`, naming the step, when training diverges;
    ///   `inputOutput` where the system refuses to write. The directory can be resumed after each.
    public func run(
        shouldStop: () -> Bool = { false }, progress: (RunProgress) -> Void = { _ in }
    ) throws(Fault) {
        if !directory.hasState { try begin(shouldStop) }
        try finishStep(shouldStop)
        var clock = (time: ContinuousClock.now, step: step)
        while step < configuration.schedule.steps {
            if shouldStop() { throw try stopped() }
            try iterate()
            if isDue(configuration.schedule.logPeriodSteps) {
                let seconds = (ContinuousClock.now - clock.time) / .seconds(1)
                let rate = Double(step - clock.step) / seconds
                clock = (ContinuousClock.now, step)
                let metrics = try writeMetrics()
                progress(RunProgress(metrics: metrics, steps: configuration.schedule.steps, stepsPerSecond: rate))
            }
            if isDue(configuration.schedule.checkpointPeriodSteps)
                || configuration.schedule.checkpointSteps.contains(step)
            {
                try writeCheckpoint()
            }
            if isDue(configuration.schedule.statePeriodSteps) { try saveState() }
            try finishStep(shouldStop)
        }
    }

    /// Lets companions do what waits until everything of this step is written.
    private func finishStep(_ shouldStop: () -> Bool) throws(Fault) {
        for companion in companions {
            do throws(Fault) {
                try companion.didFinishStep(self, shouldStop: shouldStop)
            } catch {
                throw error.kind == .interrupted ? try stopped() : error
            }
        }
    }

    /// Saves where the run stands, and says how to go on.
    private func stopped() throws(Fault) -> Fault {
        try saveState()
        return interruption("stopped after step \(step) of \(configuration.schedule.steps); all is saved")
    }

    private func interruption(_ what: String) -> Fault {
        Fault(.interrupted, what, at: directory.path, remedy: "Go on with: agents resume \(directory.path)")
    }

    /// Gathers the first transitions, and writes what a run has at step 0. The state comes last: until it is there, a
    /// resumed run begins here again.
    private func begin(_ shouldStop: () -> Bool) throws(Fault) {
        let needed = configuration.agent.minimumReplay
        while replay.count < needed {
            // So many take a large network half a second.
            if replay.count % 16 == 0, shouldStop() {
                throw interruption(
                    "stopped with \(replay.count) of \(needed) transitions gathered, before the first step; a resumed "
                        + "run gathers them again")
            }
            act()
        }
        // What the warm-up earned belongs to no update.
        sums = MetricsSums()
        for companion in companions { try companion.begin(self) }
        try writeCheckpoint()
        try saveState()
    }

    /// Some steps in the environment, then one update on a batch of what has been seen: one turn of the loop that `run`
    /// goes through. Nothing is written.
    ///
    /// - Throws: as `DQNAgent.update` and the companions.
    @specialized(where E == ClassificationMDP)
    public func iterate() throws(Fault) {
        for _ in 0..<configuration.agent.environmentStepsPerUpdate { act() }
        replay.sample(configuration.agent.batchSize, into: &batch, using: &random.sampling)
        for companion in companions.reversed() { try companion.willUpdate(self) }
        sums.loss += try agent.update(batch, in: environment)
        sums.updates += 1
        for companion in companions { try companion.didUpdate(self) }
    }

    /// One ε-greedy step in the environment, into the replay buffer.
    private func act() {
        let observation = environment.observation
        let action = EpsilonGreedy.action(
            of: environment.actionCount, exploration: configuration.agent.exploration(at: step),
            using: &random.behaviour
        ) {
            agent.greedyAction(at: observation, in: environment)
        }
        let outcome = environment.step(action)
        replay.append(
            ReplayBuffer.Transition(
                observation: observation, action: action, reward: Float(outcome.reward),
                nextObservation: outcome.observation, isTerminal: outcome.isTerminal))
        sums.reward += outcome.reward
        sums.actions += 1
        if outcome.isTerminal { environment.reset() }
    }

    private func writeMetrics() throws(Fault) -> RunMetrics {
        let theta = agent.parameters
        let metrics = RunMetrics(
            step: step, temporalDifferenceLoss: sums.loss / Double(sums.updates),
            reward: sums.reward / Double(sums.actions), evaluation: evaluator?.evaluate(at: theta),
            weightNorm: theta.vector.norm)
        sums = MetricsSums()
        try willWrite(directory.metrics)
        try self.metrics.append(metrics.line)
        return metrics
    }

    private func isDue(_ period: Int) -> Bool { step % period == 0 || step == configuration.schedule.steps }

    private static func check(
        _ network: Network<Float>, _ support: Support?, fits environment: E
    ) throws(Fault) {
        guard network.architecture.input == environment.observationShape else {
            throw Fault(
                .data,
                "takes examples of shape \(network.architecture.input), and \(environment.name) shows "
                    + "\(environment.observationShape)", at: "architecture", remedy: "Change its 'input'")
        }
        guard network.outputCount == environment.actionCount * (support?.atoms ?? 1) else {
            throw Fault(
                .data,
                "has \(network.outputCount) outputs, and \(environment.name) has \(environment.actionCount) "
                    + "actions" + (support.map { " of \($0.atoms) logits each" } ?? ""), at: "architecture",
                remedy: "Change its last layer")
        }
    }
}
