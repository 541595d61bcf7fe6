public import LinearAlgebra

/// Lanczos processes from random start vectors, from which any number of traces of functions are read.
public struct QuadratureProbes<Element: Scalar>: Sendable {
    /// P.
    public let dimension: Int
    let decompositions: [LanczosDecomposition<Element>]
    /// The Gauss quadrature of each.
    let gauss: [ProbeQuadrature]

    /// The largest Ritz value: at most the largest eigenvalue, and close to it, since it converges first.
    public var largest: Double { gauss.map { $0.nodes.last! }.max()! }
    /// The smallest Ritz value: at least the smallest eigenvalue.
    public var smallest: Double { gauss.map { $0.nodes.first! }.min()! }
    /// Products with the operator.
    public var products: Int { decompositions.reduce(0) { $0 + $1.products } }

    /// The worst loss of orthogonality of the bases, max |QQᵀ − I| as it was measured.
    public var orthogonalityLoss: Double { decompositions.map(\.orthogonalityLoss).max() ?? 0 }

    var epsilon: Double { Double(Element.ulpOfOne) }
    /// ‖A‖, as the Ritz values have it.
    var norm: Double { max(abs(largest), abs(smallest)) }

    /// - Parameter configuration: its distribution must be `gaussian`, for which the variance of a probe is known.
    /// - Throws: `KrylovFailure`, `FactorisationFailure`, or what the operator throws.
    /// - Complexity: probes · steps products; memory for `probesAtOnce` bases of steps · dimension numbers.
    public init<Operator: SymmetricOperator>(
        of target: Operator, _ configuration: SpectralDensityConfiguration
    ) throws where Operator.Element == Element {
        precondition(configuration.distribution == .gaussian, "quadratures with intervals need Gaussian probes")
        var lanczosConfiguration = configuration.lanczos
        lanczosConfiguration.keepsBasis = false
        let starts: [Vector<Element>] = (0..<configuration.probes).map {
            configuration.distribution.probe($0, dimension: target.dimension, seed: configuration.seed)
        }
        dimension = target.dimension
        decompositions = try lanczos(target, starts: starts, lanczosConfiguration)
        gauss = try decompositions.map { try ProbeQuadrature($0) }
    }
}
