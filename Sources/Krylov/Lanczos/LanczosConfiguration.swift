public import LinearAlgebra

/// How a Lanczos basis is kept orthogonal.
public enum Reorthogonalisation: String, Sendable, Codable, CaseIterable {
    /// Every vector against all before it, repeated until what is left is at the level of rounding.
    case full
    /// Only when an estimate says that the basis is about to lose semi-orthogonality (Simon 1984).
    case partial
}

/// What a Lanczos run is asked to do.
public struct LanczosConfiguration: Sendable, Equatable {
    /// Products with the operator, at most; fewer where the Krylov space is exhausted.
    public var steps: Int
    public var reorthogonalisation: Reorthogonalisation
    /// Whether the decomposition carries its basis, `steps · dimension` numbers.
    public var keepsBasis: Bool
    /// Start vectors that advance together; each holds a basis of `steps · dimension` numbers meanwhile.
    public var probesAtOnce: Int
    public var workers: Workers

    public init(
        steps: Int, reorthogonalisation: Reorthogonalisation = .partial, keepsBasis: Bool = false,
        probesAtOnce: Int = 1, workers: Workers = .one
    ) {
        precondition(steps >= 1, "\(steps) Lanczos steps")
        precondition(probesAtOnce >= 1, "\(probesAtOnce) probes at once")
        self.steps = steps
        self.reorthogonalisation = reorthogonalisation
        self.keepsBasis = keepsBasis
        self.probesAtOnce = probesAtOnce
        self.workers = workers
    }
}
