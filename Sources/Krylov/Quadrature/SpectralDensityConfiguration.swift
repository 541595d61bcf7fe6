/// What a stochastic Lanczos quadrature is asked to do.
public struct SpectralDensityConfiguration: Sendable, Equatable {
    /// Random start vectors, M; with `adaptivity`, those before the first look.
    public var probes: Int
    public var distribution: ProbeDistribution
    public var seed: UInt64
    /// Steps, orthogonality, memory and workers of each probe's Lanczos process.
    public var lanczos: LanczosConfiguration
    /// Whether to go on with probes until an interval is small enough.
    public var adaptivity: ProbeAdaptivity?

    public init(
        probes: Int = 10, distribution: ProbeDistribution = .gaussian, seed: UInt64 = 0,
        lanczos: LanczosConfiguration = LanczosConfiguration(steps: 80), adaptivity: ProbeAdaptivity? = nil
    ) {
        precondition(probes >= 1, "\(probes) probes")
        self.probes = probes
        self.distribution = distribution
        self.seed = seed
        self.lanczos = lanczos
        self.adaptivity = adaptivity
    }
}
