public import Krylov

/// Certificates of what was computed, from the numbers that the computation left.
extension Certificate {
    /// Of Krylov bases, max |QQᵀ − I| as it was measured.
    ///
    /// Gram–Schmidt taken twice leaves a few eps, and measuring adds what sums of n products of the basis' precision are
    /// off by, u √n, of at most 131072 at a time: the limit is eps (10 + √n). Partial reorthogonalisation promises √eps
    /// (Simon 1984), which it watches by an estimate, good to a factor: the limit is 10 √eps. T is then the projection
    /// of A up to 100 eps ‖A‖.
    public static func orthogonality(
        loss: Double, _ reorthogonalisation: Reorthogonalisation, unitRoundoff: Double, dimension: Int
    ) -> Certificate {
        let epsilon = 2 * unitRoundoff
        let terms = Double(min(dimension, 1 << 17))
        let isFull = reorthogonalisation == .full
        return Certificate(
            "orthogonality", value: loss,
            limit: isFull ? epsilon * (10 + terms.squareRoot()) : 10 * epsilon.squareRoot(),
            meaning: "the bases are orthogonal: no eigenvalue is shown twice",
            method: "max |QQᵀ − I| of all bases; limit for \(reorthogonalisation.rawValue) reorthogonalisation")
    }

    /// Of converged eigenpairs, the worst ‖Av − θv‖ as a share of what convergence asks for.
    ///
    /// - Parameter shares: residual / max(tolerance |θ|, 30 eps ‖A‖), one a pair that is called converged.
    public static func residuals(_ shares: [Double]) -> Certificate {
        Certificate(
            "residuals", value: shares.max() ?? 0, limit: 1,
            meaning: "an eigenvalue of the matrix lies within the residual of each converged one",
            method: "the largest ‖Av − θv‖/‖v‖ of \(shares.count) pairs, from products of their own, as a share of "
                + "what convergence allows")
    }

    /// Of a smoothed density, |∫ − 1| on its grid: 10⁻³ is less than a line in a figure shows.
    public static func mass(_ mass: Double) -> Certificate {
        Certificate(
            "mass", value: abs(mass - 1), limit: 1e-3, meaning: "the density has its whole mass on the grid",
            method: "|trapezoid sum on the grid − 1|; nothing is renormalised")
    }

    /// Of quadrature weights, |Σ w − 1|: squares of a row of an orthogonal matrix, each right to some eps of itself and of
    /// 1 (implicit QL), as many as there are nodes.
    public static func weights(sum: Double, nodes: Int) -> Certificate {
        Certificate(
            "weights", value: abs(sum - 1), limit: 0x1p-48 * Double(max(1, nodes)),
            meaning: "the quadrature's weights are a probability distribution",
            method: "|Σ w − 1|; limit: 16 eps a node, in double precision")
    }

    /// Of two estimates of one thing that share nothing but the operator.
    ///
    /// - Parameters:
    ///   - difference: how far they are apart.
    ///   - allowance: what their resolutions and random errors leave.
    public static func agreement(difference: Double, allowance: Double, of what: String) -> Certificate {
        Certificate(
            "agreement", value: difference, limit: allowance,
            meaning: "two independent estimators see the same \(what)",
            method: "their distance; limit: both resolutions and four standard errors")
    }
}
