import Files
import LinearAlgebra
import Networks

extension AgentRun {
    /// The companions that `configuration` names, in the order in which a run tells them: those that change the agent
    /// first, then those that only look at it. One line each.
    static func companions(
        of configuration: RunConfiguration, network: Network<Float>, workers: Workers
    ) throws(Fault) -> [any RunCompanion<E>] {
        [try InterventionCompanion<E>(of: configuration)].compactMap { $0 }
    }
}
