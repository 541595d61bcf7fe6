#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why a log-determinant has no value.
public enum LogDeterminantFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// A + σI has the Ritz value `value`, so an eigenvalue at or below it.
    case notPositive(value: Double)

    public var description: String {
        switch self {
        case .notPositive(let value):
            "the shifted matrix has an eigenvalue at or below \(value), so its log-determinant does not exist"
        }
    }
}

extension QuadratureProbes {
    /// log det(A + σI) of a positive semi-definite A: tr log(A + σI) by stochastic Lanczos quadrature.
    ///
    /// All derivatives of log have a sign of their own, so that Gauss quadrature bounds vᵀ log(A + σI) v from above, and
    /// Gauss–Radau quadrature with a node at the lower end of the spectrum from below (Golub and Meurant, theorems 6.3
    /// and 6.4). The lower end is 0, or where rounding puts the smallest Ritz value below 0, that less 30 eps ‖A‖.
    ///
    /// The standard error comes from P vᵀ log²(A + σI) v, which the same quadrature gives, and from what rounding of T
    /// moves: P eps‖A‖ vᵀ(A + σI)⁻¹v.
    ///
    /// Source: Ubaru, Chen and Saad, SIAM J. Matrix Anal. Appl. 38 (2017); Golub and Meurant, Matrices, Moments and
    /// Quadrature (2010), chapter 6.
    ///
    /// - Parameter shift: σ > 0.
    /// - Throws: `LogDeterminantFailure` where a Ritz value is at or below −σ; `FactorisationFailure`.
    public func logDeterminant(shift: Double) throws -> QuadratureEstimate {
        precondition(shift > 0, "a log-determinant shifted by \(shift)")
        let end = smallest < 0 ? smallest - roundingFactor * epsilon * norm : 0
        guard end + shift > 0 else { throw LogDeterminantFailure.notPositive(value: smallest + shift) }
        let order = Double(dimension)
        let bounds = try zip(decompositions, gauss).map { decomposition, gauss in
            let upper = gauss.sum { log($0 + shift) }
            let lower = try ProbeQuadrature.radau(decomposition, end: end).sum { log(max($0, end) + shift) }
            // Equal where the quadrature has converged, but for rounding, which may put them in the other order.
            return order * min(lower, upper)...order * max(lower, upper)
        }
        // T is off by about eps‖A‖, and log(θ + σ) by that over θ + σ.
        let sensitivity = gauss.reduce(0) { $0 + $1.sum { 1 / ($0 + shift) } } / Double(gauss.count)
        return QuadratureEstimate(
            bounds: bounds, squares: gauss.map { gauss in order * gauss.sum { log($0 + shift) * log($0 + shift) } },
            dimension: dimension, rounding: order * epsilon * norm * sensitivity)
    }
}
