import CLAPACKE

/// The spectrum of a dense symmetric matrix, in double precision: the same bytes for any number of workers.
public enum SymmetricEigenvalues {
    /// Below this order one-stage reduction is faster than two-stage.
    static let twoStageOrder = 1024

    /// All eigenvalues, ascending; only the lower triangle of `matrix` (`[n, n]`) is read.
    ///
    /// Small matrices go to LAPACK's `dsyevd`. Large ones are first reduced to a band (`BandReduction`), which does in
    /// GEMM what a reduction at one go does in matrix-vector products, then to tridiagonal form (`dsbtrd`), whose
    /// eigenvalues are those of the implicit QL iteration without square roots (`dsterf`).
    ///
    /// - Complexity: 4n³/3 flops; n² doubles of memory beside the matrix.
    public static func values<Element: Scalar>(
        of matrix: Matrix<Element>, workers: Workers = .one
    ) throws(FactorisationFailure) -> [Double] {
        let order = matrix.rows
        precondition(matrix.columns == order, "eigenvalues of a \(order)×\(matrix.columns) matrix")
        guard order > 0 else { return [] }
        BLAS.prepare()
        let work = widened(matrix)
        defer { keepAlive(work) }
        guard order < twoStageOrder else { return try bandValues(of: work, workers: workers) }
        var values = [Double](repeating: 0, count: order)
        // The row-major lower triangle is LAPACK's column-major upper one.
        let info = LAPACKE_dsyevd(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "U")), Int32(order), work.start,
            Int32(order), &values)
        guard info == 0 else { throw FactorisationFailure(routine: "dsyevd", info: Int(info)) }
        return values
    }

    private static func bandValues(
        of matrix: Matrix<Double>, workers: Workers
    ) throws(FactorisationFailure) -> [Double] {
        let order = Int32(matrix.rows)
        let band = try BandReduction.band(of: matrix, workers: workers)
        defer { keepAlive(band) }
        var diagonal = [Double](repeating: 0, count: matrix.rows)
        var off = diagonal
        var unused = 0.0
        var info = LAPACKE_dsbtrd(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "U")), order, Int32(band.columns - 1),
            band.start, Int32(band.columns), &diagonal, &off, &unused, 1)
        guard info == 0 else { throw FactorisationFailure(routine: "dsbtrd", info: Int(info)) }
        info = LAPACKE_dsterf(order, &diagonal, &off)
        guard info == 0 else { throw FactorisationFailure(routine: "dsterf", info: Int(info)) }
        return diagonal
    }

    /// All eigenvalues, ascending, and unit eigenvectors, one a row; the oracle for small operators.
    public static func system<Element: Scalar>(
        of matrix: Matrix<Element>
    ) throws(FactorisationFailure) -> (values: [Double], vectors: Matrix<Double>) {
        let order = matrix.rows
        precondition(matrix.columns == order, "eigenvalues of a \(order)×\(matrix.columns) matrix")
        BLAS.prepare()
        let work = widened(matrix)
        defer { keepAlive(work) }
        var values = [Double](repeating: 0, count: order)
        let info = LAPACKE_dsyevd(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")), Int32(order), work.start,
            Int32(order), &values)
        guard info == 0 else { throw FactorisationFailure(routine: "dsyevd", info: Int(info)) }
        return (values, work)
    }

    private static func widened<Element: Scalar>(_ matrix: Matrix<Element>) -> Matrix<Double> {
        let result = Matrix<Double>(rows: matrix.rows, columns: matrix.columns)
        for row in 0..<matrix.rows { result.row(row).assign(Vector<Double>(converting: matrix.row(row))) }
        return result
    }
}
