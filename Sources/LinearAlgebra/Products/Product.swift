/// A matrix as a factor: as it stands, or transposed.
public struct Factor<Element: Scalar>: Sendable {
    let matrix: Matrix<Element>
    let isTransposed: Bool

    var rows: Int { isTransposed ? matrix.columns : matrix.rows }
    var columns: Int { isTransposed ? matrix.rows : matrix.columns }
}

extension Matrix {
    /// This matrix as a factor of a product.
    public var plain: Factor<Element> { Factor(matrix: self, isTransposed: false) }

    /// The transpose of this matrix as a factor of a product; no number moves.
    public var transposed: Factor<Element> { Factor(matrix: self, isTransposed: true) }

    /// self = alpha · a · b + beta · self, one GEMM.
    ///
    /// With `beta` 0 what stood there is not read.
    public func assign(
        product a: Factor<Element>, _ b: Factor<Element>, times alpha: Element = 1, scaling beta: Element = 0
    ) {
        precondition(
            a.rows == rows && b.columns == columns && a.columns == b.rows,
            "a \(rows)×\(columns) matrix cannot hold the product of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns)")
        guard rows > 0, columns > 0 else { return }
        defer { keepAlive(self, a, b) }
        Element.gemm(
            ProductCall(
                transposeA: a.isTransposed, transposeB: b.isTransposed, rows: rows, columns: columns, inner: a.columns,
                alpha: alpha, a: a.matrix.start, strideA: max(1, a.matrix.stride), b: b.matrix.start,
                strideB: max(1, b.matrix.stride), beta: beta, c: start, strideC: stride))
    }

    /// self += d ∘ (a + offset), entry by entry: how a linear layer's inner products enter a Gram matrix.
    public func add(hadamard d: Matrix, _ a: Matrix, offset: Element) {
        precondition(
            d.rows == rows && a.rows == rows && d.columns == columns && a.columns == columns,
            "matrices of \(rows)×\(columns), \(d.rows)×\(d.columns) and \(a.rows)×\(a.columns)")
        for index in 0..<rows {
            defer { keepAlive(self, d, a) }
            Element.hadamardGram(row(index).start, d.row(index).start, a.row(index).start, offset, columns)
        }
    }

    /// Each row = softmax of the same row of `logits`; the result is log Σ exp of each row, in double precision.
    public func assign(softmax logits: Matrix) -> [Double] {
        precondition(rows == logits.rows && columns == logits.columns, "softmax of another shape")
        var logSums = [Double](repeating: 0, count: rows)
        defer { keepAlive(self, logits) }
        Element.softmax(elements.start, &logSums, logits.elements.start, (rows, columns))
        return logSums
    }

    /// Each row = factor · (diag(p) − p pᵀ) t, with p the row of `probabilities` and t the row of `tangents`.
    public func assign(softmaxHessian probabilities: Matrix, times tangents: Matrix, factor: Element) {
        precondition(
            rows == probabilities.rows && columns == probabilities.columns && rows == tangents.rows
                && columns == tangents.columns, "softmax Hessian of another shape")
        defer { keepAlive(self, probabilities, tangents) }
        Element.softmaxProduct(
            elements.start, probabilities.elements.start, tangents.elements.start, factor, (rows, columns))
    }
}

extension Vector {
    /// self = softmax of `logits`; the result is log Σ exp, in double precision.
    public func assign(softmax logits: Vector) -> Double {
        precondition(count == logits.count && count > 0, "softmax of \(logits.count) numbers in \(count)")
        defer { keepAlive(self, logits) }
        var logSum = 0.0
        Element.softmax(start, &logSum, logits.start, (1, count))
        return logSum
    }

    /// The place of the largest element, the first of equal ones.
    public var indexOfLargest: Int {
        precondition(count > 0, "the largest of no elements")
        defer { keepAlive(self) }
        var best = 0
        for index in 1..<max(1, count) where start[index] > start[best] { best = index }
        return best
    }
}
