import Files
import LinearAlgebra
import Networks
import Testing
import Training

@testable import Agents

/// An agent in the middle of a run, and what an intervention does to it there.
struct InterventionBench {
    let run: ClassificationRun
    private let folder = TemporaryFolder()

    /// - Parameter steps: updates done before; those of the target network are at multiples of 7.
    init(_ settings: [InterventionSetting] = [], steps: Int = 7, _ set: (inout RunConfiguration) -> Void = { _ in })
        throws
    {
        var configuration = SmallRun.configuration()
        set(&configuration)
        try configuration.intervene(with: settings)
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        self.run = run
        _ = #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= steps }) }
    }

    /// The run's moment, at `step` where it is another.
    func moment(step: Int? = nil) -> InterventionMoment {
        InterventionMoment(
            configuration: run.configuration, agent: run.agent, step: step ?? run.step, workers: .one,
            replayed: { [run] in run.transitions(atMost: $0, stream: $1) })
    }

    func intervention(_ text: String) throws -> any Intervention {
        try Interventions.intervention(InterventionSetting(parsing: text))
    }

    /// The agent's numbers, copied.
    var snapshot: AgentSnapshot { AgentSnapshot(run.agent) }
}

/// Every number of an agent, by tensor.
struct AgentSnapshot: Equatable {
    let parameters: [String: [Float]]
    let target: [String: [Float]]
    let buffers: [[Float]]
    /// By moment and tensor: `first fc1.weight`.
    let moments: [String: [Float]]
    let restartStep: Int
    let step: Int

    init(_ agent: DQNAgent) {
        func tensors(_ vector: Vector<Float>) -> [String: [Float]] {
            Dictionary(
                uniqueKeysWithValues: agent.network.layout.entries.map { ($0.name, vector[$0.range].array) })
        }
        parameters = tensors(agent.parameters.vector)
        target = tensors(agent.target.vector)
        buffers = [agent.parameters.buffers.array, agent.target.buffers.array]
        moments = Dictionary(
            uniqueKeysWithValues: agent.optimiser.moments.flatMap { moment in
                tensors(moment.values).map { ("\(moment.name) \($0.key)", $0.value) }
            })
        restartStep = agent.optimiser.restartStep
        step = agent.step
    }

    /// What differs from `other`, by name.
    func changes(from other: AgentSnapshot) -> Set<String> {
        var names: Set<String> = []
        for (name, values) in parameters where other.parameters[name] != values { names.insert(name) }
        for (name, values) in target where other.target[name] != values { names.insert("target \(name)") }
        for (name, values) in moments where other.moments[name] != values { names.insert(name) }
        if buffers != other.buffers { names.insert("buffers") }
        if restartStep != other.restartStep { names.insert("restart") }
        if step != other.step { names.insert("step") }
        return names
    }
}
