import Datasets
import Files
public import LinearAlgebra
import Networks
import Training

/// A run as an intervention sees it at one of its moments.
public struct InterventionMoment {
    public let configuration: RunConfiguration
    /// To be changed in place.
    public let agent: DQNAgent
    /// Updates done.
    public let step: Int
    public let workers: Workers
    let replayed: (_ most: Int, _ stream: String) -> TransitionSample

    /// What the intervention `name` draws from at this step, and nothing else does.
    public func randomSource(for name: String) -> RandomSource {
        RandomSource(seed: configuration.seed, stream: "\(name) \(step)")
    }

    /// A seed for fresh tensors, the intervention's and the step's own.
    public func freshSeed(for name: String) -> UInt64 {
        var source = randomSource(for: name)
        return source.next()
    }

    /// Up to `most` replayed observations, `[most, inputs]`, drawn for the intervention `name`; the run does not
    /// notice.
    public func observations(atMost most: Int, for name: String) -> Matrix<Float> {
        let sample = replayed(most, "\(name) observations")
        return Vector(sample.inputs).matrix(rows: sample.count, columns: agent.network.inputCount)
    }

    /// The tensors `names`, as far as they may move.
    func movingEntries(_ names: Set<String>) -> [ParameterLayout.Entry] {
        agent.network.layout.entries.filter {
            names.contains($0.name) && !(agent.restraint?.holds($0.range) ?? false)
        }
    }

    /// Sets the moments of the parameters `range` to zero.
    func forgetMoments(_ range: Range<Int>) {
        for (_, values) in agent.optimiser.moments { values[range].fill(0) }
    }
}

/// A run's interventions at work, in their order.
final class InterventionCompanion<Surroundings: Environment>: RunCompanion {
    let name = "interventions"
    private let interventions: [any Intervention]
    private var isAttached = false

    init(_ interventions: [any Intervention]) { self.interventions = interventions }

    func prepare(_ agent: DQNAgent) {
        for intervention in interventions { intervention.prepare(agent) }
    }

    func willUpdate(_ run: AgentRun<Surroundings>) throws(Fault) {
        let moment = moment(of: run)
        // All before the first acts: what one of them holds back, none of the others may move.
        if !isAttached { for intervention in interventions { intervention.attach(moment) } }
        isAttached = true
        for intervention in interventions { intervention.act(moment) }
    }

    private func moment(of run: AgentRun<Surroundings>) -> InterventionMoment {
        InterventionMoment(
            configuration: run.configuration, agent: run.agent, step: run.step, workers: run.workers,
            replayed: { run.transitions(atMost: $0, stream: $1) })
    }
}

extension InterventionCompanion {
    /// Those that `configuration` names; nil for none.
    ///
    /// - Throws: `Fault` of kind `usage` as `Interventions.intervention`, and for one that was written into a file but
    ///   not made.
    convenience init?(of configuration: RunConfiguration) throws(Fault) {
        guard !configuration.interventions.isEmpty else { return nil }
        var interventions: [any Intervention] = []
        for setting in configuration.interventions {
            let intervention = try Interventions.intervention(setting)
            guard intervention.isMade(in: configuration) else {
                throw Fault(
                    .usage, "is named, but the rest of the configuration is without it",
                    at: "intervention \(setting.name)",
                    remedy: "Let agents train or a sweep write the configuration, which change it as it needs")
            }
            interventions.append(intervention)
        }
        self.init(interventions)
    }
}
