import Files
import LinearAlgebra
import Networks

extension AgentRun {
    /// The companions that `configuration` names, in the order in which a run tells them: those that see the update alone
    /// first, then those that change the agent, then those that only look at it. One line each.
    static func companions(
        of configuration: RunConfiguration, network: Network<Float>, workers: Workers
    ) throws(Fault) -> [any RunCompanion<E>] {
        var companions: [any RunCompanion<E>] = []
        if configuration.brownianTwins > 0 {
            companions.append(
                BrownianTwins<E>(
                    configuration.brownianTwins, of: network, seed: configuration.seed, workers: workers))
        }
        if let interventions = try InterventionCompanion<E>(of: configuration) { companions.append(interventions) }
        if let statistics = configuration.statistics {
            companions.append(StatisticsRecorder<E>(statistics, workers: workers))
        }
        if let plasticity = configuration.plasticity {
            companions.append(
                PlasticityRecorder<E>(plasticity, of: configuration, network: network, workers: workers))
        }
        return companions
    }
}
