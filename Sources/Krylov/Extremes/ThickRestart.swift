import LinearAlgebra

/// The Ritz pairs of a search at one moment.
struct RitzPairs {
    /// All Ritz values, ascending.
    let values: [Double]
    /// Row i is the unit eigenvector of T for value i.
    let vectors: Matrix<Double>
    /// β · (the last component of each eigenvector): with sign, as a restart couples them.
    let couplings: [Double]
    /// The wanted ones, best first.
    let chosen: [(index: Int, isUpper: Bool)]
    /// Whether the estimates of all wanted ones are within bounds, and there are as many as wanted.
    let converged: Bool

    /// Some eigenvectors of T as a matrix `[indices, order]`.
    func rows(_ indices: [Int]) -> Matrix<Double> {
        let result = Matrix<Double>(rows: indices.count, columns: vectors.columns)
        for (row, index) in indices.enumerated() { result.row(row).assign(vectors.row(index)) }
        return result
    }
}

/// A Lanczos process that, when its basis is full, goes on from the best Ritz vectors and the last residual.
///
/// After a restart T is diagonal where the Ritz vectors are, with their couplings in the row of the residual vector,
/// and tridiagonal from there on; it is kept as a small dense matrix.
final class ThickRestart<Element: Scalar> {
    private let basis: Matrix<Element>
    /// Where the operator leaves A qⱼ.
    let image: Vector<Element>
    private let configuration: ExtremeConfiguration
    private let epsilon = Double(Element.ulpOfOne)
    /// T, its leading `order × order` part in use.
    private let projection: Matrix<Double>
    private var order = 0
    /// Rows kept by the last restart.
    private var kept = 0
    private var beta = 0.0
    private var normEstimate = 0.0
    private(set) var products = 0
    private(set) var restarts = 0
    private(set) var isExhausted = false

    init(dimension: Int, limit: Int, configuration: ExtremeConfiguration) throws {
        basis = Matrix(rows: limit, columns: dimension)
        image = Vector(count: dimension)
        projection = Matrix(rows: limit, columns: limit)
        self.configuration = configuration
        var source = RandomSource(seed: configuration.seed, stream: "extreme eigenpairs")
        let start = basis.row(0)
        start.fillNormal(using: &source)
        start.scale(by: Element(1 / start.norm))
    }

    /// The vector that the operator is to be applied to.
    var vector: Vector<Element> { basis.row(order) }

    var isFull: Bool { order == basis.rows }

    /// Ritz values are looked at every sixteenth of a basis: their cost grows as the cube of its length.
    var isDueForCheck: Bool { isFull || isExhausted || (order - kept) % max(1, basis.rows / 16) == 0 }

    var orthogonalityLoss: Double {
        Basis.orthogonalityLoss(of: basis.rows(0..<order), workers: configuration.workers)
    }

    /// The residual that a converged pair has at most.
    func bound(for value: Double) -> Double {
        max(configuration.tolerance * abs(value), roundingFactor * epsilon * normEstimate)
    }

    /// Takes A qⱼ from `image` and goes on to qⱼ₊₁.
    func advance() throws {
        products += 1
        let workers = configuration.workers
        let found = project(image, outOf: basis.rows(0..<order + 1), epsilon: epsilon, workers: workers)
        guard found.norm.isFinite, found.coefficients[order].isFinite else {
            throw KrylovFailure.productIsNotFinite(product: products)
        }
        projection[order, order] = found.coefficients[order]
        // Row sums of |T| as in `lanczos`; the couplings of kept Ritz vectors, already counted as values, stay out.
        let previous = order > kept ? abs(projection[order, order - 1]) : 0
        normEstimate = max(normEstimate, abs(found.coefficients[order]) + previous + found.norm)
        beta = found.norm
        order += 1
        isExhausted = beta <= roundingFactor * epsilon * normEstimate || order == basis.columns
        if !isExhausted, !isFull { append() }
    }

    /// The residual vector, scaled, becomes the next row.
    private func append() {
        Basis.assign(image, times: Element(1 / beta), to: basis.row(order), workers: configuration.workers)
        if order > kept || kept == 0 {
            projection[order, order - 1] = beta
            projection[order - 1, order] = beta
        }
    }

    func ritzPairs(_ count: Int) throws(FactorisationFailure) -> RitzPairs {
        let system = try SymmetricEigenvalues.system(of: projection.rows(0..<order).columns(0..<order))
        let couplings = (0..<order).map { beta * system.vectors[$0, order - 1] }
        let chosen = configuration.end.select(count, of: system.values)
        let isWithin = chosen.allSatisfy { abs(couplings[$0.index]) <= bound(for: system.values[$0.index]) }
        return RitzPairs(
            values: system.values, vectors: system.vectors, couplings: couplings, chosen: chosen,
            converged: isWithin && chosen.count == count)
    }

    /// Keeps the wanted Ritz vectors and half of the rest of the basis, the next best ones, which speeds convergence.
    func restart(keeping ritz: RitzPairs) {
        let count = ritz.chosen.count
        let keep = min(basis.rows - 2, count + (basis.rows - count) / 2)
        let chosen = configuration.end.select(keep, of: ritz.values).map(\.index)
        _ = rotate(by: ritz.rows(chosen))
        projection.fill(0)
        for (row, index) in chosen.enumerated() {
            projection[row, row] = ritz.values[index]
            projection[row, keep] = ritz.couplings[index]
            projection[keep, row] = ritz.couplings[index]
        }
        kept = keep
        order = keep
        restarts += 1
        append()
    }

    /// The first rows of the basis become S Q, in the operator's precision.
    ///
    /// - Parameter rotation: S, `[vectors, order]`, with no more vectors than there are rows.
    /// - Returns: those rows.
    func rotate(by rotation: Matrix<Double>) -> Matrix<Element> {
        let narrow = Matrix<Element>(rows: rotation.rows, columns: rotation.columns)
        for row in 0..<rotation.rows { narrow.row(row).assign(Vector(rounding: rotation.row(row).array)) }
        let source = basis.rows(0..<rotation.columns)
        let target = basis.rows(0..<rotation.rows)
        // Pieces of columns, each rotated through memory of its own.
        let length = 4096
        let pieces = (basis.columns + length - 1) / length
        configuration.workers.forEach(pieces) { piece in
            let columns = piece * length..<min(source.columns, (piece + 1) * length)
            let rotated = Matrix<Element>(rows: narrow.rows, columns: columns.count)
            rotated.assign(product: narrow.plain, source.columns(columns).plain)
            target.columns(columns).assign(rotated)
        }
        return target
    }
}
