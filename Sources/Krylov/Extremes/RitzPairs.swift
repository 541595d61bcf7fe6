import LinearAlgebra

/// The Ritz pairs of a Krylov–Schur decomposition at one moment.
struct RitzPairs {
    /// All Ritz values, ascending.
    let values: [Double]
    /// Row i is the unit eigenvector of T for value i, over the expanded vectors.
    let vectors: Matrix<Double>
    /// C = B Sᵀ, `[pending and aside, values]`: what A times a Ritz vector has along each pending vector.
    let couplings: Matrix<Double>
    /// ‖C eᵢ‖, the residual norm of each pair as far as the decomposition knows it.
    let estimates: [Double]

    init(values: [Double], vectors: Matrix<Double>, couplings: Matrix<Double>) {
        self.values = values
        self.vectors = vectors
        self.couplings = couplings
        estimates = values.indices.map { index in
            (0..<couplings.rows).reduce(0) { $0 + couplings[$1, index] * couplings[$1, index] }.squareRoot()
        }
    }

    /// Σ over `indices` of the squared couplings with pending vector `row`: how much they would gain from it.
    func weight(of row: Int, on indices: [Int]) -> Double {
        indices.reduce(0) { $0 + couplings[row, $1] * couplings[row, $1] }
    }
}
