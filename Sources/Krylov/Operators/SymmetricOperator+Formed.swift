public import LinearAlgebra

extension SymmetricOperator {
    /// A in full, `[dimension, dimension]`, made symmetric: from its products with the unit vectors.
    ///
    /// - Throws: `KrylovFailure.productIsNotFinite`, or what the operator throws.
    /// - Complexity: `dimension` products and dimension² doubles.
    public func formed() throws -> Matrix<Double> {
        let count = dimension
        let matrix = Matrix<Double>(rows: count, columns: count)
        try forEachColumn { index, column in
            matrix.row(index).assign(Vector<Double>(converting: column))
        }
        for row in 0..<count {
            for column in 0..<row {
                let mean = 0.5 * (matrix[row, column] + matrix[column, row])
                matrix[row, column] = mean
                matrix[column, row] = mean
            }
        }
        return matrix
    }

    /// Calls `body` with each index i and A eᵢ, in order; the column is a view that the next call overwrites.
    func forEachColumn(_ body: (Int, Vector<Element>) throws -> Void) throws {
        let block = max(1, min(dimension, max(8, blockSize)))
        let units = (0..<block).map { _ in Vector<Element>(count: dimension) }
        let columns = (0..<block).map { _ in Vector<Element>(count: dimension) }
        for first in stride(from: 0, to: dimension, by: block) {
            let used = 0..<min(block, dimension - first)
            for index in used { units[index][first + index] = 1 }
            try apply(to: Array(units[used]), into: Array(columns[used]))
            for index in used {
                guard columns[index].isFinite else {
                    throw KrylovFailure.productIsNotFinite(product: first + index + 1)
                }
                try body(first + index, columns[index])
                units[index][first + index] = 0
            }
        }
    }
}
