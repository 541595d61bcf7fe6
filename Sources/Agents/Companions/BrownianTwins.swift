import Files
import LinearAlgebra
import Networks

/// Twins of an agent that start where it starts and go as far in every step, but nowhere in particular.
///
/// After each update they take a step of length ‖θₜ₊₁ − θₜ‖, each in a random direction of its own. What interventions do to
/// the agent between updates is no step of theirs: the lengths are those of the optimiser's steps alone. Buffers, which no
/// optimiser moves, stay what they were at step 0. Twins move in all parameters, also in those that an intervention holds.
///
/// Cost: 2 floats a parameter and twin in memory and in the saved state; some 2 ns a parameter and twin in each step.
///
/// Source: Lyle et al. 2023, section 4.1 and figure 2.
final class BrownianTwins<E: Environment>: RunCompanion {
    let name = "brownian_twins"
    private let twins: [BrownianTwin]
    /// θ before the update.
    private let before: Vector<Float>
    private let scratch: Vector<Float>
    private let workers: Workers

    init(_ count: Int, of network: Network<Float>, seed: UInt64, workers: Workers) {
        let start = Parameters<Float>(initialising: network.layout, seed: seed)
        twins = (0..<count).map { BrownianTwin($0 + 1, startingAt: start, seed: seed) }
        before = Vector(count: network.layout.count)
        scratch = Vector(count: network.layout.count)
        self.workers = workers
    }

    var tensors: [(name: String, values: Vector<Float>)] {
        twins.enumerated().flatMap { index, twin in
            let name = "twin_\(index + 1)"
            return [("\(name).parameters", twin.parameters.vector), ("\(name).rest", twin.rest)]
                + (twin.parameters.buffers.count == 0 ? [] : [("\(name).buffers", twin.parameters.buffers)])
        }
    }

    func willUpdate(_ run: AgentRun<E>) { before.assign(run.agent.parameters.vector) }

    func didUpdate(_ run: AgentRun<E>) {
        let length = BrownianTwin.distance(before, run.agent.parameters.vector, workers: workers)
        for twin in twins { twin.step(run.step, length: length, scratch: scratch, workers: workers) }
    }

    /// Each twin's checkpoint lies beside the agent's, `step_00001000.twin_1.safetensors`, and names the agent's transitions
    /// and target network: the loss that the agent has at that step, seen from where the twin is.
    func didWriteCheckpoint(_ run: AgentRun<E>) throws(Fault) {
        // Not before: interventions may change fresh parameters, and what the agent begins with is what is written.
        if run.step == 0 { for twin in twins { twin.assign(run.agent.parameters) } }
        for (index, twin) in twins.enumerated() { try run.writeCheckpoint(ofTwin: index + 1, twin.parameters) }
    }
}
