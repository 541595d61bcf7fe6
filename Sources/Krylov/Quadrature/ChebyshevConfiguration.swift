/// What a kernel polynomial method is asked to do.
public struct ChebyshevConfiguration: Sendable, Equatable {
    /// Random start vectors, M, from streams of their own: none is a probe of the Lanczos quadrature.
    public var probes: Int
    public var distribution: ProbeDistribution
    public var seed: UInt64
    /// Products a probe, n: they give the moments μ₀ … μ₂ₙ.
    public var steps: Int
    /// An interval that holds every eigenvalue (of what deflation leaves); nil to find one by Lanczos' method.
    public var interval: ClosedRange<Double>?
    /// Steps, memory and workers: `steps` is how many find the interval, `probesAtOnce` how many go through as a block.
    public var lanczos: LanczosConfiguration

    public init(
        probes: Int = 10, distribution: ProbeDistribution = .gaussian, seed: UInt64 = 0, steps: Int = 80,
        interval: ClosedRange<Double>? = nil, lanczos: LanczosConfiguration = LanczosConfiguration(steps: 20)
    ) {
        precondition(probes >= 1 && steps >= 1, "\(probes) probes of \(steps) steps")
        self.probes = probes
        self.distribution = distribution
        self.seed = seed
        self.steps = steps
        self.interval = interval
        self.lanczos = lanczos
    }
}
