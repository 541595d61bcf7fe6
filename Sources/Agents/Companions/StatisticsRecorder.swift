import Datasets
import Files
import LinearAlgebra
import Networks
import Plasticity

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes `statistics/step_00001000.json` along a run: what `landscape statistics` says of the same parameters on the
/// same transitions, and the size of the last update beside it.
///
/// It looks and changes nothing: the transitions are those that a checkpoint of the step has (or the first of them), the
/// loss is the agent's own on them, and θ₀ are the parameters that the run begins with.
final class StatisticsRecorder<Surroundings: Environment>: RunCompanion {
    let name = "statistics"
    private let schedule: StatisticsSchedule
    private let workers: Workers
    /// θ before the update that is under way, where it is to be measured.
    private var previous: Parameters<Float>?
    /// θ₀.
    private var reference: Parameters<Float>?

    init(_ schedule: StatisticsSchedule, workers: Workers) {
        self.schedule = schedule
        self.workers = workers
    }

    /// Interventions, which stand before this among the companions, have changed the fresh parameters by now.
    func prepare(_ agent: DQNAgent) { reference = agent.parameters.copy() }

    func begin(_ run: AgentRun<Surroundings>) throws(Fault) { try record(run) }

    func willUpdate(_ run: AgentRun<Surroundings>) {
        guard isDue(run.step + 1, run), schedule.measured.groups.contains(.update) else { return }
        previous = run.agent.parameters.copy()
    }

    func didUpdate(_ run: AgentRun<Surroundings>) throws(Fault) {
        guard isDue(run.step, run) else { return }
        try record(run)
        previous = nil
    }

    private func isDue(_ step: Int, _ run: AgentRun<Surroundings>) -> Bool {
        step % schedule.periodSteps == 0 || step == run.configuration.schedule.steps
    }

    private func record(_ run: AgentRun<Surroundings>) throws(Fault) {
        var statistics = try measure(run)
        statistics.step = run.step
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard var data = try? encoder.encode(statistics) else { preconditionFailure("statistics are finite") }
        data.append(UInt8(ascii: "\n"))
        try AtomicFile.makeFolder(run.directory.statistics)
        let path = run.directory.statistics + "/" + RunDirectory.name(ofStep: run.step) + ".json"
        try run.willWrite(path)
        try AtomicFile.write(data, to: path)
    }

    /// - Throws: `Fault` of kind `data` that names the step, where the parameters are too large to compute with.
    private func measure(_ run: AgentRun<Surroundings>) throws(Fault) -> NetworkStatistics {
        do throws(Fault) {
            return try NetworkStatistics(of: subject(run), schedule.measured)
        } catch {
            guard error.kind == .data || error.kind == .software else { throw error }
            throw Fault(
                .data, "training has diverged, or is about to: its statistics cannot be taken (\(error.what))",
                at: error.place,
                remedy: "Lower the learning rate or change the optimiser; or leave those statistics out (--statistics)"
            ).within("step \(run.step)")
        }
    }

    private func subject(_ run: AgentRun<Surroundings>) throws(Fault) -> StatisticsSubject<Float> {
        let network = run.agent.network
        let sample = run.checkpointTransitions(atMost: schedule.examples)
        let inputs = Vector(sample.inputs).matrix(rows: sample.count, columns: network.inputCount)
        var subject = StatisticsSubject(network: network, parameters: run.agent.parameters, inputs: inputs)
        subject.workers = workers
        subject.support = run.configuration.agent.support
        subject.previous = previous
        subject.reference = reference
        if schedule.measured.needsLoss { subject.loss = run.agent.loss(of: sample, workers: workers) }
        return subject
    }
}

extension DQNAgent {
    /// The temporal-difference loss of transitions, however many, bootstrapped as in training; nothing of the agent is
    /// changed.
    func loss(of sample: TransitionSample, workers: Workers) -> any Loss<Float> {
        let next = Vector(sample.nextInputs).matrix(rows: sample.count, columns: network.inputCount)
        let passes = ExampleSweep(network, workers: workers)
        func values(at parameters: Parameters<Float>) -> Matrix<Float> {
            let outputs = passes.run(at: parameters, inputs: next) { _, _ in }.outputs
            return configuration.values(of: outputs, workers: workers)
        }
        let found = values(at: target)
        let selector = configuration.nextAction == .double ? values(at: parameters) : found
        let targets = (0..<sample.count).map { row in
            TemporalDifferenceTargets.doubleQLearning(
                reward: sample.rewards[row], discount: sample.terminals[row] ? 0 : configuration.discount,
                values: found.row(row), selector: selector.row(row))
        }
        return configuration.loss(SelectedTargets(outputs: sample.actions, values: targets))
    }
}
