import Agents
import Datasets
import LinearAlgebra
import Networks
import Testing
import Training

@Suite struct DQNAgentTests {
    typealias Transition = ReplayBuffer<ImageIndex>.Transition

    /// Oracle: the outputs that the agent itself gives for one observation at a time, put together by hand: a terminal
    /// step's target is its reward alone, another's bootstraps from θ′, which is θ at the start. Outputs are of order one
    /// in single precision (6e-8), squared and averaged: 1e-5.
    @Test func terminalStepsDoNotBootstrap() throws {
        let environment = try ClassificationMDP(images: .labelled(count: 20), rewards: .trueLabel, seed: 1)
        let agent = try makeAgent(batch: 2)
        let values = (0..<4).map { image in
            agent.values { row in environment.write([ImageIndex(image)], into: row) }.map(Double.init)
        }
        let batch = [
            Transition(
                observation: ImageIndex(0), action: 3, reward: 2, nextObservation: ImageIndex(1), isTerminal: true),
            Transition(
                observation: ImageIndex(2), action: 5, reward: 2, nextObservation: ImageIndex(3), isTerminal: false),
        ]
        let errors = [values[0][3] - 2, values[2][5] - (2 + 0.99 * (values[3].max() ?? 0))]
        let expected = errors.reduce(0) { $0 + $1 * $1 } / 2
        let loss = try agent.update(batch, in: environment)
        #expect(abs(loss - expected) < 1e-5 * expected)
        #expect(agent.step == 1)
        // θ has moved, θ′ has not.
        #expect(agent.parameters.vector.array != agent.target.vector.array)
    }

    /// Once the networks differ, each variant has its own target: the loss of equal agents on equal batches differs.
    /// Oracle: both targets by hand, as above.
    @Test(arguments: [NextAction.max, .double])
    func theVariantChoosesTheNextAction(_ nextAction: NextAction) throws {
        let environment = try ClassificationMDP(images: .labelled(count: 20), rewards: .trueLabel, seed: 1)
        let agent = try makeAgent(batch: 1, nextAction: nextAction)
        let fresh = Parameters<Float>(initialising: agent.network.layout, seed: 99)
        let online = agent.parameters.vector.copy()
        let observe: (Int) -> [Double] = { image in
            agent.values { row in environment.write([ImageIndex(image)], into: row) }.map(Double.init)
        }
        // The next image is one on which the two networks prefer different actions.
        var differing: (image: Int, chosen: [Double], valued: [Double])?
        for image in 0..<20 where differing == nil {
            let chosen = observe(image)
            agent.parameters.vector.assign(fresh.vector)
            let valued = observe(image)
            agent.parameters.vector.assign(online)
            if best(chosen) != best(valued) { differing = (image, chosen, valued) }
        }
        let next = try #require(differing)
        agent.target.vector.assign(fresh.vector)
        let action = nextAction == .max ? best(next.valued) : best(next.chosen)
        let error = observe(0)[7] - (1 + 0.99 * next.valued[action])
        let transition = Transition(
            observation: ImageIndex(0), action: 7, reward: 1, nextObservation: ImageIndex(next.image),
            isTerminal: false)
        let loss = try agent.update([transition], in: environment)
        #expect(abs(loss - error * error) < 1e-5 * max(1, loss))
    }

    private func best(_ values: [Double]) -> Int { values.indices.max { values[$0] < values[$1] } ?? 0 }

    private func makeAgent(batch: Int, nextAction: NextAction = .max) throws -> DQNAgent {
        var configuration = SmallRun.configuration()
        configuration.agent.batchSize = batch
        configuration.agent.nextAction = nextAction
        return try DQNAgent(
            Network(configuration.architecture), configuration: configuration.agent, optimiser: .adam(), seed: 1,
            workers: .one)
    }
}
