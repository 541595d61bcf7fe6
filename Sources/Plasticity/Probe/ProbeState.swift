/// With which state the optimiser of a probe begins.
public enum ProbeState: String, Sendable, Codable, CaseIterable {
    /// Moments of zero and no steps taken: what is measured is the parameters' plasticity alone.
    case fresh
    /// What training has gathered up to there.
    case carried
}
