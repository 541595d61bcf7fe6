import LinearAlgebra

/// How many eigenvalues lie above a threshold.
public struct EigenvalueCount: Sendable, Equatable, Codable {
    /// t.
    public let threshold: Double
    /// The number, between 0 and the order, with the quadrature's bounds and the probes' error.
    public let count: QuadratureEstimate
    /// Ritz values above the threshold in the best of the probes: by Cauchy's interlacing there are at least as many
    /// eigenvalues.
    public let certain: Int
    /// The operator's order.
    public let dimension: Int

    /// The estimate's interval within what is possible: not below the Ritz values counted, not above the order.
    public func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
        let possible = Double(certain)...Double(dimension)
        guard let interval = count.interval(confidence: confidence) else { return possible }
        return interval.clamped(to: possible)
    }

    /// The estimate within what is possible.
    public var value: Double { min(max(count.estimate.value, Double(certain)), Double(dimension)) }
}

/// The number of eigenvalues above `relative` · λ₁, an effective rank, from stochastic Lanczos quadrature.
///
/// A step is no smooth function, so that the quadrature may be off by the weight of a node near it. The bounds are the
/// sharpest that T allows: with a node put on the threshold t itself (Gauss–Radau), the mass above t is at least the
/// weights of the nodes above it, and at most these and that node's own (Chebyshev, Markov and Stieltjes). The share of a
/// probe has the variance 2 n (1 − n/P)/(P²) (1 + O(1/P)), n eigenvalues above.
///
/// λ₁ is the largest Ritz value, below the largest eigenvalue by little: it converges first.
///
/// Source: Ubaru and Saad, "Fast methods for estimating the numerical rank of large matrices", ICML 2016; the bounds:
/// Golub and Meurant (2010), section 6; Akhiezer, The Classical Moment Problem (1965), section 2.5.
///
/// - Throws: `KrylovFailure`, `FactorisationFailure`, or what the operator throws.
/// - Complexity: probes · steps products.
public func eigenvalueCount<Operator: SymmetricOperator>(
    of target: Operator, aboveShareOfLargest relative: Double, _ configuration: SpectralDensityConfiguration
) throws -> EigenvalueCount {
    precondition(relative > 0 && relative < 1 && configuration.distribution == .gaussian, "ε = \(relative)")
    let found = try decompositions(of: target, configuration)
    let gauss = try found.map { try ProbeQuadrature($0) }
    let threshold = relative * gauss.map { $0.nodes.last! }.max()!
    let order = Double(target.dimension)
    let bounds = try found.map { decomposition in
        let shares = try massAbove(threshold, decomposition)
        return order * shares.lowerBound...order * shares.upperBound
    }
    let count = QuadratureEstimate(
        bounds: bounds, squares: bounds.map { 0.5 * ($0.lowerBound + $0.upperBound) }, dimension: target.dimension,
        products: found.reduce(0) { $0 + $1.products })
    return EigenvalueCount(
        threshold: threshold, count: count, certain: gauss.map { $0.nodes.count { $0 > threshold } }.max()!,
        dimension: target.dimension)
}

/// Bounds of the spectral measure of (t, ∞) that one probe sees.
private func massAbove<Element: Scalar>(
    _ threshold: Double, _ decomposition: LanczosDecomposition<Element>
) throws(FactorisationFailure) -> ClosedRange<Double> {
    let quadrature = try ProbeQuadrature.radau(decomposition, end: threshold)
    let above = zip(quadrature.nodes, quadrature.weights)
    guard !decomposition.breakdown else {
        let mass = above.reduce(0) { $1.0 > threshold ? $0 + $1.1 : $0 }
        return mass...mass
    }
    // The prescribed node, which rounding may put to either side.
    let own = quadrature.nodes.indices.min {
        abs(quadrature.nodes[$0] - threshold) < abs(quadrature.nodes[$1] - threshold)
    }!
    let mass = quadrature.weights[(own + 1)...].reduce(0, +)
    return min(1, mass)...min(1, mass + quadrature.weights[own])
}
