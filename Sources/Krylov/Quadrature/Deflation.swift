public import LinearAlgebra

/// An eigenvalue that was taken out of a density, and its residual.
public struct DeflatedEigenvalue: Sendable, Equatable, Codable {
    public let value: Double
    /// ‖A v − θ v‖ of its unit vector.
    public let residual: Double

    public init(value: Double, residual: Double) {
        self.value = value
        self.residual = residual
    }
}

extension [DeflatedEigenvalue] {
    /// max |θ|; 0 for none.
    var largestMagnitude: Double { reduce(0) { Swift.max($0, abs($1.value)) } }
}

/// Converged eigenpairs that a density takes out exactly, so that quadrature has only the rest to find.
///
/// With V the k vectors as rows and Π = I − VᵀV, the rest is B = ΠAΠ on the complement of dimension P − k. The
/// pairs' residuals are all that this leaves out: with C = ΠAVᵀ, A differs from diag(θ) ⊕ B by E, whose rank is at most
/// 2k and whose Frobenius norm is at most √2 ρ with ρ² = Σ rᵢ². So by Lidskii's and Mirsky's theorem Σ |λᵢ − λ̃ᵢ| ≤ ‖E‖_*
/// ≤ √(2k) · √2 ρ: **W₁ is off by at most 2 √k ρ / P**. The trace is off by nothing where θ are Rayleigh quotients, and
/// ‖A‖²_F is too small by at most 2ρ².
///
/// Source: Lidskii (1950) and Mirsky (1960) in Bhatia, Matrix Analysis, theorem IV.3.4. Deflation for trace estimates:
/// Gambhir, Stathopoulos and Orginos, SIAM J. Sci. Comput. 39 (2017).
public struct Deflation<Element: Scalar>: Sendable {
    /// θ, each with its residual; `[k]`.
    public let eigenvalues: [DeflatedEigenvalue]
    /// V, `[k, dimension]`, orthonormal rows.
    public let vectors: Matrix<Element>

    /// - Parameters:
    ///   - values: θ, Rayleigh quotients of the vectors, `[k]`.
    ///   - residuals: ‖A v − θ v‖ of each, `[k]`.
    ///   - vectors: `[k, dimension]`, orthonormal to √eps at least; kept as a view.
    public init(values: [Double], residuals: [Double], vectors: Matrix<Element>) {
        precondition(
            values.count == vectors.rows && residuals.count == vectors.rows && vectors.rows <= vectors.columns,
            "\(values.count) values and \(residuals.count) residuals for \(vectors.rows) vectors of \(vectors.columns)")
        eigenvalues = zip(values, residuals).map { DeflatedEigenvalue(value: $0, residual: $1) }
        self.vectors = vectors
    }

    /// Those of the pairs that have converged, all of one operator; their vectors are copied.
    public init(_ pairs: [Eigenpair<Element>], dimension: Int) {
        let converged = pairs.filter(\.converged)
        let vectors = Matrix<Element>(rows: converged.count, columns: dimension)
        for (row, pair) in converged.enumerated() { vectors.row(row).assign(pair.vector) }
        self.init(values: converged.map(\.value), residuals: converged.map(\.residual), vectors: vectors)
    }

    /// V for an operator of that order; nil where there is nothing to deflate.
    ///
    /// Projections are repeated until rounding is left, so that V need only be orthonormal to √eps.
    ///
    /// - Throws: `DensityFailure.deflationNotOrthonormal`.
    func checkedVectors(dimension: Int, workers: Workers) throws -> Matrix<Element>? {
        precondition(vectors.columns == dimension, "vectors of \(vectors.columns) for an operator of \(dimension)")
        guard vectors.rows > 0 else { return nil }
        let loss = Basis.orthogonalityLoss(of: vectors, workers: workers)
        let bound = Double(Element.ulpOfOne).squareRoot()
        guard loss <= bound else { throw DensityFailure.deflationNotOrthonormal(loss: loss, bound: bound) }
        return vectors
    }
}
