import Checkpoints
public import Datasets
import Files
import LinearAlgebra
import Networks
import Plasticity
import Training

extension AgentRun {
    /// Writes θ in the checkpoint format, and before it what it refers to: θ′ and a sample of replayed transitions. So a
    /// checkpoint that is there is complete.
    func writeCheckpoint() throws(Fault) {
        let files = directory.checkpoint(step)
        var record = record
        try willWrite(files.transitions)
        try sampleOfTransitions().write(to: files.transitions)
        try willWrite(files.target)
        try Checkpoint.write(agent.target, architecture: configuration.architecture, run: record, to: files.target)
        record.transitions = Self.name(files.transitions)
        record.targetNetwork = Self.name(files.target)
        try willWrite(files.parameters)
        try Checkpoint.write(
            agent.parameters, architecture: configuration.architecture, run: record, to: files.parameters)
        for companion in companions { try companion.didWriteCheckpoint(self) }
    }

    /// Writes where a Brownian twin is beside the agent's checkpoint of this step, whose loss it is given.
    func writeCheckpoint(ofTwin twin: Int, _ parameters: Parameters<Float>) throws(Fault) {
        let files = directory.checkpoint(step)
        var record = record
        record.brownianTwin = twin
        record.transitions = Self.name(files.transitions)
        record.targetNetwork = Self.name(files.target)
        let path = directory.checkpoint(step, twin: twin)
        try willWrite(path)
        try Checkpoint.write(parameters, architecture: configuration.architecture, run: record, to: path)
    }

    /// How the agent was trained so far.
    private var record: RunRecord {
        var record = RunRecord()
        record.environment = environment.name
        record.seed = configuration.seed
        record.step = step
        record.optimiser = configuration.optimiser.description
        record.optimiserSettings = configuration.optimiser.recorded
        record.batchSize = configuration.agent.batchSize
        let interventions = configuration.interventions.map(\.description)
        record.intervention = interventions.isEmpty ? "none" : interventions.joined(separator: " ")
        let support = configuration.agent.support
        record.loss = configuration.agent.lossKind.rawValue
        if configuration.agent.lossKind == .huber { record.huberThreshold = configuration.agent.huberThreshold }
        record.supportLow = support?.low
        record.supportHigh = support?.high
        record.atoms = support?.atoms
        record.discount = configuration.agent.discount
        record.nextAction = configuration.agent.nextAction.rawValue
        return record
    }

    /// Writes all that resuming needs, in one file: at every instant the old one or the new one is there.
    func saveState() throws(Fault) {
        try metrics.synchronise()
        var state = RunState(
            step: step, environment: environment.state, replayCursor: replay.cursor, metricsBytes: metrics.count,
            run: random, sums: sums)
        if agent.optimiser.restartStep > 0 { state.optimiserRestartStep = agent.optimiser.restartStep }
        var writer = SafetensorsWriter(metadata: ["format": "pt", RunState<E.State>.key: try state.json])
        let count = agent.parameters.vector.count
        try writer.add("parameters", agent.parameters.vector.array, shape: [count])
        try writer.add("target", agent.target.vector.array, shape: [count])
        for (name, values) in buffers + companionTensors {
            try writer.add(name, values.array, shape: [values.count])
        }
        for (name, values) in agent.optimiser.moments {
            try writer.add("optimiser.\(name)", values.array, shape: [count])
        }
        try replay.write(to: &writer)
        try willWrite(directory.state)
        try writer.write(to: directory.state)
    }

    /// What belongs to the parameters but is none, where the network has any.
    private var buffers: [(name: String, values: Vector<Float>)] {
        agent.parameters.buffers.count == 0
            ? [] : [("buffers", agent.parameters.buffers), ("target.buffers", agent.target.buffers)]
    }

    private var companionTensors: [(name: String, values: Vector<Float>)] {
        companions.flatMap { companion in companion.tensors.map { ("\(companion.name).\($0.name)", $0.values) } }
    }

    func restore(_ saved: SavedRun<E>) throws(Fault) {
        do throws(Fault) {
            try environment.restore(saved.state.environment)
            replay = try ReplayBuffer(
                from: saved.file, capacity: configuration.agent.replayCapacity, cursor: saved.state.replayCursor)
            try checkReplay()
            var moments: [String: [Float]] = [:]
            for (name, _) in agent.optimiser.moments { moments[name] = try saved.file.floats("optimiser.\(name)") }
            try agent.optimiser.restore(
                step: saved.state.step, restartStep: saved.state.optimiserRestartStep ?? 0, moments: moments)
            try assign("parameters", from: saved.file, to: agent.parameters.vector)
            try assign("target", from: saved.file, to: agent.target.vector)
            for (name, values) in buffers + companionTensors { try assign(name, from: saved.file, to: values) }
        } catch {
            throw error.place.hasPrefix(saved.file.name) ? error : error.within(saved.file.name)
        }
        random = RunRandomness(behaviour: saved.state.behaviour, sampling: saved.state.sampling)
        sums = saved.state.sums
    }

    private func checkReplay() throws(Fault) {
        let wrong = replay.transitions.firstIndex {
            !environment.contains($0.observation) || !environment.contains($0.nextObservation)
                || !(0..<environment.actionCount).contains($0.action)
        }
        guard let wrong else { return }
        throw Fault(
            .data, "transition \(wrong) is none of \(environment.name)", at: "replay buffer",
            remedy: "The saved state is damaged or belongs to another run: restore it")
    }

    private func assign(_ tensor: String, from file: SafetensorsFile, to vector: Vector<Float>) throws(Fault) {
        let values = try file.floats(tensor)
        guard values.count == vector.count else {
            throw Fault(
                .data, "has \(values.count) numbers and the network \(vector.count)", at: "\(file.name), '\(tensor)'",
                remedy: "The saved state belongs to another run")
        }
        vector.assign(values)
    }

    /// Looking at a run does not change it: the stream is used for nothing else.
    private func sampleOfTransitions() -> TransitionSample {
        checkpointTransitions(atMost: configuration.schedule.checkpointTransitions)
    }

    /// The transitions that a checkpoint of this step has beside it, or the first of them, or more.
    func checkpointTransitions(atMost most: Int) -> TransitionSample {
        transitions(atMost: most, stream: "checkpoint transitions")
    }

    /// Up to `most` different replayed transitions, from a stream of the run's seed that is `stream`'s and the step's own.
    public func transitions(atMost most: Int, stream: String) -> TransitionSample {
        var source = RandomSource(seed: configuration.seed, stream: "\(stream) \(step)")
        let sample = replay.distinctSample(atMost: most, using: &source)
        return TransitionSample(
            input: environment.observationShape, inputs: numbers(sample.map(\.observation)),
            actions: sample.map(\.action), rewards: sample.map { Double($0.reward) },
            nextInputs: numbers(sample.map(\.nextObservation)), terminals: sample.map(\.isTerminal))
    }

    private func numbers(_ observations: [E.Observation]) -> [Float] {
        let inputs = Matrix<Float>(rows: observations.count, columns: environment.observationShape.reduce(1, *))
        environment.write(observations, into: inputs)
        return inputs.array
    }

    private static func name(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}

/// A run as `state.safetensors` holds it.
struct SavedRun<E: Environment> {
    let file: SafetensorsFile
    let state: RunState<E.State>

    init(reading path: String) throws(Fault) {
        file = try SafetensorsFile(reading: path)
        state = try RunState(from: file)
    }
}
