import Krylov
import LinearAlgebra

/// Operators whose spectra are known, and the bounds that go with them.
enum Spectra {
    static func diagonal<Element: Scalar>(_ values: [Double], _: Element.Type) -> DiagonalOperator<Element> {
        DiagonalOperator(Vector<Element>(rounding: values))
    }

    /// Like a network's Hessian: `bulk` values spread over [−0.5, 0.5], three clusters of outliers above, one below.
    static func clustered(bulk: Int) -> [Double] {
        let spread = (0..<bulk).map { -0.5 + Double($0) / Double(bulk - 1) }
        return spread + outliers
    }

    static let outliers = [20, 19.98, 19.96, 11, 11.02, 5, 5.01, 5.02, 5.03, -4, -4.02]

    /// S diag(values) Sᵀ of order `dimension`, S with orthonormal columns: a matrix of rank `values.count`.
    static func dense(values: [Double], dimension: Int, seed: UInt64) -> Matrix<Double> {
        let columns = orthonormal(values.count, dimension: dimension, seed: seed)
        let scaled = Matrix<Double>(rows: values.count, columns: dimension)
        scaled.assign(columns)
        for (row, value) in values.enumerated() { scaled.row(row).scale(by: value) }
        let result = Matrix<Double>(rows: dimension, columns: dimension)
        result.assign(product: columns.transposed, scaled.plain)
        return result
    }

    /// Orthonormal rows, by Gram–Schmidt twice on normal numbers.
    static func orthonormal(_ count: Int, dimension: Int, seed: UInt64) -> Matrix<Double> {
        var source = RandomSource(seed: seed, stream: "orthonormal")
        let rows = Matrix<Double>(rows: count, columns: dimension)
        rows.elements.fillNormal(using: &source)
        orthonormalise(rows)
        return rows
    }

    static func orthonormalise(_ rows: Matrix<Double>) {
        for index in 0..<rows.rows {
            let row = rows.row(index)
            for _ in 0..<2 {
                for earlier in 0..<index { row.add(-row.dot(rows.row(earlier)), rows.row(earlier)) }
            }
            row.scale(by: 1 / row.norm)
        }
    }

    static func start<Element: Scalar>(_ dimension: Int, seed: UInt64 = 7, _: Element.Type) -> Vector<Element> {
        ProbeDistribution.gaussian.probe(0, dimension: dimension, seed: seed)
    }

    static func rounded<Element: Scalar>(_ matrix: Matrix<Double>, _: Element.Type) -> Matrix<Element> {
        Vector<Element>(converting: matrix.elements).matrix(rows: matrix.rows, columns: matrix.columns)
    }

    static func epsilon<Element: Scalar>(_: Element.Type) -> Double { Double(Element.ulpOfOne) }
}
