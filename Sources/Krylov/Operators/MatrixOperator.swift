public import LinearAlgebra

/// A matrix held in full, of any shape, or its transpose.
public struct MatrixOperator<Element: Scalar>: LinearOperator {
    private let matrix: Matrix<Element>
    private let isTransposed: Bool

    public var inputCount: Int { isTransposed ? matrix.rows : matrix.columns }
    public var outputCount: Int { isTransposed ? matrix.columns : matrix.rows }
    public var operations: Double? { 2 * Double(matrix.rows) * Double(matrix.columns) }
    public var provenance: String {
        "a matrix of \(matrix.rows)×\(matrix.columns)" + (isTransposed ? ", transposed" : "")
    }

    /// - Parameter matrix: `[outputCount, inputCount]`; kept as a view.
    public init(_ matrix: Matrix<Element>) { self.init(matrix, isTransposed: false) }

    private init(_ matrix: Matrix<Element>, isTransposed: Bool) {
        self.matrix = matrix
        self.isTransposed = isTransposed
    }

    public var transpose: MatrixOperator { MatrixOperator(matrix, isTransposed: !isTransposed) }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) {
        for (vector, result) in zip(vectors, results) {
            result.matrix(rows: outputCount, columns: 1).assign(
                product: isTransposed ? matrix.transposed : matrix.plain,
                vector.matrix(rows: inputCount, columns: 1).plain)
        }
    }
}
