public import Krylov

/// Certificates of what was computed, from the numbers that the computation left.
extension Certificate {
    /// Of Krylov bases, max |QQᵀ − I| as it was measured.
    ///
    /// Gram–Schmidt taken twice leaves a few eps, and measuring adds what sums of n products of the basis' precision are
    /// off by, u √n, of at most 131072 at a time: the limit is eps (10 + √n). Partial reorthogonalisation promises √eps
    /// (Simon 1984), which it watches by an estimate, good to a factor that was seen to reach 8: the limit is 30 √eps. T is
    /// then the projection of A up to 1000 eps ‖A‖, 10⁻⁴ ‖A‖ in single precision.
    public static func orthogonality(
        of bases: String, loss: Double, _ reorthogonalisation: Reorthogonalisation, epsilon: Double, dimension: Int
    ) -> Certificate {
        let terms = Double(min(dimension, 1 << 17))
        let isFull = reorthogonalisation == .full
        return orthogonality(
            of: bases, loss: loss, limit: isFull ? epsilon * (10 + terms.squareRoot()) : 30 * epsilon.squareRoot(),
            "limit for \(reorthogonalisation.rawValue) reorthogonalisation")
    }

    /// Of bases that need only be semi-orthogonal: √eps, with which T is the projection of A up to eps ‖A‖ (Simon 1984).
    public static func orthogonality(
        of bases: String, loss: Double, limit: Double, _ limitText: String = "limit √eps"
    ) -> Certificate {
        Certificate(
            "orthogonality of \(bases)", value: loss, limit: limit,
            meaning: "the basis is orthogonal: no eigenvalue is shown twice",
            method: "max |QQᵀ − I|, measured; \(limitText)")
    }

    /// Of converged eigenpairs, the worst ‖Av − θv‖ as a share of what convergence asks for.
    ///
    /// - Parameter shares: residual / max(tolerance |θ|, 30 eps ‖A‖), one a pair that is called converged.
    public static func residuals(_ shares: [Double]) -> Certificate {
        Certificate(
            "residuals", value: shares.max() ?? 0, limit: 1,
            meaning: "an eigenvalue lies within the residual of each converged one",
            method: "the largest ‖Av − θv‖/‖v‖ of \(shares.count) pairs, from products of their own, as a share of "
                + "what convergence allows")
    }

    /// Of a smoothed density, |∫ on the grid + mass off the grid − 1|: 10⁻³ is less than a line in a figure shows.
    public static func mass(error: Double) -> Certificate {
        Certificate(
            "mass", value: error, limit: 1e-3, meaning: "the grid resolves the density's Gaussians",
            method: "|trapezoid sum on the grid + mass off the grid − 1|; nothing is renormalised")
    }

    /// Of quadrature weights, |Σ w − 1|: squares of a row of an orthogonal matrix, each right to some eps of itself and of
    /// 1 (implicit QL), as many as there are nodes.
    public static func weights(sum: Double, nodes: Int) -> Certificate {
        Certificate(
            "weights", value: abs(sum - 1), limit: 0x1p-48 * Double(max(1, nodes)),
            meaning: "the quadrature's weights sum to 1",
            method: "|Σ w − 1|; limit: 16 eps a node, in double precision")
    }

    /// Of two densities by methods that share nothing but the operator: the worse of their two distances, as a share of
    /// what the probes' randomness allows. A false alarm has the comparison's significance.
    public static func agreement(_ comparison: DensityComparison) -> Certificate {
        Certificate(
            "agreement",
            value: max(
                comparison.largestScore / comparison.scoreLimit,
                comparison.integratedDifference / max(comparison.integratedLimit, .leastNormalMagnitude)), limit: 1,
            meaning: "Lanczos' and the kernel polynomial density are the same",
            method: "the largest and the integrated difference of the cumulative densities, as a share of what the "
                + "probes allow (one false alarm in \(Int((1 / comparison.significance).rounded())))")
    }
}
