public import Krylov

/// What was found at one checkpoint of a run, each number with its error; the eigenvectors lie beside it.
public struct EvolutionPoint: Sendable, Codable, Equatable {
    /// An extreme eigenvalue.
    public struct Eigenvalue: Sendable, Codable, Equatable {
        public let value: Double
        /// ‖A v − θ v‖ / ‖v‖: an eigenvalue lies within it of `value`.
        public let residual: Double
        public let converged: Bool
    }

    /// The covariance of the examples' gradients in a few numbers; see `GradientCovariance`, cosines, not centred.
    public struct Covariance: Sendable, Codable, Equatable {
        public let largestEigenvalue: Double
        public let effectiveRank: Double
        public let stableRank: Double
        public let meanOffDiagonal: Double
        public let negativeFraction: Double
        public let zeroGradients: Int

        enum CodingKeys: String, CodingKey {
            case largestEigenvalue = "largest_eigenvalue"
            case effectiveRank = "effective_rank"
            case stableRank = "stable_rank"
            case meanOffDiagonal = "mean_off_diagonal"
            case negativeFraction = "negative_fraction"
            case zeroGradients = "zero_gradients"
        }
    }

    /// The checkpoint's file.
    public var checkpoint: String
    /// Of the training that made it, where it is known.
    public let step: Int?
    public let lossKind: String
    public let loss: Double
    /// ‖∇ℓ‖₂.
    public let gradientNorm: Double
    /// The k + 1 largest, descending, where the matrix has as many: the last tells how far the first k are from the rest.
    public let largest: [Eigenvalue]
    /// λ_min; nil for a matrix that has no negative eigenvalues by its making.
    public let smallest: Eigenvalue?
    public let density: SpectralDensity?
    /// The density as it is drawn, on the axis: wide enough for its grid.
    public var smoothed: SmoothedDensity? { density.map { DrawnDensity($0, .init(probes: 1, steps: 1)).smoothed } }
    /// Nil where there were too many examples, or batch statistics couple them.
    public let covariance: Covariance?
    /// ‖V g‖² / ‖g‖² for the gradient g and the eigenvectors V of the k largest eigenvalues; nil without any.
    ///
    /// Source: Gur-Ari, Roberts and Dyer 2018, f_top.
    public let gradientInTopSubspace: Double?
    /// k as it was found: as many vectors are kept.
    public let dimensions: Int
    /// Products with the matrix.
    public let products: Int
    /// The worst loss of orthogonality of all bases.
    public let orthogonalityLoss: Double
    public let certificates: Certificates
    public let warnings: [String]

    /// λₖ − λₖ₊₁, by which the top subspace stands out; nil where there is no next eigenvalue.
    public var gap: Double? {
        guard dimensions > 0, largest.count > dimensions else { return nil }
        return largest[dimensions - 1].value - largest[dimensions].value
    }

    /// The sine of the largest angle by which the subspace that was found may be off the true one, at most: ρ / gap with
    /// ρ² = Σ residuals², if no eigenvalue was missed; nil where the gap is no larger than ρ, and the subspace so not
    /// determined.
    ///
    /// Source: Davis and Kahan, SIAM J. Numer. Anal. 7 (1970), the sin θ theorem, with λₖ₊₁ for the rest of the spectrum.
    public var subspaceError: Double? {
        guard let gap else { return nil }
        let residual = largest.prefix(dimensions).reduce(0) { $0 + $1.residual * $1.residual }.squareRoot()
        // The next eigenvalue is only known within its own residual.
        let safeGap = gap - largest[dimensions].residual
        return safeGap > residual ? residual / safeGap : nil
    }

    public var trace: Estimate? { density?.trace }
}
