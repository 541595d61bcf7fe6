import Checkpoints
import Datasets
import Files
import LinearAlgebra
import Networks
import Plasticity
import Synchronization
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Measures the agent's plasticity along a run, into `plasticity/step_00001000.json`.
///
/// The tasks are on inputs that were replayed before the first update (`plasticity/examples.safetensors`), so that
/// every step's loss is paired with step 0's: the same inputs, targets and batches. Probing draws from streams of its
/// own and learns on copies: a run that is probed trains to the same bytes as one that is not.
final class PlasticityRecorder<E: Environment>: RunCompanion {
    let name = "plasticity"
    private let recording: PlasticityRecording
    private let network: Network<Float>
    private let optimiser: OptimiserConfiguration
    private let support: Support?
    private let workers: Workers
    /// Made when first needed, in a resumed run from the file.
    private var probe: PlasticityProbe<Float>?

    init(
        _ recording: PlasticityRecording, of configuration: RunConfiguration, network: Network<Float>, workers: Workers
    ) {
        var recording = recording
        recording.probe.batchSize = configuration.agent.batchSize
        self.recording = recording
        self.network = network
        optimiser = configuration.optimiser
        support = configuration.agent.support
        self.workers = workers
    }

    func begin(_ run: AgentRun<E>) throws(Fault) {
        // The checkpoint's own: what landscape plasticity sees beside the first checkpoint.
        let inputs = run.checkpointTransitions(atMost: recording.examples).inputs
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        let count = inputs.count / network.inputCount
        try writer.add("inputs", inputs, shape: [count] + network.architecture.input)
        let path = examples(of: run)
        try AtomicFile.makeFolder(folder(of: run))
        try run.willWrite(path)
        try writer.write(to: path)
    }

    func didFinishStep(_ run: AgentRun<E>, shouldStop: () -> Bool) throws(Fault) {
        guard run.step % recording.periodSteps == 0 || run.step == run.configuration.schedule.steps,
            !FileManager.default.fileExists(atPath: path(of: run, step: run.step))
        else { return }
        AtomicFile.removeAbandonedFiles(in: folder(of: run))
        try withoutActuallyEscaping(shouldStop) { shouldStop throws(Fault) in
            let signal = StopSignal(shouldStop)
            try measure(run, ProbeSteering(shouldStop: { signal.isRaised }))
        }
    }

    private func measure(_ run: AgentRun<E>, _ steering: ProbeSteering<Float>) throws(Fault) {
        let probe = try probe(of: run)
        var start = ProbeStart(run.agent.parameters)
        if recording.state == .carried {
            let moments = run.agent.optimiser.moments.map { ($0.name, $0.values.array) }
            start.state = OptimiserState(
                step: run.agent.optimiser.step, restartStep: run.agent.optimiser.restartStep,
                moments: Dictionary(uniqueKeysWithValues: moments))
        }
        let first = run.step == 0 ? nil : try PlasticityRecord(reading: path(of: run, step: 0)).measurement
        let found = try probe.measure(start, offset: first.flatMap(offset), steering: steering)
        let record = PlasticityRecord(step: run.step, found, since: first ?? found)
        let path = path(of: run, step: run.step)
        try run.willWrite(path)
        try record.write(to: path)
    }

    /// What a is, where it is not the network's own.
    private func offset(_ first: PlasticityMeasurement) -> Double? {
        recording.probe.offset == .common ? first.offset : nil
    }

    private func probe(of run: AgentRun<E>) throws(Fault) -> PlasticityProbe<Float> {
        if let probe { return probe }
        let file = try SafetensorsFile(reading: examples(of: run))
        let inputs = try file.floats("inputs")
        guard !inputs.isEmpty, inputs.count % network.inputCount == 0 else {
            throw Fault(
                .data, "holds \(inputs.count) numbers, which are no inputs of \(network.inputCount)", at: file.name,
                remedy: "Restore the file")
        }
        let tasks = try ProbeTasks(
            network,
            inputs: Vector(inputs).matrix(rows: inputs.count / network.inputCount, columns: network.inputCount),
            support: support, recording.probe, workers: workers)
        let made = PlasticityProbe(tasks, optimiser: optimiser, workers: workers)
        probe = made
        return made
    }

    private func folder(of run: AgentRun<E>) -> String { run.directory.path + "/plasticity" }
    private func examples(of run: AgentRun<E>) -> String { folder(of: run) + "/examples.safetensors" }
    private func path(of run: AgentRun<E>, step: Int) -> String {
        folder(of: run) + "/" + RunDirectory.name(ofStep: step) + ".json"
    }
}

/// A closure that may be asked from one thread at a time, asked from several.
private final class StopSignal: @unchecked Sendable {
    private let ask: () -> Bool
    private let answer = Mutex(false)

    init(_ ask: @escaping () -> Bool) { self.ask = ask }

    /// Once true it stays so.
    var isRaised: Bool {
        answer.withLock { answer in
            answer = answer || ask()
            return answer
        }
    }
}
