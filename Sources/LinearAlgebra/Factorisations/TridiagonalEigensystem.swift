import CLAPACKE

/// All eigenvalues and eigenvectors of a real symmetric tridiagonal matrix T, in double precision.
///
/// `T = S diag(θ) Sᵀ`. The implicit QL iteration (`dsteqr`) is used rather than the faster relatively robust
/// representations (`dstemr`): those lose vectors on the clustered spectra that Lanczos produces.
///
/// - Complexity: O(m³) for m rows, and m² numbers of memory.
public struct TridiagonalEigensystem: Sendable {
    /// θ, ascending; `[m]`.
    public let eigenvalues: [Double]
    /// Row i is the unit eigenvector of θᵢ; `[m, m]`.
    public let eigenvectors: Matrix<Double>

    /// - Parameters:
    ///   - diagonal: `[m]`, m ≥ 1.
    ///   - offDiagonal: `[m − 1]`.
    public init(diagonal: [Double], offDiagonal: [Double]) throws(FactorisationFailure) {
        let order = diagonal.count
        precondition(order >= 1 && offDiagonal.count == order - 1, "\(order) and \(offDiagonal.count) coefficients")
        BLAS.prepare()
        var values = diagonal
        var off = offDiagonal + [0]
        // LAPACK fills column-major: its columns, the eigenvectors, are the rows of a row-major matrix.
        let vectors = Matrix<Double>(rows: order, columns: order)
        defer { keepAlive(vectors) }
        let info = LAPACKE_dsteqr(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "I")), Int32(order), &values, &off, vectors.start, Int32(order))
        guard info == 0 else { throw FactorisationFailure(routine: "dsteqr", info: Int(info)) }
        eigenvalues = values
        eigenvectors = vectors
    }

    /// The eigenvectors' first components: their squares are the weights of Gauss quadrature (Golub and Welsch 1969).
    public var firstComponents: [Double] { (0..<eigenvalues.count).map { eigenvectors[$0, 0] } }

    /// The eigenvectors' last components: times the next off-diagonal they are the residuals of Ritz pairs.
    public var lastComponents: [Double] { (0..<eigenvalues.count).map { eigenvectors[$0, eigenvalues.count - 1] } }
}
