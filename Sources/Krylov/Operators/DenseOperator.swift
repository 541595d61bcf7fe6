public import LinearAlgebra

/// A symmetric matrix held in full, for tests and small problems.
public struct DenseOperator<Element: Scalar>: SymmetricOperator {
    private let matrix: Matrix<Element>

    public var dimension: Int { matrix.rows }

    /// - Parameter matrix: `[n, n]`, symmetric; kept as a view.
    public init(_ matrix: Matrix<Element>) {
        precondition(matrix.rows == matrix.columns, "an operator from a \(matrix.rows)×\(matrix.columns) matrix")
        self.matrix = matrix
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) {
        for (vector, result) in zip(vectors, results) {
            result.matrix(rows: dimension, columns: 1).assign(
                product: matrix.plain, vector.matrix(rows: dimension, columns: 1).plain)
        }
    }
}
