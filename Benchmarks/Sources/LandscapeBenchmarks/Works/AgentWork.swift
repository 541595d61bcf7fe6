import Agents
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Synchronization

/// `mlp-agent` and `cnn-agent`: turns of a DQN agent's whole loop: act in the environment, remember, draw a batch,
/// update. What the peers do is in `peers/agent_task.py`.
enum AgentWork {
    static func run(_ name: NetworkName, on bench: Bench) throws {
        for batch in name == .mlp ? [32, 128, 512] : [32, 512] {
            let turns = turns(name, batch)
            let ours = try Agent(name, batch: batch, workers: bench.workers)
            let alone = try Agent(name, batch: batch, workers: .one)
            let pair = try (0..<2).map { _ in try Agent(name, batch: batch, workers: .one) }
            let arguments = [
                "--network", name.rawValue, "--batch", String(batch), "--training-steps", String(turns),
            ]
            var comparison = Comparison(
                work: "\(name.rawValue)-agent",
                title: "DQN agent, \(name.title), environment, replay and update, batch \(batch), \(turns) turns a run",
                unit: .stepsPerSecond, ours: OwnContender("landscape", { try ours.turn(turns) }),
                rounds: bench.rounds(batch == 512 ? 4 : 6))
            comparison.perRun = Double(turns)
            comparison.variants = [
                OwnContender("landscape (1 thread)", { try alone.turn(turns) }),
                // Half of the turns each: two agents that make a turn each count as two turns.
                OwnContender("landscape (2 agents, 1 thread each)", { try together(pair, turns / 2) }),
            ]
            comparison.peers = peers(name, arguments)
            comparison.targets = [.faster(1.4, than: [])]
            comparison.memoryWork = "\(name.rawValue)-agent-\(batch)"
            bench.run(comparison)
        }
    }

    /// Our part, once.
    static func once(_ name: NetworkName, batch: Int, workers: Workers) throws {
        try Agent(name, batch: batch, workers: workers).turn(turns(name, batch))
    }

    /// So many, and even, that a run takes some tenths of a second.
    private static func turns(_ name: NetworkName, _ batch: Int) -> Int {
        name == .mlp ? (batch == 512 ? 40 : 200) : (batch == 512 ? 2 : 20)
    }

    private static func peers(_ name: NetworkName, _ arguments: [String]) -> [PeerRequest] {
        let torch =
            name == .mlp
            ? [
                PeerRequest(work: "agent", library: "torch", arguments: arguments, remark: "fused"),
                PeerRequest(
                    work: "agent", library: "torch", arguments: arguments, threads: 1, remark: "fused, 1 thread"),
            ] : NetworkWork.torchAndTuned("agent", arguments)
        return torch + [PeerRequest(work: "agent", library: "jax", arguments: arguments)]
    }

    /// Two agents side by side, each on a thread of its own.
    private static func together(_ agents: [Agent], _ turns: Int) throws {
        let failures = Mutex<[any Error]>([])
        DispatchQueue.concurrentPerform(iterations: agents.count) { number in
            do { try agents[number].turn(turns) } catch { failures.withLock { $0.append(error) } }
        }
        if let failure = failures.withLock({ $0.first }) { throw failure }
    }
}

/// A run of `agents train`, as far as its loop goes: warmed up, and nothing written any more.
private final class Agent: @unchecked Sendable {
    private let run: ClassificationRun
    private let folder: String

    init(_ name: NetworkName, batch: Int, workers: Workers) throws {
        let problem = try NetworkProblem(name)
        let images = try Self.images(problem.network.architecture.input)
        var configuration = RunConfiguration(architecture: problem.network.architecture)
        configuration.agent.batchSize = batch
        configuration.schedule.steps = Int.max
        configuration.schedule.checkpointTransitions = 1
        folder = FileManager.default.temporaryDirectory.path + "/landscape-benchmark-" + UUID().uuidString
        run = try AgentRun(
            configuration, environment: ClassificationMDP(images: images, rewards: .trueLabel, seed: 0),
            evaluation: nil, directory: folder, mode: .start, workers: workers)
        // The warm-up, and then an interrupt before the first update.
        do throws(Fault) {
            try run.run(shouldStop: { [run] in run.replay.count >= configuration.agent.minimumReplay })
        } catch {
            guard error.kind == .interrupted else { throw error }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func turn(_ turns: Int) throws { for _ in 0..<turns { try run.iterate() } }

    /// 20 000 images of noise, whose classes go round.
    private static func images(_ shape: [Int]) throws -> ImageSet {
        let count = 20_000
        let size = count * shape.reduce(1, *)
        var source = RandomSource(seed: 0, stream: "agent images")
        var pixels: [UInt8] = []
        pixels.reserveCapacity(size)
        for _ in 0..<size / 8 {
            let word = source.next()
            for byte in 0..<8 { pixels.append(UInt8(truncatingIfNeeded: word >> (8 * byte))) }
        }
        return ImageSet(
            name: "noise", shape: shape, pixels: pixels, labels: (0..<count).map { $0 % ImageSet.classCount })
    }
}
