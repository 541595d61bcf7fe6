import LinearAlgebra

/// The memory of one start vector's process, used again by the next batch.
final class LanczosWorkspace<Element: Scalar>: Sendable {
    /// Q, `[rows, dimension]`.
    let basis: Matrix<Element>
    /// w, `[dimension]`.
    let image: Vector<Element>

    init(rows: Int, dimension: Int) {
        basis = Matrix(rows: rows, columns: dimension)
        image = Vector(count: dimension)
    }
}
