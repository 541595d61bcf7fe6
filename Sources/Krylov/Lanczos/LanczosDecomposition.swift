public import LinearAlgebra

/// A Q ≈ Q T: a symmetric operator's projection on a Krylov space, and what is known of its error.
///
/// `A Qᵀ = Qᵀ T + β q eᵀ` with T tridiagonal (α on the diagonal, β beside it) and the rows of Q orthonormal up to
/// `orthogonalityLoss`. T is in double precision; it approximates the projection to a few eps‖A‖, with the eps of the
/// precision in which the operator works.
public struct LanczosDecomposition<Element: Scalar>: Sendable {
    /// α, `[steps]`; `steps` is smaller than asked for after a breakdown.
    public let diagonal: [Double]
    /// β, `[steps − 1]`, all positive.
    public let offDiagonal: [Double]
    /// β of the next step, had there been one: the scale of what the space misses; 0 after a breakdown.
    public let residualNorm: Double
    /// Q, `[steps, dimension]`, where it was to be kept.
    public let basis: Matrix<Element>?
    /// Whether the Krylov space is exhausted: T's eigenvalues are then eigenvalues of the operator.
    public let breakdown: Bool
    /// max |Q Qᵀ − I|, measured on the finished basis.
    public let orthogonalityLoss: Double
    /// How often the whole basis so far was projected out of a vector (or of a pair of vectors).
    public let reorthogonalisations: Int
    /// Products with the operator.
    public let products: Int

    /// The number of Lanczos vectors.
    public var steps: Int { diagonal.count }

    /// T's eigenvalues (Ritz values) and eigenvectors.
    public func eigensystem() throws(FactorisationFailure) -> TridiagonalEigensystem {
        try TridiagonalEigensystem(diagonal: diagonal, offDiagonal: offDiagonal)
    }
}
