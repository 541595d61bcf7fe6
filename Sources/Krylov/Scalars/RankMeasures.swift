#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measures of how many directions a symmetric matrix acts in, under the names of their sources.
public enum RankMeasures {
    /// ‖A‖²_F / λ², λ the eigenvalue of largest modulus: the stable rank (Rudelson and Vershynin, J. ACM 54, 2007), at
    /// most the rank.
    ///
    /// Its error is that of the norm; λ's, a residual, is smaller by orders where it has converged.
    public static func stableRank(frobeniusNormSquared: Estimate, largestMagnitude: Double) -> Estimate {
        frobeniusNormSquared.scaled(by: 1 / (largestMagnitude * largestMagnitude))
    }

    /// tr A / λ₁ of a positive semi-definite A: its intrinsic dimension (Tropp, An Introduction to Matrix Concentration
    /// Inequalities, 2015, definition 7.1.1), between the stable rank and the rank.
    public static func intrinsicDimension(trace: Estimate, largest: Double) -> Estimate {
        trace.scaled(by: 1 / largest)
    }

    /// How many of `eigenvalues` exceed ε · λ₁, with the exact spectrum at hand.
    public static func effectiveRank(of eigenvalues: [Double], relative: Double) -> Int {
        let threshold = relative * (eigenvalues.max() ?? 0)
        return eigenvalues.count { $0 > threshold }
    }

    /// exp(−Σ p log p), p = |λ| / Σ|λ|: the effective rank of Roy and Vetterli (EUSIPCO 2007), from an exact spectrum.
    ///
    /// - Returns: 0 for a matrix of zeros.
    public static func entropyRank(of eigenvalues: [Double]) -> Double {
        let total = eigenvalues.reduce(0) { $0 + abs($1) }
        guard total > 0 else { return 0 }
        return exp(
            eigenvalues.reduce(0) { sum, value in
                let share = abs(value) / total
                return share > 0 ? sum - share * log(share) : sum
            })
    }

    /// (Σ|λ|)² / Σλ²: the participation ratio of an exact spectrum, exp of its Rényi entropy of order 2.
    ///
    /// - Returns: 0 for a matrix of zeros.
    public static func participationRatio(of eigenvalues: [Double]) -> Double {
        let sum = eigenvalues.reduce(0) { $0 + abs($1) }
        let squares = eigenvalues.reduce(0) { $0 + $1 * $1 }
        return squares > 0 ? sum * sum / squares : 0
    }
}
