import LinearAlgebra

/// How many eigenvalues lie beyond a threshold.
public struct EigenvalueCount: Sendable, Equatable, Codable {
    /// t.
    public let threshold: Double
    /// The number, between 0 and the order, with the quadrature's bounds and the probes' error.
    public let count: QuadratureEstimate
    /// Ritz values beyond the threshold in the best of the probes: by Cauchy's interlacing there are at least as many
    /// eigenvalues.
    public let certain: Int
    /// The operator's order.
    public let dimension: Int

    /// The estimate's interval within what is possible: not below the Ritz values counted, not above the order.
    public func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
        let possible = Double(certain)...Double(dimension)
        guard let interval = count.interval(confidence: confidence) else { return possible }
        let clamped = interval.clamped(to: possible)
        return clean(clamped.lowerBound)...clean(clamped.upperBound)
    }

    /// The estimate within what is possible.
    public var value: Double { clean(min(max(count.estimate.value, Double(certain)), Double(dimension))) }

    /// Weights are right to some eps of 1: a count below that is 0.
    private func clean(_ count: Double) -> Double { count < Double(dimension) * 0x1p-48 ? 0 : count }
}

extension QuadratureProbes {
    /// The number of eigenvalues above t; with t = ε λ₁ the effective rank at ε.
    ///
    /// A step is no smooth function, so that the quadrature may be off by the weight of a node near it. The bounds are
    /// the sharpest that T allows: with a node put on t itself (Gauss–Radau), the mass above t is at least the weights of
    /// the nodes above it, and at most these and that node's own (Chebyshev, Markov and Stieltjes).
    ///
    /// Source: Ubaru and Saad, "Fast methods for estimating the numerical rank of large matrices", ICML 2016; the bounds:
    /// Akhiezer, The Classical Moment Problem (1965), section 2.5.
    ///
    /// - Throws: `FactorisationFailure`.
    public func eigenvalueCount(above threshold: Double) throws -> EigenvalueCount {
        try count(threshold, isAbove: true)
    }

    /// The number of eigenvalues below t.
    public func eigenvalueCount(below threshold: Double) throws -> EigenvalueCount {
        try count(threshold, isAbove: false)
    }

    private func count(_ threshold: Double, isAbove: Bool) throws -> EigenvalueCount {
        let order = Double(dimension)
        let bounds = try decompositions.map { decomposition in
            let mass = try Self.mass(beyond: threshold, isAbove: isAbove, decomposition)
            return order * mass.lowerBound...order * mass.upperBound
        }
        // The function is its own square.
        let middles = bounds.map { 0.5 * ($0.lowerBound + $0.upperBound) }
        return EigenvalueCount(
            threshold: threshold, count: QuadratureEstimate(bounds: bounds, squares: middles, dimension: dimension),
            certain: gauss.map { $0.nodes.count { isAbove ? $0 > threshold : $0 < threshold } }.max()!,
            dimension: dimension)
    }

    /// Bounds of the spectral measure beyond t that one probe sees.
    private static func mass(
        beyond threshold: Double, isAbove: Bool, _ decomposition: LanczosDecomposition<Element>
    ) throws(FactorisationFailure) -> ClosedRange<Double> {
        let quadrature = try ProbeQuadrature.radau(decomposition, end: threshold)
        let nodes = quadrature.nodes
        guard !decomposition.breakdown else {
            let mass = zip(nodes, quadrature.weights).reduce(0) { sum, pair in
                (isAbove ? pair.0 > threshold : pair.0 < threshold) ? sum + pair.1 : sum
            }
            return mass...mass
        }
        // The prescribed node, which rounding may put to either side.
        let own = nodes.indices.min { abs(nodes[$0] - threshold) < abs(nodes[$1] - threshold) }!
        let mass = (isAbove ? quadrature.weights[(own + 1)...] : quadrature.weights[..<own]).reduce(0, +)
        return min(1, mass)...min(1, mass + quadrature.weights[own])
    }
}
