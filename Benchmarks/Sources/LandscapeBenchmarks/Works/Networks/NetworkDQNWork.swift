import Agents
import Datasets
import LinearAlgebra
import Networks
import Training

/// `cnn-dqn`: updates of a deep Q-network, each on the next batch of transitions: targets from θ′, forward and backward
/// pass, Adam.
enum NetworkDQNWork {
    static func run(on bench: Bench) throws {
        for batch in [32, 512] {
            let steps = steps(batch)
            let problem = try NetworkProblem(.cnn)
            let transitions = try Transitions(batch * steps, problem)
            var comparison = Comparison(
                work: "cnn-dqn", title: "DQN with Adam, CNN, batch \(batch), single, \(steps) steps a run",
                unit: .stepsPerSecond,
                ours: OwnContender("landscape", try contender(problem, transitions, batch, bench.workers)),
                rounds: bench.rounds(batch == 32 ? 6 : 4))
            comparison.perRun = Double(steps)
            comparison.operations =
                Double(steps * batch) * (problem.operations.gradient + problem.operations.forward)
            comparison.variants = [
                OwnContender("landscape (1 thread)", try contender(problem, transitions, batch, .one))
            ]
            comparison.norm = try firstLoss(problem, transitions, batch, bench.workers)
            comparison.targets = [.agreement(1e-3)] + (batch == 32 ? [.faster(2.5, than: [])] : [])
            comparison.memoryWork = "cnn-dqn-\(batch)"
            try problem.withFiles(data: transitions.write) { folder in
                let arguments = [
                    "--network", "cnn", "--folder", folder, "--batch", String(batch),
                    "--training-steps", String(steps),
                ]
                comparison.peers =
                    NetworkWork.torchAndTuned("network-dqn", arguments) + [
                        PeerRequest(work: "network-dqn", library: "jax", arguments: arguments)
                    ]
                bench.run(comparison)
            }
        }
    }

    static func once(batch: Int, workers: Workers) throws {
        let problem = try NetworkProblem(.cnn)
        try contender(problem, try Transitions(batch * steps(batch), problem), batch, workers)()
    }

    /// So many that a run takes about half a second.
    private static func steps(_ batch: Int) -> Int { batch == 32 ? 20 : 3 }

    /// One run; the training goes on from run to run.
    private static func contender(
        _ problem: NetworkProblem, _ transitions: Transitions, _ batch: Int, _ workers: Workers
    ) throws -> () throws -> Void {
        let agent = try agent(problem, batch: batch, workers: workers)
        return {
            for step in 0..<steps(batch) {
                _ = try agent.update(transitions.batch(step, of: batch), in: transitions.environment)
            }
        }
    }

    /// The loss before the first update: what both sides must agree in.
    private static func firstLoss(
        _ problem: NetworkProblem, _ transitions: Transitions, _ batch: Int, _ workers: Workers
    ) throws -> Double {
        try agent(problem, batch: batch, workers: workers)
            .update(transitions.batch(0, of: batch), in: transitions.environment)
    }

    /// Of the problem's seed, so at the problem's parameters.
    private static func agent(_ problem: NetworkProblem, batch: Int, workers: Workers) throws -> DQNAgent {
        var configuration = DQNConfiguration()
        configuration.batchSize = batch
        return try DQNAgent(
            problem.network, configuration: configuration, optimiser: .adam(), seed: 0, workers: workers)
    }
}
