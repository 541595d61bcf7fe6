import Agents
import Checkpoints
import Datasets
import Files
import LinearAlgebra
import Networks
import Testing
import Training

/// What may be chosen about an agent's learning: the loss of its errors, how the target network follows, how ε falls.
@Suite struct LearningVariantTests {
    private let folder = TemporaryFolder()

    /// Oracle: the outputs of the agent itself, put together by hand with Huber's function; both sides of δ occur. Outputs
    /// are of order one in single precision: 1e-5, as in `DQNAgentTests`.
    @Test func huberWeighsLargeErrorsLess() throws {
        let environment = try ClassificationMDP(images: .labelled(count: 20), rewards: .trueLabel, seed: 1)
        var configuration = SmallRun.configuration()
        configuration.agent.batchSize = 2
        configuration.agent.errorLoss = .huber
        configuration.agent.huberThreshold = 0.75
        let agent = try DQNAgent(
            Network(configuration.architecture), configuration: configuration.agent, optimiser: .adam(), seed: 1,
            workers: .one)
        func value(_ image: Int, _ action: Int) -> Double {
            Double(agent.values { row in environment.write([ImageIndex(image)], into: row) }[action])
        }
        let rewards: [Float] = [5, 0.25]
        let errors = [value(0, 3) - 5, value(2, 5) - 0.25]
        let batch = [(0, 3), (2, 5)].enumerated().map { row, pair in
            ReplayBuffer<ImageIndex>.Transition(
                observation: ImageIndex(pair.0), action: pair.1, reward: rewards[row], nextObservation: ImageIndex(1),
                isTerminal: true)
        }
        #expect(abs(errors[0]) > 0.75 && abs(errors[1]) < 0.75)
        let expected = (0.75 * (abs(errors[0]) - 0.375) + 0.5 * errors[1] * errors[1]) / 2
        #expect(abs(try agent.update(batch, in: environment) - expected) < 1e-5 * expected)
    }

    /// The checkpoint of a Huber run says its loss and δ, and the landscape's loss of that kind takes transitions.
    @Test func theCheckpointSaysHuber() throws {
        var configuration = SmallRun.configuration()
        configuration.agent.errorLoss = .huber
        configuration.agent.huberThreshold = 0.5
        try SmallRun.make(configuration, in: folder.path + "/run").run()
        let record = try Checkpoint(reading: folder.path + "/run/checkpoints/step_00000024.safetensors").run
        #expect(record.loss == "huber" && record.huberThreshold == 0.5)
        let loss: any Loss<Float> = try LossKind.huber.bound(
            to: .selected(outputs: [1], values: [2]), outputs: 3, huberThreshold: 0.5)
        #expect((loss as? TemporalDifference<Float>)?.penalty == .huber(threshold: 0.5))
    }

    /// Oracle: θ′ = (1 − τ) θ′ + τ θ after each of three updates, in scalars; three single-precision roundings of numbers
    /// of order one.
    @Test func polyakAveragesAfterEveryUpdate() throws {
        let environment = try ClassificationMDP(images: .labelled(count: 20), rewards: .trueLabel, seed: 1)
        var configuration = SmallRun.configuration()
        configuration.agent.batchSize = 1
        configuration.agent.targetUpdate = .polyak
        configuration.agent.polyakRate = 0.25
        let agent = try DQNAgent(
            Network(configuration.architecture), configuration: configuration.agent,
            optimiser: .adam(learningRate: 0.1), seed: 1, workers: .one)
        var expected = agent.target.vector.doubles
        for image in 0..<3 {
            let transition = ReplayBuffer<ImageIndex>.Transition(
                observation: ImageIndex(image), action: 1, reward: 1, nextObservation: ImageIndex(9), isTerminal: false)
            _ = try agent.update([transition], in: environment)
            expected = zip(expected, agent.parameters.vector.doubles).map { 0.75 * $0 + 0.25 * $1 }
        }
        #expect(zip(agent.target.vector.doubles, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(agent.target.vector.array != agent.parameters.vector.array)
    }

