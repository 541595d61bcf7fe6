import Checkpoints
import Files
import LinearAlgebra

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The part of a run's saved state that is no tensor: JSON under `agents.state` in `state.safetensors`.
struct RunState<EnvironmentState: Codable & Sendable>: Codable, Sendable {
    static var key: String { "agents.state" }
    static var currentVersion: Int { 1 }

    var formatVersion = RunState.currentVersion
    var step: Int
    var environment: EnvironmentState
    /// What ε-greedy behaviour draws from.
    var behaviour: RandomSource
    /// What batches are drawn from.
    var sampling: RandomSource
    var replayCursor: Int
    /// The bytes of `metrics.csv` that belong to this state.
    var metricsBytes: Int
    var sums: MetricsSums
    /// The step after which the optimiser began afresh; absent where it never did.
    var optimiserRestartStep: Int?

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case step, environment, behaviour, sampling
        case replayCursor = "replay_cursor"
        case metricsBytes = "metrics_bytes"
        case sums
        case optimiserRestartStep = "optimiser_restart_step"
    }

    /// - Throws: `Fault` of kind `data` when the file does not hold a state of this environment and version.
    init(from file: SafetensorsFile) throws(Fault) {
        guard let json = file.metadata[Self.key] else {
            throw Fault(.data, "does not hold a run's state", at: file.name, remedy: "Restore the file")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
        } catch {
            throw Fault(
                .data, "is not the state of such a run (\(error))", at: "\(file.name), \(Self.key)",
                remedy: "Restore the file")
        }
        guard formatVersion == Self.currentVersion, step >= 0, metricsBytes >= 0,
            RandomSource(state: behaviour.state) != nil, RandomSource(state: sampling.state) != nil
        else {
            throw Fault(.data, "is not a state that this program wrote", at: "\(file.name), \(Self.key)")
        }
    }

    init(
        step: Int, environment: EnvironmentState, replayCursor: Int, metricsBytes: Int, run: RunRandomness,
        sums: MetricsSums
    ) {
        self.step = step
        self.environment = environment
        behaviour = run.behaviour
        sampling = run.sampling
        self.replayCursor = replayCursor
        self.metricsBytes = metricsBytes
        self.sums = sums
    }

    var json: String {
        get throws(Fault) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let data = try? encoder.encode(self) else {
                throw Fault(.data, "holds a number that is not finite", at: "the run's state at step \(step)")
            }
            return String(decoding: data, as: UTF8.self)
        }
    }
}

/// The generators that a run itself draws from; the environment has its own.
struct RunRandomness: Sendable {
    var behaviour: RandomSource
    var sampling: RandomSource

    init(seed: UInt64) {
        behaviour = RandomSource(seed: seed, stream: "behaviour")
        sampling = RandomSource(seed: seed, stream: "replay sampling")
    }

    init(behaviour: RandomSource, sampling: RandomSource) {
        self.behaviour = behaviour
        self.sampling = sampling
    }
}

extension ReplayBuffer {
    /// The buffer's tensors, `replay.…`.
    func write(to writer: inout SafetensorsWriter) throws(Fault) {
        let observations = Observation.bytes(of: transitions.map(\.observation))
        let width = observations.count / max(1, count)
        try writer.add("replay.observations", observations, shape: [count, width])
        try writer.add(
            "replay.next_observations", Observation.bytes(of: transitions.map(\.nextObservation)),
            shape: [count, width])
        try writer.add("replay.actions", transitions.map { Int64($0.action) }, shape: [count])
        try writer.add("replay.rewards", transitions.map(\.reward), shape: [count])
        try writer.add("replay.terminals", transitions.map { $0.isTerminal ? 1 : 0 } as [UInt8], shape: [count])
    }

    /// The buffer that `write` has written.
    ///
    /// - Throws: `Fault` of kind `data` when a tensor is missing or does not fit the others.
    init(from file: SafetensorsFile, capacity: Int, cursor: Int) throws(Fault) {
        let actions = try file.integers("replay.actions")
        let rewards = try file.floats("replay.rewards")
        let terminals = try file.bytes("replay.terminals")
        let count = actions.count
        guard rewards.count == count, terminals.count == count,
            let observations = Observation.observations(from: try file.bytes("replay.observations"), count: count),
            let next = Observation.observations(from: try file.bytes("replay.next_observations"), count: count)
        else {
            throw Fault(
                .data, "the replay tensors are not all of \(count) transitions", at: file.name,
                remedy: "Restore the file")
        }
        let transitions = (0..<count).map {
            Transition(
                observation: observations[$0], action: actions[$0], reward: rewards[$0], nextObservation: next[$0],
                isTerminal: terminals[$0] != 0)
        }
        do throws(Fault) {
            try self.init(capacity: capacity, transitions: transitions, cursor: cursor)
        } catch {
            throw error.within(file.name)
        }
    }
}
