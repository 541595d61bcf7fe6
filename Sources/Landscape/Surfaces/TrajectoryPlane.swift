import Files
import Krylov
public import LinearAlgebra
public import Networks

/// The plane that comes closest to a trajectory of checkpoints: through the last one, along the two principal
/// directions of M = [θ₀ − θ_n; …; θ_{n−1} − θ_n].
///
/// The directions are right singular vectors of M, from the eigenvectors u of its Gram matrix in double precision:
/// p = Mᵀu / σ. All parameters take part. M is not centred unless asked: so the plane is the one through θ_n that holds
/// most of the squared distance from θ_n. The authors' program centres it, since the library that it calls does; then
/// directions of the spread about the mean are laid through θ_n all the same.
///
/// Source: Li et al. 2018, "Visualizing the loss landscape of neural nets", section 7.2.
public struct TrajectoryPlane<Element: Scalar>: Sendable {
    /// p₁ and p₂, of length 1, each turned so that its largest element is positive.
    public let directions: [SurfaceDirection<Element>]
    /// σ² / Σ σ² of every principal direction, largest first.
    public let explained: [Double]
    /// ⟨θᵢ − θ_n, p⟩ of every checkpoint, the last one included, `[checkpoints, 2]`.
    public let projections: [[Double]]
    /// The distance of every checkpoint from the plane.
    public let distances: [Double]
    public let isCentred: Bool

    /// - Parameter path: the checkpoints' parameters in their order, 3 at least.
    /// - Throws: `Fault` of kind `data` where the checkpoints lie on a line; `FactorisationFailure`.
    public init(_ path: [Parameters<Element>], isCentred: Bool = false, workers: Workers = .one) throws {
        guard path.count >= 3, let last = path.last else {
            throw Fault(
                .data, "\(path.count) checkpoints are no trajectory", at: "trajectory",
                remedy: "Give three or more, or use 'landscape interpolate'")
        }
        let displacements = Matrix<Element>(rows: path.count - 1, columns: last.layout.count)
        for (row, point) in path.dropLast().enumerated() {
            displacements.row(row).assign(point.vector)
            displacements.row(row).add(-1, last.vector)
        }
        let gram = Self.gram(displacements, workers: workers)
        let system = try SymmetricEigenvalues.system(of: isCentred ? Self.centred(gram) : gram)
        let order = system.values.indices.reversed()
        let total = system.values.reduce(0) { $0 + max(0, $1) }
        // What is smaller is the rounding of the largest.
        let least = Double(Element.ulpOfOne) * Double(path.count) * (system.values.last ?? 0)
        guard system.values.count >= 2, system.values[system.values.count - 2] > least else {
            throw Fault(
                .data, "the checkpoints lie on a line, which is no plane", at: "trajectory",
                remedy: "Give checkpoints that differ, or use 'landscape interpolate'")
        }
        let chosen = order.prefix(2).map { index in
            let weights = system.vectors.row(index).array
            return Self.direction(
                isCentred ? Self.centred(weights) : weights, of: displacements, workers: workers)
        }
        directions = chosen.enumerated().map {
            SurfaceDirection($1, origin: "principal direction \($0 + 1) of the trajectory")
        }
        explained = order.map { max(0, system.values[$0]) / total }
        let inner = (0..<displacements.rows).map { row in
            chosen.map { Basis.dot(displacements.row(row), $0, workers: workers) }
        }
        projections = inner + [[0, 0]]
        distances =
            inner.enumerated().map { row, place in
                max(0, gram[row, row] - place.reduce(0) { $0 + $1 * $1 }).squareRoot()
            } + [0]
        self.isCentred = isCentred
    }

    /// M Mᵀ in double precision.
    private static func gram(_ rows: Matrix<Element>, workers: Workers) -> Matrix<Double> {
        let gram = Matrix<Double>(rows: rows.rows, columns: rows.rows)
        let products = Basis.coefficients(of: (0..<rows.rows).map { rows.row($0) }, in: rows, workers: workers)
        // One order of each pair, so that the matrix is symmetric to the bit.
        for row in 0..<rows.rows {
            for column in 0...row {
                gram[row, column] = products[row][column]
                gram[column, row] = products[row][column]
            }
        }
        return gram
    }

    /// C G C with C = I − 1/n: the Gram matrix of the rows less their mean.
    private static func centred(_ gram: Matrix<Double>) -> Matrix<Double> {
        let count = Double(gram.rows)
        let means = (0..<gram.rows).map { gram.row($0).sum / count }
        let mean = means.reduce(0, +) / count
        let result = Matrix<Double>(rows: gram.rows, columns: gram.rows)
        for row in 0..<gram.rows {
            for column in 0..<gram.rows {
                result[row, column] = gram[row, column] - means[row] - means[column] + mean
            }
        }
        return result
    }

    /// C u.
    private static func centred(_ weights: [Double]) -> [Double] {
        let mean = weights.reduce(0, +) / Double(weights.count)
        return weights.map { $0 - mean }
    }

    /// Mᵀ u, summed in double precision, of length 1.
    private static func direction(
        _ weights: [Double], of rows: Matrix<Element>, workers: Workers
    ) -> Vector<Element> {
        let length = 1 << 16
        let result = Vector<Element>(count: rows.columns)
        workers.forEach((rows.columns + length - 1) / length) { piece in
            let range = piece * length..<min(rows.columns, (piece + 1) * length)
            let sum = Vector<Double>(count: range.count)
            for (row, weight) in weights.enumerated() { sum.add(weight, Vector(converting: rows.row(row)[range])) }
            result[range].assign(Vector<Element>(converting: sum))
        }
        result.scale(by: Element(1 / Basis.dot(result, result, workers: workers).squareRoot()))
        result.turnPositive()
        return result
    }
}
