import Agents
import Checkpoints
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Testing
import Training

/// An agent whose values are distributions on a support.
@Suite struct TwoHotAgentTests {
    typealias Transition = ReplayBuffer<ImageIndex>.Transition
    static let support = Support(low: -3, high: 5, atoms: 9)
    private let folder = TemporaryFolder()

    /// Oracle: Σ p z of the network's own logits, in scalar loops and double precision; rounded once to single.
    @Test func valuesAreMeansOfTheLogits() throws {
        let environment = try ClassificationMDP(images: .labelled(count: 20), rewards: .trueLabel, seed: 1)
        let agent = try makeAgent(batch: 2)
        for image in 0..<5 {
            let values = agent.values { row in environment.write([ImageIndex(image)], into: row) }
            let expected = means(logits(agent, ImageIndex(image), environment))
            #expect(values.count == 10)
            #expect(zip(values, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        }
    }

    /// Oracle: the targets put together from the means by hand, and the cross-entropy against each one's two-hot encoding,
    /// said as triangles around it. Sums of nine terms in single precision: 1e-5.
    @Test func anUpdateRegressesOnTheMeans() throws {
        let environment = try ClassificationMDP(images: .labelled(count: 20), rewards: .trueLabel, seed: 1)
        let agent = try makeAgent(batch: 2)
        let batch = [
            Transition(
                observation: ImageIndex(0), action: 3, reward: 2.25, nextObservation: ImageIndex(1), isTerminal: true),
            Transition(
                observation: ImageIndex(2), action: 5, reward: 0.5, nextObservation: ImageIndex(3), isTerminal: false),
        ]
        let best = means(logits(agent, ImageIndex(3), environment)).max() ?? 0
        let targets = [2.25, 0.5 + 0.99 * best]
        var expected = 0.0
        for (transition, target) in zip(batch, targets) {
            let first = transition.action * 9
            let p = probabilities(Array(logits(agent, transition.observation, environment)[first..<first + 9]))
            for atom in 0..<9 {
                let distance: Double = abs(target - Double(atom - 3))
                expected -= max(0, 1 - distance) * log(p[atom]) / 2
            }
        }
        let loss = try agent.update(batch, in: environment)
        #expect(abs(loss - expected) < 1e-5 * expected)
    }

    /// ε = 0: every action of the run is the one of the largest mean. Oracle: the agent's values after the run; nothing is
    /// learned from a rate of 0.
    @Test func actingIsGreedyOnTheMeans() throws {
        var configuration = Self.configuration()
        configuration.agent.exploration = 0
        configuration.optimiser.learningRate = 1e-30
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        try run.run()
        var isGreedyOnLogits = true
        for transition in run.replay.transitions {
            let all = logits(run.agent, transition.observation, run.environment)
            let values = means(all)
            #expect(values[transition.action] == values.max())
            if all.firstIndex(of: all.max() ?? 0) != transition.action { isGreedyOnLogits = false }
        }
        // The largest of all logits would be another rule.
        #expect(!isGreedyOnLogits)
    }

    /// Oracle: a run that was never interrupted, byte by byte, with another number of workers.
    @Test(arguments: [1, 9]) func aStoppedRunEndsTheSame(_ stop: Int) throws {
        try SmallRun.make(Self.configuration(), in: folder.path + "/whole").run()
        try interrupt("part", after: stop)
        try SmallRun.make(Self.configuration(), in: folder.path + "/part", workers: 2).run()
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    /// What the run writes says all that the loss needs: the record, and `run.json`.
    @Test func theCheckpointSaysLossAndSupport() throws {
        try SmallRun.make(Self.configuration(), in: folder.path + "/run").run()
        let checkpoint = try Checkpoint(reading: folder.path + "/run/checkpoints/step_00000024.safetensors")
        #expect(checkpoint.run.loss == "two-hot" && checkpoint.run.atoms == 9)
        #expect(checkpoint.run.supportLow == -3 && checkpoint.run.supportHigh == 5)
        #expect(try RunConfiguration(readingRun: folder.path + "/run").agent.support == Self.support)
        // Another support is another run.
        var other = Self.configuration()
        other.agent.support = Support(low: -3, high: 4, atoms: 9)
        let fault = #expect(throws: Fault.self) { _ = try SmallRun.make(other, in: folder.path + "/run") }
        #expect(fault?.place.contains("agent.support.high") == true)
    }

    @Test func networksAndSupportsThatDoNotFitAreRefused() throws {
        var configuration = Self.configuration()
        configuration.agent.support = Support(low: -3, high: 5, atoms: 8)
        let outputs = #expect(throws: Fault.self) { _ = try SmallRun.make(configuration, in: folder.path + "/a") }
        #expect(outputs?.kind == .data && outputs?.description.contains("10 actions of 8 logits each") == true)
        configuration.agent.support = Support(low: 3, high: 3, atoms: 9)
        let ends = #expect(throws: Fault.self) { _ = try SmallRun.make(configuration, in: folder.path + "/b") }
        #expect(ends?.kind == .usage && ends?.place == "support")
    }

    private static func configuration() -> RunConfiguration {
        let small = SmallRun.configuration()
        var configuration = RunConfiguration(
            architecture: .perceptron(input: [1, 4, 4], widths: [12], outputs: 90))
        configuration.seed = small.seed
        (configuration.environment, configuration.agent) = (small.environment, small.agent)
        configuration.schedule = small.schedule
        configuration.agent.support = support
        return configuration
    }

    /// The lock on the folder goes with the run.
    private func interrupt(_ name: String, after steps: Int) throws {
        let run = try SmallRun.make(Self.configuration(), in: folder.path + "/" + name)
        #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= steps }) }
    }

    private func makeAgent(batch: Int) throws -> DQNAgent {
        var configuration = Self.configuration()
        configuration.agent.batchSize = batch
        return try DQNAgent(
            Network(configuration.architecture), configuration: configuration.agent, optimiser: .adam(), seed: 1,
            workers: .one)
    }

    private func logits(_ agent: DQNAgent, _ image: ImageIndex, _ environment: ClassificationMDP) -> [Double] {
        let passes = Backpropagation(agent.network, examples: 1, workers: .one)
        passes.load { _, row in environment.write([image], into: row) }
        passes.forward(at: agent.parameters)
        return passes.outputs.array.map(Double.init)
    }

    private func probabilities(_ logits: [Double]) -> [Double] {
        let exponentials = logits.map { exp($0) }
        return exponentials.map { $0 / exponentials.reduce(0, +) }
    }

    /// The mean of each action's nine logits' distribution on −3, −2, …, 5.
    private func means(_ logits: [Double]) -> [Double] {
        (0..<logits.count / 9).map { action in
            let p = probabilities(Array(logits[action * 9..<action * 9 + 9]))
            return p.enumerated().reduce(0.0) { $0 + $1.element * Double($1.offset - 3) }
        }
    }
}