    /// By hand: half of the way from 1 to 0.2 is 0.6, or √0.2; from T on, and without a decay, the last value.
    @Test func explorationFalls() {
        var configuration = DQNConfiguration()
        configuration.exploration = 0.2
        #expect(configuration.exploration(at: 0) == 0.2)
        configuration.explorationDecay = ExplorationDecay(.linear, start: 1, steps: 100)
        let linear = [0, 25, 50, 99, 100, 1000].map { configuration.exploration(at: $0) }
        let expected = [1, 0.8, 0.6, 0.208, 0.2, 0.2]
        #expect(zip(linear, expected).allSatisfy { abs($0 - $1) < 1e-15 })
        configuration.explorationDecay?.shape = .exponential
        let curve = [0, 50, 100].map { configuration.exploration(at: $0) }
        #expect(zip(curve, [1, 0.2.squareRoot(), 0.2]).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    /// While ε is 1, every action is random, whatever the network says; once it is 0, every action is greedy. Oracle: the
    /// agent's values after a run from which nothing is learned.
    @Test func aRunExploresAsItsDecaySays() throws {
        var configuration = SmallRun.configuration()
        configuration.agent.exploration = 0
        configuration.agent.explorationDecay = ExplorationDecay(.linear, start: 1, steps: 1)
        configuration.optimiser.learningRate = 1e-30
        configuration.agent.replayCapacity = 200
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        try run.run()
        let environment = run.environment
        let isGreedy = run.replay.transitions.map { transition in
            let values = run.agent.values { row in environment.write([transition.observation], into: row) }
            return values[transition.action] == values.max()
        }
        // 20 of the warm-up and 3 before the first update at ε = 1, 69 at ε = 0.
        #expect(isGreedy.count == 92 && isGreedy[23...].allSatisfy { $0 })
        // Of 23 random ones a tenth is greedy by chance: more than 12 with probability below 1e-6.
        #expect(isGreedy[..<23].count { $0 } <= 12)
    }

    /// Oracle: a run that was never interrupted, byte by byte, with all of it at once.
    @Test func aRunOfAllVariantsResumesTheSame() throws {
        var configuration = SmallRun.configuration()
        configuration.agent.errorLoss = .huber
        configuration.agent.targetUpdate = .polyak
        configuration.agent.nextAction = .double
        configuration.agent.explorationDecay = ExplorationDecay(.exponential, steps: 15)
        configuration.optimiser = .adamW()
        try SmallRun.make(configuration, in: folder.path + "/whole").run()
        try interrupt(configuration, "part", after: 9)
        try SmallRun.make(configuration, in: folder.path + "/part", workers: 2).run()
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    /// Memory is used again from update to update, and must not show. Oracle: an agent that has never seen another batch,
    /// brought to the same point: the second update's loss and parameters, to the bit.
    @Test(arguments: [NextAction.max, .double], [false, true])
    func whatAnUpdateLeavesDoesNotShow(_ nextAction: NextAction, _ isCategorical: Bool) throws {
        let environment = try ClassificationMDP(images: .labelled(count: 40), rewards: .trueLabel, seed: 1)
        var configuration = SmallRun.configuration().agent
        configuration.nextAction = nextAction
        configuration.support = isCategorical ? Support(low: -3, high: 5, atoms: 9) : nil
        let architecture = Architecture.perceptron(
            input: [1, 4, 4], widths: [12], outputs: isCategorical ? 90 : 10)
        func make() throws -> DQNAgent {
            try DQNAgent(
                Network(architecture), configuration: configuration, optimiser: .adam(), seed: 1, workers: .one)
        }
        func batch(_ first: Int) -> [ReplayBuffer<ImageIndex>.Transition] {
            (0..<8).map { row in
                ReplayBuffer<ImageIndex>.Transition(
                    observation: ImageIndex(first + row), action: (first + 3 * row) % 10, reward: Float(row % 2),
                    nextObservation: ImageIndex(39 - row), isTerminal: row == 5)
            }
        }
        let used = try make()
        _ = try used.update(batch(0), in: environment)
        let fresh = try make()
        fresh.parameters.assign(used.parameters)
        fresh.target.assign(used.target)
        let moments = Dictionary(uniqueKeysWithValues: used.optimiser.moments.map { ($0.name, $0.values.array) })
        try fresh.optimiser.restore(step: 1, moments: moments)
        let losses = try [used, fresh].map { try $0.update(batch(20), in: environment) }
        #expect(losses[0] == losses[1])
        #expect(used.parameters.vector.array == fresh.parameters.vector.array)
    }

    @Test func constantsOutOfRangeAreNamed() {
        var wrong: [(String, DQNConfiguration)] = []
        func add(_ place: String, _ change: (inout DQNConfiguration) -> Void) {
            var configuration = DQNConfiguration()
            change(&configuration)
            wrong.append((place, configuration))
        }
        add("huber_threshold") { $0.huberThreshold = 0 }
        add("polyak_rate") { $0.polyakRate = 1.5 }
        add("exploration_decay.start") { $0.explorationDecay = ExplorationDecay(.linear, start: 2, steps: 5) }
        add("exploration_decay.steps") { $0.explorationDecay = ExplorationDecay(.linear, steps: 0) }
        add("exploration_decay") {
            $0.exploration = 0
            $0.explorationDecay = ExplorationDecay(.exponential, steps: 5)
        }
        add("td_loss") {
            $0.errorLoss = .huber
            $0.support = Support(low: -1, high: 1, atoms: 3)
        }
        for (place, configuration) in wrong {
            let fault = #expect(throws: Fault.self) { try configuration.validate() }
            #expect(fault?.kind == .usage && fault?.place == place, "\(place): \(fault?.description ?? "")")
        }
    }

    /// The lock on the folder goes with the run.
    private func interrupt(_ configuration: RunConfiguration, _ name: String, after steps: Int) throws {
        let run = try SmallRun.make(configuration, in: folder.path + "/" + name)
        #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= steps }) }
    }
}
