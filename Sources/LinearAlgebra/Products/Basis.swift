/// Inner products with the vectors of a Krylov basis, the rows of a matrix, in double precision.
///
/// A basis is far larger than the cache, so what these cost is how often it is read: each function reads it once.
/// The work is cut into pieces of a fixed length, whose partial sums are added in order; so the result does not depend
/// on the number of workers.
public enum Basis {
    /// Elements of one piece: a vector's piece widened to double (16 kB) stays in the first-level cache.
    static let pieceLength = 2048

    /// h = Q w, with Q `[vectors, dimension]` and w `[dimension]`.
    public static func coefficients<Element: Scalar>(
        of w: Vector<Element>, in basis: Matrix<Element>, workers: Workers
    ) -> [Double] {
        pass(w, basis, workers: workers) { piece, rows, sums in
            Element.basisDot(sums, rows.span, piece.start)
        }
    }

    /// w ← w − Qᵀ h, and the coefficients h′ = Q w of what is left, in one reading of the basis.
    public static func subtract<Element: Scalar>(
        _ h: [Double], of basis: Matrix<Element>, from w: Vector<Element>, workers: Workers
    ) -> [Double] {
        precondition(h.count == basis.rows, "\(h.count) coefficients for \(basis.rows) basis vectors")
        return pass(w, basis, workers: workers) { piece, rows, sums in
            Element.basisSubtract(piece.start, rows.span, h)
            Element.basisDot(sums, rows.span, piece.start)
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

    private static func pass<Element: Scalar>(
        _ w: Vector<Element>, _ basis: Matrix<Element>, workers: Workers,
        _ body: @Sendable (Vector<Element>, Matrix<Element>, UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        precondition(w.count == basis.columns, "a vector of \(w.count) in a basis of dimension \(basis.columns)")
        guard basis.rows > 0 else { return [] }
        let pieces = pieces(of: w.count, length: pieceLength)
        // One row of partial sums for a group of pieces: fixed groups, so that the order of addition is fixed.
        let groupSize = 16
        let groups = (pieces.count + groupSize - 1) / groupSize
        let partials = Matrix<Double>(rows: groups, columns: basis.rows)
        workers.forEach(groups) { group in
            let sums = partials.row(group)
            for index in group * groupSize..<min(pieces.count, (group + 1) * groupSize) {
                body(w[pieces[index]], basis.columns(pieces[index]), sums.start)
            }
        }
        let result = Vector<Double>(count: basis.rows)
        for group in 0..<groups { result.add(1, partials.row(group)) }
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
