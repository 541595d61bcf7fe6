public import LinearAlgebra

/// The singular values of a matrix, and what a rank needs to know beside them.
public struct SingularSpectrum: Sendable, Equatable {
    /// Descending, `[min(rows, columns)]`.
    public let values: [Double]
    public let rows: Int
    public let columns: Int
    /// eps of the precision in which the matrix itself was computed.
    public let precision: Double
    /// A singular value below this share of the largest cannot be told from 0.
    public let resolution: Double

    /// σ₁, 0 for a matrix of zeros.
    public var largest: Double { values.first ?? 0 }

    public var isZero: Bool { !(largest > 0) }

    public init(values: [Double], rows: Int, columns: Int, precision: Double, resolution: Double) {
        self.values = values
        self.rows = rows
        self.columns = columns
        self.precision = precision
        self.resolution = resolution
    }

    /// That of a matrix in memory.
    ///
    /// In single precision from the Gram matrix of the shorter side, formed in double: what that cannot resolve lies far
    /// below the rounding of the matrix itself. In double precision by LAPACK from the matrix.
    ///
    /// - Throws: `FactorisationFailure` where LAPACK fails.
    public init<Element: Scalar>(of matrix: Matrix<Element>, workers: Workers = .one) throws(FactorisationFailure) {
        let wide = Matrix<Double>(rows: matrix.rows, columns: matrix.columns)
        for row in 0..<matrix.rows { wide.row(row).assign(matrix.row(row).doubles) }
        let precision = Double(Element.ulpOfOne)
        guard precision > Double.ulpOfOne else {
            self.init(
                values: try SingularValues.denseValues(of: wide), rows: matrix.rows, columns: matrix.columns,
                precision: precision, resolution: Double.ulpOfOne)
            return
        }
        try self.init(
            gram: Self.gram(of: wide), rows: matrix.rows, columns: matrix.columns, precision: precision,
            workers: workers)
    }

    /// The Gram matrix of the shorter side, of which the lower triangle is filled (and what stands beside it in panels).
    private static func gram(of matrix: Matrix<Double>) -> Matrix<Double> {
        let order = min(matrix.rows, matrix.columns)
        let gram = Matrix<Double>(rows: order, columns: order)
        for first in stride(from: 0, to: order, by: 128) {
            let (panel, below) = (first..<min(order, first + 128), first..<order)
            let part = gram.rows(below).columns(panel)
            if matrix.rows < matrix.columns {
                part.assign(product: matrix.rows(below).plain, matrix.rows(panel).transposed)
            } else {
                part.assign(product: matrix.columns(below).transposed, matrix.columns(panel).plain)
            }
        }
        return gram
    }

    /// That of a matrix of which only the Gram matrix of its columns (or rows) is at hand.
    ///
    /// - Throws: `FactorisationFailure` where LAPACK fails.
    public init(
        gram: Matrix<Double>, rows: Int, columns: Int, precision: Double, workers: Workers = .one
    ) throws(FactorisationFailure) {
        let values = try SingularValues.values(ofGram: gram, workers: workers)
        self.init(
            values: Array(values.prefix(min(rows, columns))), rows: rows, columns: columns, precision: precision,
            resolution: (Double(gram.rows) * Double.ulpOfOne).squareRoot())
    }
}
