public import Krylov
public import LinearAlgebra

extension ExactSpectrum {
    /// All eigenvalues of an operator, from the matrix formed by products with unit vectors.
    ///
    /// The matrix is made symmetric, and how far it was from that is measured: rounding is as large in what stays as in
    /// what is taken out, as far as it is random, so ‖A − Aᵀ‖_F/2 is what the entries' rounding may move an eigenvalue by.
    /// An error that is itself symmetric is not seen so.
    ///
    /// - Parameters:
    ///   - costs: what was considered, for the record.
    ///   - progress: told the products done so far; throws to stop.
    /// - Throws: `KrylovFailure` where a product is not finite, `FactorisationFailure`, or what the operator throws.
    /// - Complexity: n products and 4n³/3 operations (11n³ with vectors); 2n² doubles (3n²).
    public init<Operator: SymmetricOperator>(
        denseOf target: Operator, wantsVectors: Bool = false, costs: [ExactCost] = [], workers: Workers,
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        let order = target.dimension
        let matrix = try Self.matrix(of: target, progress)
        let (asymmetry, norm) = Self.symmetrise(matrix)
        provenance = target.provenance
        dimension = order
        method = .dense
        self.costs = costs
        impliedZeros = 0
        if wantsVectors {
            let system = try SymmetricEigenvalues.system(of: matrix)
            eigenvalues = system.values
            vectors = system.vectors
            largestResidual = Self.largestResidual(matrix, system, workers)
        } else {
            eigenvalues = try SymmetricEigenvalues.values(of: matrix, workers: workers)
            (vectors, largestResidual) = (nil, nil)
        }
        let size = max(abs(eigenvalues.first ?? 0), abs(eigenvalues.last ?? 0))
        errors = ExactErrors(
            solver: Double(order) * Double.ulpOfOne * size, entries: asymmetry / 2,
            asymmetry: norm > 0 ? asymmetry / norm : 0)
    }

    /// Row i is A eᵢ.
    private static func matrix<Operator: SymmetricOperator>(
        of target: Operator, _ progress: (Int) throws -> Void
    ) throws -> Matrix<Double> {
        let order = target.dimension
        let matrix = Matrix<Double>(rows: order, columns: order)
        let width = max(1, min(order, target.blockSize))
        let units = (0..<width).map { _ in Vector<Operator.Element>(count: order) }
        let images = (0..<width).map { _ in Vector<Operator.Element>(count: order) }
        for first in stride(from: 0, to: order, by: width) {
            let count = min(width, order - first)
            for index in 0..<count { units[index][first + index] = 1 }
            try target.apply(to: Array(units.prefix(count)), into: Array(images.prefix(count)))
            for index in 0..<count {
                units[index][first + index] = 0
                guard images[index].isFinite else {
                    throw KrylovFailure.productIsNotFinite(product: first + index + 1)
                }
                matrix.row(first + index).assign(Vector<Double>(converting: images[index]))
            }
            try progress(first + count)
        }
        return matrix
    }

    /// A ← (A + Aᵀ)/2; the result is ‖A − Aᵀ‖_F and ‖A‖_F of what stood there.
    private static func symmetrise(_ matrix: Matrix<Double>) -> (asymmetry: Double, norm: Double) {
        var squares = 0.0
        let norm = (0..<matrix.rows).reduce(0) { $0 + matrix.row($1).dot(matrix.row($1)) }.squareRoot()
        for row in 0..<matrix.rows {
            for column in 0..<row {
                let (lower, upper) = (matrix[row, column], matrix[column, row])
                squares += 2 * (lower - upper) * (lower - upper)
                matrix[row, column] = (lower + upper) / 2
                matrix[column, row] = (lower + upper) / 2
            }
        }
        return (squares.squareRoot(), norm)
    }

    private static func largestResidual(
        _ matrix: Matrix<Double>, _ system: (values: [Double], vectors: Matrix<Double>), _ workers: Workers
    ) -> Double {
        let order = matrix.rows
        let width = 64
        return workers.map((order + width - 1) / width) { block in
            let rows = block * width..<min(order, (block + 1) * width)
            let images = Matrix<Double>(rows: rows.count, columns: order)
            images.assign(product: system.vectors.rows(rows).plain, matrix.plain)
            return rows.reduce(0) { worst, row in
                let image = images.row(row - rows.lowerBound)
                image.add(-system.values[row], system.vectors.row(row))
                return max(worst, image.norm)
            }
        }.max() ?? 0
    }
}
