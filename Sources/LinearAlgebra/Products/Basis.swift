/// Inner products with the vectors of a Krylov basis, the rows of a matrix, in double precision.
///
/// A basis is far larger than the cache, so what these cost is how often it is read from memory: each function reads it
/// once, for all the vectors it is given, and does everything to a piece of it while that piece is in the cache. The
/// work is cut into pieces of a length that only the basis decides, whose partial sums are added in order; so the
/// result does not depend on the number of workers.
public enum Basis {
    /// Elements of one piece: a vector's piece widened to double (16 kB) stays in the first-level cache.
    static let pieceLength = 2048

    /// The piece of all basis vectors should stay in a second-level cache (1 MB and more) between two uses.
    static let cachedBytes = 768 << 10

    /// h = Q w, with Q `[vectors, dimension]` and w `[dimension]`.
    public static func coefficients<Element: Scalar>(
        of w: Vector<Element>, in basis: Matrix<Element>, workers: Workers
    ) -> [Double] {
        coefficients(of: [w], in: basis, workers: workers)[0]
    }

    /// hᵢ = Q wᵢ for several vectors in one reading of the basis.
    public static func coefficients<Element: Scalar>(
        of vectors: [Vector<Element>], in basis: Matrix<Element>, workers: Workers
    ) -> [[Double]] {
        let order = basis.rows
        let sums = pass(vectors, basis, sums: vectors.count * order, workers: workers) { pieces, rows, sums in
            for (index, piece) in pieces.enumerated() {
                Element.basisDot(sums + index * order, rows.span, piece.start)
            }
        }
        return vectors.indices.map { Array(sums[$0 * order..<($0 + 1) * order]) }
    }

    /// w ← w − Qᵀ h, and the coefficients h′ = Q w and the squared norm of what is left, in one reading of the basis.
    public static func subtract<Element: Scalar>(
        _ h: [Double], of basis: Matrix<Element>, from w: Vector<Element>, workers: Workers
    ) -> (coefficients: [Double], squaredNorm: Double) {
        precondition(h.count == basis.rows, "\(h.count) coefficients for \(basis.rows) basis vectors")
        let sums = pass([w], basis, sums: basis.rows + 1, workers: workers) { pieces, rows, sums in
            let piece = pieces[0]
            Element.basisSubtract(piece.start, rows.span, h)
            Element.basisDot(sums, rows.span, piece.start)
            sums[rows.rows] += Element.dot(piece.start, piece.start, piece.count)
        }
        return (Array(sums.dropLast()), sums[basis.rows])
    }

    /// wᵢ ← wᵢ − Qᵀ hᵢ, each rounded once, for several vectors in one reading of the basis.
    ///
    /// - Returns: the inner products wᵢ·wⱼ of what is left, row i holding those with j ≤ i.
    @discardableResult
    public static func remove<Element: Scalar>(
        _ coefficients: [[Double]], of basis: Matrix<Element>, from vectors: [Vector<Element>], workers: Workers
    ) -> [[Double]] {
        precondition(
            coefficients.count == vectors.count && coefficients.allSatisfy { $0.count == basis.rows },
            "\(coefficients.map(\.count)) coefficients for \(vectors.count) vectors and a basis of \(basis.rows)")
        let order = vectors.count
        let sums = pass(vectors, basis, sums: order * order, workers: workers) { pieces, rows, sums in
            for (index, piece) in pieces.enumerated() {
                Element.basisSubtract(piece.start, rows.span, coefficients[index])
                for (other, earlier) in pieces[...index].enumerated() {
                    sums[index * order + other] += Element.dot(piece.start, earlier.start, piece.count)
                }
            }
        }
        return (0..<order).map { Array(sums[$0 * order...$0 * order + $0]) }
    }

    /// Σ xᵢ yᵢ, added over pieces of a fixed length.
    public static func dot<Element: Scalar>(
        _ x: Vector<Element>, _ y: Vector<Element>, workers: Workers
    ) -> Double {
        coefficients(of: x, in: y.matrix(rows: 1, columns: y.count), workers: workers)[0]
    }

    /// row = factor · w: how a vector enters the basis.
    public static func assign<Element: Scalar>(
        _ w: Vector<Element>, times factor: Element, to row: Vector<Element>, workers: Workers
    ) {
        precondition(w.count == row.count, "a basis vector of \(row.count) from one of \(w.count)")
        let pieces = pieces(of: w.count, length: 16 * pieceLength)
        workers.forEach(pieces.count) { index in
            let piece = pieces[index]
            defer { keepAlive(row, w) }
            Element.combine(row[piece].start, factor, w[piece].start, 0, piece.count)
        }
    }

    /// The Gram matrix Q Qᵀ − I's largest entry in absolute value: how far the basis is from orthonormal.
    public static func orthogonalityLoss<Element: Scalar>(of basis: Matrix<Element>, workers: Workers) -> Double {
        let gram = GramSum(order: basis.rows)
        let pieces = pieces(of: basis.columns, length: 4 * pieceLength)
        let partials = workers.map(pieces.count) { index in
            let columns = basis.columns(pieces[index])
            let product = Matrix<Element>(rows: basis.rows, columns: basis.rows)
            product.assign(product: columns.plain, columns.transposed)
            return product.array
        }
        for partial in partials { gram.add(partial) }
        return gram.largestDeviationFromIdentity
    }

    /// Runs `body` on every piece of the vectors and of the basis; the sums that it adds to, added up in order.
    private static func pass<Element: Scalar>(
        _ vectors: [Vector<Element>], _ basis: Matrix<Element>, sums count: Int, workers: Workers,
        _ body: @Sendable ([Vector<Element>], Matrix<Element>, UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        for w in vectors {
            precondition(w.count == basis.columns, "a vector of \(w.count) in a basis of dimension \(basis.columns)")
        }
        let bytes = MemoryLayout<Element>.stride * max(1, basis.rows)
        var length = pieceLength
        while length > 512 && length * bytes > cachedBytes { length /= 2 }
        // One row of partial sums for a group of pieces: fixed groups, so that the order of addition is fixed.
        let groupLength = 16 * pieceLength
        let groups = pieces(of: basis.columns, length: groupLength)
        let partials = Matrix<Double>(rows: groups.count, columns: count)
        workers.forEach(groups.count) { [length] group in
            let sums = partials.row(group)
            defer { keepAlive(sums, vectors, basis) }
            for start in stride(from: groups[group].lowerBound, to: groups[group].upperBound, by: length) {
                let piece = start..<min(start + length, groups[group].upperBound)
                body(vectors.map { $0[piece] }, basis.columns(piece), sums.start)
            }
        }
        let result = Vector<Double>(count: count)
        for group in groups.indices { result.add(1, partials.row(group)) }
        return result.array
    }

    static func pieces(of count: Int, length: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: length).map { $0..<min(count, $0 + length) }
    }
}

/// A sum of symmetric matrices in double precision.
private final class GramSum {
    private let order: Int
    private var entries: [Double]

    init(order: Int) {
        self.order = order
        entries = Array(repeating: 0, count: order * order)
    }

    func add<Element: Scalar>(_ partial: [Element]) {
        for index in entries.indices { entries[index] += Double(partial[index]) }
    }

    var largestDeviationFromIdentity: Double {
        var worst = 0.0
        for row in 0..<order {
            for column in 0...row {
                worst = max(worst, abs(entries[row * order + column] - (row == column ? 1 : 0)))
            }
        }
        return worst
    }
}
