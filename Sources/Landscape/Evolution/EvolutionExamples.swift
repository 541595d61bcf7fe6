import Checkpoints
public import Files

/// Which checkpoint's data all checkpoints of a series are seen on, where the user names none.
public enum EvolutionExamples: String, Sendable, Codable, CaseIterable {
    /// What the last one replayed: what a run arrives at is the fullest, and a good agent's.
    case last
    case first
    /// Each on its own: what differs then is the checkpoint and its examples.
    case own

    /// The `--data` for every one of `checkpoints`; nil for each its own.
    ///
    /// An agent's checkpoint carries its replayed transitions, others each time; to a difference between two checkpoints
    /// such data would add one of their own. Targets of temporal differences still come from each checkpoint's own target
    /// network.
    ///
    /// - Throws: `Fault` where the checkpoint cannot be read.
    public func data(for checkpoints: [String], architecture: String?) throws(Fault) -> String? {
        let path: String?
        switch self {
        case .last: path = checkpoints.last
        case .first: path = checkpoints.first
        case .own: path = nil
        }
        guard let path else { return nil }
        let checkpoint = try Checkpoint(reading: path, architecture: architecture)
        return checkpoint.run.transitions.map(checkpoint.sibling) ?? checkpoint.namedData
    }
}
