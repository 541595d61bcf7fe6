import CLAPACKE

extension SingularValues {
    /// The singular values of a matrix of any size, descending, `[min(rows, columns)]`: each within about eps of the
    /// largest, by LAPACK's `dgesdd`.
    ///
    /// - Throws: `FactorisationFailure` where LAPACK does not converge.
    /// - Complexity: 2 m² n + 4 m³/3 flops with m ≤ n, and a copy of the matrix.
    public static func denseValues(of matrix: Matrix<Double>) throws(FactorisationFailure) -> [Double] {
        let least = min(matrix.rows, matrix.columns)
        guard least > 0 else { return [] }
        BLAS.prepare()
        let work = Matrix<Double>(rows: matrix.rows, columns: matrix.columns)
        work.assign(matrix)
        defer { keepAlive(work) }
        var values = [Double](repeating: 0, count: least)
        var (left, right) = (0.0, 0.0)
        // Row-major is LAPACK's column-major of the transpose, whose singular values are the same.
        let (m, n) = (Int32(matrix.columns), Int32(matrix.rows))
        let info = LAPACKE_dgesdd(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), m, n, work.start, m, &values, &left, 1, &right, 1)
        guard info == 0 else { throw FactorisationFailure(routine: "dgesdd", info: Int(info)) }
        return values
    }

    /// The singular values of a matrix A, descending, from its Gram matrix Aᵀ A or A Aᵀ: the roots of its eigenvalues.
    ///
    /// A singular value below √(order · eps) of the largest cannot be told from rounding and is given as 0; the others
    /// have an error of at most order · eps σ₁²/σ. At 10⁻² of the largest that is 10⁻⁹ of itself for an order of 1000.
    ///
    /// - Parameter gram: `[order, order]`; only its lower triangle is read.
    /// - Throws: `FactorisationFailure` where LAPACK fails.
    public static func values(
        ofGram gram: Matrix<Double>, workers: Workers = .one
    ) throws(FactorisationFailure) -> [Double] {
        let eigenvalues = try SymmetricEigenvalues.values(of: gram, workers: workers)
        let floor = Double(gram.rows) * Double.ulpOfOne * (eigenvalues.last ?? 0)
        return eigenvalues.reversed().map { $0 > floor ? $0.squareRoot() : 0 }
    }
}
