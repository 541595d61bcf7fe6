public import Agents
import Datasets
public import Files
import LinearAlgebra
import Networks
import Plasticity
import Training

/// What a run will take.
public struct RunCost: Sendable {
    /// On one core of this machine: updates, acting and probes, but not evaluations and statistics.
    public var seconds: Double
    /// On the disk when the run is complete.
    public var bytes: Double
}

/// Foretells what runs take, by doing a few steps of each kind of run; what a run learns by them does not matter.
public struct RunCostMeter {
    /// As long as it takes for a rate to be worth telling.
    private static let secondsOfMeasurement = 0.3
    /// A step of a large batch takes as much longer as the batch is larger: no need to wait for one.
    private static let mostExamples = 32
    /// A step is as long at any rate, and at this one no network gets anywhere in the seconds of a measurement.
    private static let learningRate = 1e-12
    private var secondsPerStep: [String: Double] = [:]

    public init() {}

    /// - Throws: `Fault` where the configuration makes no agent.
    public mutating func cost(of configuration: RunConfiguration) throws(Fault) -> RunCost {
        let kind = Self.kind(of: configuration)
        let name = kind.document
        let seconds: Double
        if let known = secondsPerStep[name] {
            seconds = known
        } else {
            seconds = try Self.measure(kind)
            secondsPerStep[name] = seconds
        }
        return RunCost(seconds: seconds * Self.updates(of: configuration), bytes: try Self.bytes(of: configuration))
    }

    /// Training's updates, and the probes' in the same measure: a probe's has no target network's forward pass, one of the
    /// four that an update takes (a backward pass counts as two).
    private static func updates(of configuration: RunConfiguration) -> Double {
        let steps = configuration.schedule.steps
        guard let recording = configuration.plasticity else { return Double(steps) }
        let probe = Double(recording.probe.tasks) * Double(recording.probe.steps)
        return Double(steps) + 0.75 * beginnings(of: recording.periodSteps, in: steps) * probe
    }

    /// How often something is done that is due before the first step, every `period` steps, and after the last.
    private static func beginnings(of period: Int, in steps: Int) -> Double {
        1 + (Double(steps) / Double(period)).rounded(.up)
    }

    /// What is the same in all runs that take the same time a step: no constant by which a run may diverge is in it.
    private static func kind(of configuration: RunConfiguration) -> RunConfiguration {
        var kind = RunConfiguration(architecture: configuration.architecture)
        kind.agent.batchSize = configuration.agent.batchSize
        kind.agent.support = configuration.agent.support.map { Support(low: -1, high: 1, atoms: $0.atoms) }
        kind.agent.nextAction = configuration.agent.nextAction
        kind.agent.targetUpdate = configuration.agent.targetUpdate
        kind.agent.environmentStepsPerUpdate = configuration.agent.environmentStepsPerUpdate
        kind.optimiser = .standard(configuration.optimiser.kind)
        kind.optimiser.learningRate = learningRate
        return kind
    }

    private static func measure(_ kind: RunConfiguration) throws(Fault) -> Double {
        var configuration = kind
        configuration.agent.batchSize = min(mostExamples, kind.agent.batchSize)
        let scale = Double(kind.agent.batchSize) / Double(configuration.agent.batchSize)
        let source: DatasetSource = configuration.architecture.input.first == 3 ? .objects : .digits
        let images = try ImageSet.named(source.rawValue, split: .train, count: 64, seed: 0)
        var environment = try ClassificationMDP(
            images: images, rewards: configuration.environment.rewards, seed: configuration.seed)
        let network = try Network<Float>(configuration.architecture)
        let agent = try DQNAgent(
            network, configuration: configuration.agent, optimiser: configuration.optimiser, seed: configuration.seed,
            workers: .one)
        var replay = ReplayBuffer<ImageIndex>(capacity: 1024)
        var random = RandomSource(seed: configuration.seed, stream: "cost")
        func act() {
            let observation = environment.observation
            let values = agent.values { [environment] row in environment.write([observation], into: row) }
            let action = random.index(below: values.count)
            let outcome = environment.step(action)
            replay.append(
                .init(
                    observation: observation, action: action, reward: Float(outcome.reward),
                    nextObservation: outcome.observation, isTerminal: outcome.isTerminal))
        }
        func step() throws(Fault) {
            for _ in 0..<configuration.agent.environmentStepsPerUpdate { act() }
            _ = try agent.update(replay.sample(configuration.agent.batchSize, using: &random), in: environment)
        }
        try step()
        let start = ContinuousClock.now
        var steps = 0
        while steps < 1 || (ContinuousClock.now - start) / .seconds(1) < secondsOfMeasurement {
            try step()
            steps += 1
        }
        return scale * ((ContinuousClock.now - start) / .seconds(1)) / Double(steps)
    }

    /// Checkpoints with their target networks and transitions, and the state.
    private static func bytes(of configuration: RunConfiguration) throws(Fault) -> Double {
        let parameters = 4 * Double(try Network<Float>(configuration.architecture).layout.count)
        let image = 4 * Double(configuration.architecture.input.reduce(1, *))
        let schedule = configuration.schedule
        let checkpoints = beginnings(of: schedule.checkpointPeriodSteps, in: schedule.steps)
        let transitions = 2 * image * Double(min(schedule.checkpointTransitions, configuration.agent.replayCapacity))
        return checkpoints * (2 * parameters + transitions) + 4 * parameters
            + 17 * Double(configuration.agent.replayCapacity)
    }
}
