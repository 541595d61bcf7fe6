public import LinearAlgebra

/// What a stochastic Lanczos quadrature is asked to do.
public struct SpectralDensityConfiguration: Sendable, Equatable {
    /// Random start vectors, M.
    public var probes: Int
    public var distribution: ProbeDistribution
    public var seed: UInt64
    /// Steps, orthogonality, memory and workers of each probe's Lanczos process.
    public var lanczos: LanczosConfiguration

    public init(
        probes: Int = 10, distribution: ProbeDistribution = .gaussian, seed: UInt64 = 0,
        lanczos: LanczosConfiguration = LanczosConfiguration(steps: 80)
    ) {
        precondition(probes >= 1, "\(probes) probes")
        self.probes = probes
        self.distribution = distribution
        self.seed = seed
        self.lanczos = lanczos
    }
}

/// An operator's spectral density φ(t) = 1/P Σ δ(t − λᵢ), estimated from random start vectors.
///
/// Each probe's quadrature estimates φ without bias as far as its polynomial degree reaches; the spread between the
/// probes tells how far their mean may be off.
///
/// Source: Ubaru, Chen and Saad, SIAM J. Matrix Anal. Appl. 38 (2017); Ghorbani, Krishnan and Xiao, ICML 2019.
public struct SpectralDensity: Sendable, Equatable, Codable {
    /// P, the operator's order.
    public let dimension: Int
    /// Each probe's nodes and weights.
    public let probes: [ProbeQuadrature]
    /// The largest loss of orthogonality among the probes' bases.
    public let orthogonalityLoss: Double
    /// How often bases were reorthogonalised, all probes together.
    public let reorthogonalisations: Int
    /// Products with the operator, all probes together.
    public let products: Int

    public init<Element: Scalar>(
        _ decompositions: [LanczosDecomposition<Element>], dimension: Int
    ) throws(FactorisationFailure) {
        precondition(!decompositions.isEmpty, "a spectral density from no probe")
        self.dimension = dimension
        var probes: [ProbeQuadrature] = []
        for decomposition in decompositions { probes.append(try ProbeQuadrature(decomposition)) }
        self.probes = probes
        orthogonalityLoss = decompositions.map(\.orthogonalityLoss).max()!
        reorthogonalisations = decompositions.map(\.reorthogonalisations).reduce(0, +)
        products = decompositions.map(\.products).reduce(0, +)
    }

    /// Nodes of all probes, one probe after the other.
    public var nodes: [Double] { probes.flatMap(\.nodes) }

    /// The weights of `nodes`, each probe's divided by M; they sum to 1.
    public var weights: [Double] {
        let count = Double(probes.count)
        return probes.flatMap { $0.weights.map { $0 / count } }
    }

    /// tr A = P · mean over probes of Σ w θ, exact but for the probes' randomness.
    public var trace: Estimate { scaledMoment(1) }

    /// ‖A‖²_F = tr A² = P · mean over probes of Σ w θ², likewise.
    public var frobeniusNormSquared: Estimate { scaledMoment(2) }

    /// tr Aᵏ / P, likewise (k < 2 · steps).
    public func moment(_ power: Int) -> Estimate { Estimate(mean: probes.map { $0.moment(power) }) }

    private func scaledMoment(_ power: Int) -> Estimate {
        Estimate(mean: probes.map { Double(dimension) * $0.moment(power) })
    }
}

/// Stochastic Lanczos quadrature of the operator's spectral density.
///
/// - Throws: `KrylovFailure`, `FactorisationFailure`, or what the operator throws.
/// - Complexity: probes · steps products; memory for `probesAtOnce` bases of steps · dimension numbers.
public func spectralDensity<Operator: SymmetricOperator>(
    of target: Operator, _ configuration: SpectralDensityConfiguration
) throws -> SpectralDensity {
    var lanczosConfiguration = configuration.lanczos
    lanczosConfiguration.keepsBasis = false
    // All start vectors at once: M · dimension numbers, less than one basis.
    let starts: [Vector<Operator.Element>] = (0..<configuration.probes).map {
        configuration.distribution.probe($0, dimension: target.dimension, seed: configuration.seed)
    }
    return try SpectralDensity(
        lanczos(target, starts: starts, lanczosConfiguration), dimension: target.dimension)
}
