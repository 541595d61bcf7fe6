import LinearAlgebra

/// A Qᵀ = Qᵀ T + Wᵀ B: a symmetric operator on a space spanned by Q, and the vectors W that lead out of it.
///
/// The rows of Q (`expanded`: their products with A have been made) and of W (`pending`: not yet) are orthonormal and
/// lie in one matrix. To expand a pending vector is to multiply it by A and to orthogonalise the product against all
/// rows; what is left, unless it is rounding, is pending next. From one start vector this is Lanczos' method, from
/// several band Lanczos (Ruhe 1979), whose blocks shrink where their Krylov spaces meet. Nothing rests on the order of
/// expansion, since every coefficient is computed: so a random vector can join at any time, and a restart can replace Q
/// by any Ritz vectors, T by their values and B by their couplings (Stewart's Krylov–Schur form, for a symmetric A the
/// thick restart of Wu and Simon).
///
/// W can be put aside for a time, with its couplings: what is expanded meanwhile is orthogonal to Q alone, and
/// `readmit` makes W orthogonal to all rows afterwards and shares out its couplings accordingly.
///
/// T is the projection Q A Qᵀ up to a few eps‖A‖ as long as the rows are orthonormal to √eps.
final class KrylovSchur<Element: Scalar> {
    /// Q and W, `[rows, dimension]`, the first `used` rows filled; what is aside stands in the last rows.
    let basis: Matrix<Element>
    /// Where the operator leaves its products.
    let images: [Vector<Element>]
    let workers: Workers
    let seed: UInt64
    let epsilon = Double(Element.ulpOfOne)
    /// qᵢ·A qⱼ for expanded j, `[rows, rows]`.
    let projection: Matrix<Double>
    var expanded: [Int] = []
    var pending: [Int] = []
    /// Pending rows that are put aside.
    var aside: [Int] = []
    /// The largest ‖A q‖ and |θ| seen: ‖A‖ from below.
    var norm = 0.0
    var products = 0
    var restarts = 0
    /// Random vectors that have joined so far.
    var startVectors = 0

    init(rows: Int, dimension: Int, block: Int, seed: UInt64, workers: Workers) {
        basis = Matrix(rows: rows, columns: dimension)
        images = (0..<block).map { _ in Vector(count: dimension) }
        projection = Matrix(rows: rows, columns: rows)
        self.seed = seed
        self.workers = workers
    }

    var dimension: Int { basis.columns }
    var used: Int { expanded.count + pending.count }
    /// Whether every vector of the space has been multiplied: T is then the whole operator.
    var spansEverything: Bool { expanded.count == dimension }

    /// How many rows can be in use; never more than span the space.
    var capacity: Int { min(dimension, basis.rows - aside.count) }

    /// Whether `count` rows more find room, or none will be needed.
    func hasRoom(for count: Int) -> Bool { capacity == dimension || used + count <= capacity }

    /// A normal random vector, orthogonalised against all rows, becomes pending.
    ///
    /// - Returns: its row; nil where the rows span the whole space already.
    func addRandomVector() -> Int? {
        guard used < capacity else { return nil }
        let row = used
        let vector = basis.row(row)
        var source = RandomSource(seed: seed, stream: "extreme eigenpairs \(startVectors)")
        startVectors += 1
        vector.fillNormal(using: &source)
        var norm = Basis.dot(vector, vector, workers: workers).squareRoot()
        let whole = norm
        if row > 0 { norm = project(vector, outOf: basis.rows(0..<row), epsilon: epsilon, workers: workers).norm }
        guard norm > roundingFactor * epsilon * whole else { return nil }
        vector.scale(by: Element(1 / norm))
        clear(row)
        pending.append(row)
        return row
    }

    /// Expands pending vectors, `images.count` at most, in one block product.
    ///
    /// - Returns: the rows of what is left of their products; fewer than `rows` where something was left out as rounding.
    func expand<Operator: SymmetricOperator>(_ rows: [Int], with target: Operator) throws -> [Int]
    where Operator.Element == Element {
        try target.apply(to: rows.map { basis.row($0) }, into: Array(images.prefix(rows.count)))
        var successors: [Int] = []
        for (row, image) in zip(rows, images) {
            products += 1
            let found = project(image, outOf: basis.rows(0..<used), epsilon: epsilon, workers: workers)
            let length = found.coefficients.reduce(found.norm * found.norm) { $0 + $1 * $1 }.squareRoot()
            guard length.isFinite else { throw KrylovFailure.productIsNotFinite(product: products) }
            norm = max(norm, length)
            expanded.append(row)
            pending.removeAll { $0 == row }
            for (index, coefficient) in found.coefficients.enumerated() { projection[index, row] = coefficient }
            for index in expanded { projection[row, index] = found.coefficients[index] }
            guard found.norm > roundingFactor * epsilon * norm, used < capacity else { continue }
            let successor = used
            Basis.assign(image, times: Element(1 / found.norm), to: basis.row(successor), workers: workers)
            clear(successor)
            projection[successor, row] = found.norm
            pending.append(successor)
            successors.append(successor)
        }
        return successors
    }

    func clear(_ row: Int) { projection.row(row).fill(0) }

    /// The eigenpairs of T on all expanded vectors.
    func ritzPairs() throws(FactorisationFailure) -> RitzPairs {
        let system = try SymmetricEigenvalues.system(of: part(rows: expanded, columns: expanded))
        norm = max(norm, abs(system.values.first ?? 0), abs(system.values.last ?? 0))
        let couplings = Matrix<Double>(rows: pending.count + aside.count, columns: expanded.count)
        couplings.assign(product: part(rows: pending + aside, columns: expanded).plain, system.vectors.transposed)
        return RitzPairs(values: system.values, vectors: system.vectors, couplings: couplings)
    }

    /// The eigenvalues of T's part on some expanded vectors, ascending.
    func ritzValues(on rows: [Int]) throws(FactorisationFailure) -> [Double] {
        try SymmetricEigenvalues.values(of: part(rows: rows, columns: rows))
    }

    private func part(rows: [Int], columns: [Int]) -> Matrix<Double> {
        let result = Matrix<Double>(rows: rows.count, columns: columns.count)
        for (i, row) in rows.enumerated() {
            for (j, column) in columns.enumerated() { result[i, j] = projection[row, column] }
        }
        return result
    }
}
