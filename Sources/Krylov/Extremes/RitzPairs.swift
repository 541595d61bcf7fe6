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

    /// Every pending vector as it is: the identity, some rows of it first.
    func identity(first: [Int]) -> Matrix<Double> {
        let order = first + (0..<couplings.rows).filter { !first.contains($0) }
        let result = Matrix<Double>(rows: order.count, columns: order.count)
        for (row, place) in order.enumerated() { result[row, place] = 1 }
        return result
    }

    /// Orthonormal combinations of the pending vectors, `limit` at most, that hold the residuals of as many of `indices`
    /// as they can, in their order, by Gram–Schmidt.
    ///
    /// - Returns: the combinations, one a row, and the indices whose residuals they hold in full.
    func directions(of indices: [Int], limit: Int) -> (rows: Matrix<Double>, held: [Int]) {
        var rows: [Vector<Double>] = []
        var held: [Int] = []
        for index in indices {
            let residual = Vector((0..<couplings.rows).map { couplings[$0, index] })
            for _ in 0..<2 { for row in rows { residual.add(-residual.dot(row), row) } }
            let norm = residual.norm
            // What is a thousandth of the residual may go.
            if norm > 1e-3 * estimates[index] {
                guard rows.count < limit else { continue }
                for _ in 0..<2 {
                    residual.scale(by: 1 / residual.norm)
                    for row in rows { residual.add(-residual.dot(row), row) }
                }
                residual.scale(by: 1 / residual.norm)
                rows.append(residual)
            }
            held.append(index)
        }
        let matrix = Matrix<Double>(rows: rows.count, columns: couplings.rows)
        for (row, vector) in rows.enumerated() { matrix.row(row).assign(vector) }
        return (matrix, held)
    }
}
