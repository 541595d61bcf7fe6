import CLAPACKE

/// The spectrum of a dense symmetric matrix, by LAPACK, in double precision.
///
/// One thread: the library's threaded routines give other last digits for another number of threads.
public enum SymmetricEigenvalues {
    /// Below this order one-stage reduction is faster than two-stage.
    static let twoStageOrder = 1024

    /// All eigenvalues, ascending; only the lower triangle of `matrix` (`[n, n]`) is read.
    ///
    /// Large matrices are reduced to a band first (`dsyevd_2stage`; Haidar, Ltaief and Dongarra 2011), which does in
    /// GEMM what the one-stage reduction does in matrix-vector products.
    ///
    /// - Complexity: 4n³/3 flops; n² doubles of memory beside the matrix.
    public static func values<Element: Scalar>(of matrix: Matrix<Element>) throws(FactorisationFailure) -> [Double] {
        let order = matrix.rows
        precondition(matrix.columns == order, "eigenvalues of a \(order)×\(matrix.columns) matrix")
        guard order > 0 else { return [] }
        BLAS.prepare()
        let work = widened(matrix)
        var values = [Double](repeating: 0, count: order)
        // The row-major lower triangle is LAPACK's column-major upper one.
        let job = CChar(UInt8(ascii: "N")), triangle = CChar(UInt8(ascii: "U"))
        let size = Int32(order)
        let isLarge = order >= twoStageOrder
        let info =
            isLarge
            ? LAPACKE_dsyevd_2stage(LAPACK_COL_MAJOR, job, triangle, size, work.start, size, &values)
            : LAPACKE_dsyevd(LAPACK_COL_MAJOR, job, triangle, size, work.start, size, &values)
        guard info == 0 else { throw FactorisationFailure(routine: isLarge ? "dsyevd_2stage" : "dsyevd", info: Int(info)) }
        return values
    }

    /// All eigenvalues, ascending, and unit eigenvectors, one a row; the oracle for small operators.
    public static func system<Element: Scalar>(
        of matrix: Matrix<Element>
    ) throws(FactorisationFailure) -> (values: [Double], vectors: Matrix<Double>) {
        let order = matrix.rows
        precondition(matrix.columns == order, "eigenvalues of a \(order)×\(matrix.columns) matrix")
        BLAS.prepare()
        let work = widened(matrix)
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
