import LinearAlgebra

/// Calls `body` with the numbers of each block of vectors and their images, which the next call overwrites.
///
/// - Throws: `KrylovFailure.productIsNotFinite`, or what the operator throws.
func forEachBlock<Operator: SymmetricOperator>(
    of vectors: [Vector<Operator.Element>], through target: Operator, length: Int,
    _ body: (Range<Int>, [Vector<Operator.Element>]) throws -> Void
) throws {
    let images = (0..<min(length, vectors.count)).map { _ in Vector<Operator.Element>(count: target.dimension) }
    for first in stride(from: 0, to: vectors.count, by: length) {
        let range = first..<min(vectors.count, first + length)
        let used = Array(images[..<range.count])
        try target.apply(to: Array(vectors[range]), into: used)
        for (index, image) in zip(range, used) where !image.isFinite {
            throw KrylovFailure.productIsNotFinite(product: index + 1)
        }
        try body(range, used)
    }
}

/// Rows of A V: what the operator makes of the rows of `vectors`.
func product<Operator: SymmetricOperator>(
    of vectors: Matrix<Operator.Element>, through target: Operator
) throws -> Matrix<Operator.Element> {
    let result = Matrix<Operator.Element>(rows: vectors.rows, columns: vectors.columns)
    let rows = (0..<vectors.rows).map { vectors.row($0) }
    try forEachBlock(of: rows, through: target, length: max(1, target.blockSize)) { range, images in
        for (index, image) in zip(range, images) { result.row(index).assign(image) }
    }
    return result
}

/// Row i is probe `first + i`, uniform on the sphere of radius √dimension.
func sphereProbes<Element: Scalar>(_ range: Range<Int>, dimension: Int, seed: UInt64) -> Matrix<Element> {
    let result = Matrix<Element>(rows: range.count, columns: dimension)
    for (row, index) in range.enumerated() {
        let probe: Vector<Element> = ProbeDistribution.gaussian.probe(index, dimension: dimension, seed: seed)
        result.row(row).assign(probe)
        result.row(row).scale(by: Element(Double(dimension).squareRoot()))
    }
    return result
}

/// Inner products over a set of index ranges: entry [i][j] is Σ_S xᵢ yⱼ.
func innerProducts<Element: Scalar>(
    _ x: Matrix<Element>, _ y: Matrix<Element>, over ranges: [Range<Int>], workers: Workers
) -> [[Double]] {
    var total = [[Double]](repeating: [Double](repeating: 0, count: y.rows), count: x.rows)
    for range in ranges where !range.isEmpty {
        let left = x.columns(range)
        let found = Basis.coefficients(
            of: (0..<x.rows).map { left.row($0) }, in: y.columns(range), workers: workers)
        for row in found.indices {
            for column in found[row].indices { total[row][column] += found[row][column] }
        }
    }
    return total
}
