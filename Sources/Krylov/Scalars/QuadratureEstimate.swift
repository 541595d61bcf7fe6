import LinearAlgebra

/// tr f(A) from stochastic Lanczos quadrature, with both of its errors: that of the quadrature, as bounds, and that of
/// the probes.
public struct QuadratureEstimate: Sendable, Equatable, Codable {
    /// The middle of the bounds' means, with the standard error between probes.
    public let estimate: Estimate
    /// The means over the probes of a lower and an upper bound of P vᵀf(A)v; they hold for these probes but for rounding.
    public let quadratureBounds: ClosedRange<Double>
    /// From the lower bound less t standard errors to the upper bound and as many.
    public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
        guard let interval = estimate.interval(confidence: confidence) else { return nil }
        return interval.lowerBound - (estimate.value - quadratureBounds.lowerBound)...interval.upperBound
            + (quadratureBounds.upperBound - estimate.value)
    }

    /// - Parameters:
    ///   - bounds: P times a lower and an upper bound of vᵀf(A)v for each probe.
    ///   - squares: P vᵀf(A)²v: E of it is ‖f(A)‖²_F, from which the variance of a probe follows as in `traceEstimates`.
    ///   - rounding: a standard error that no probe shows.
    init(
        bounds: [ClosedRange<Double>], squares: [Double], dimension: Int, rounding: Double = 0
    ) {
        let count = Double(bounds.count)
        let order = Double(dimension)
        let lower = bounds.reduce(0) { $0 + $1.lowerBound } / count
        let upper = bounds.reduce(0) { $0 + $1.upperBound } / count
        let middle = 0.5 * (lower + upper)
        let norm = squares.reduce(0, +) / count
        let variance = 2 * order / (order + 2) * max(0, norm - middle * middle / order) / count
        estimate = Estimate(
            value: middle, standardError: (variance + rounding * rounding).squareRoot(),
            degreesOfFreedom: Satterthwaite.degreesOfFreedom(ofMean: squares))
        quadratureBounds = lower...upper
    }
}

extension ProbeQuadrature {
    /// Gauss–Radau quadrature: the Gauss quadrature's degree and one more, with a node prescribed at `end`.
    ///
    /// T gets one row more, whose last entry a + δₘ, (T − aI) δ = βₘ² eₘ, makes a an eigenvalue. Exact for polynomials of
    /// degree 2 · steps.
    ///
    /// Source: Golub and Meurant, Matrices, Moments and Quadrature (2010), section 6.2.
    ///
    /// - Returns: the Gauss quadrature where the Krylov space is exhausted: it is exact.
    static func radau<Element: Scalar>(
        _ decomposition: LanczosDecomposition<Element>, end: Double
    ) throws(FactorisationFailure) -> ProbeQuadrature {
        guard !decomposition.breakdown, decomposition.residualNorm > 0 else {
            return try ProbeQuadrature(decomposition)
        }
        let diagonal = decomposition.diagonal
        var pivot = diagonal[0] - end
        let smallest = 1e-300
        for (alpha, beta) in zip(diagonal.dropFirst(), decomposition.offDiagonal) {
            if abs(pivot) < smallest { pivot = smallest }
            pivot = alpha - end - beta * beta / pivot
        }
        if abs(pivot) < smallest { pivot = smallest }
        let last = end + decomposition.residualNorm * decomposition.residualNorm / pivot
        let system = try TridiagonalEigensystem(
            diagonal: diagonal + [last], offDiagonal: decomposition.offDiagonal + [decomposition.residualNorm])
        return ProbeQuadrature(nodes: system.eigenvalues, weights: system.firstComponents.map { $0 * $0 })
    }
}
