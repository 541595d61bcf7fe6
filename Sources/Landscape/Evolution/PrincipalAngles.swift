public import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The principal angles between two subspaces of parameter space, each spanned by the rows of a matrix.
///
/// cos θᵢ are the singular values of A Bᵀ for orthonormal A and B. A small angle does not show in its cosine (1 − θ²/2
/// rounds to 1 below 10⁻⁸), so that angles below π/4 come from their sines, the singular values of B − (B Aᵀ) A.
///
/// Source: Björck and Golub, Math. Comp. 27 (1973); the choice between the two as in Knyazev and Argentati, SIAM J. Sci.
/// Comput. 23 (2002).
public struct PrincipalAngles: Sendable, Equatable {
    /// In radians, ascending, in [0, π/2]; as many as the smaller space has dimensions.
    public let angles: [Double]
    /// (1/k) Σ cos² θᵢ: 1 for equal spaces, k/P on average for random ones.
    ///
    /// Source: Gur-Ari, Roberts and Dyer, "Gradient Descent Happens in a Tiny Subspace", 2018: tr P P′ / √(tr P tr P′).
    public let overlap: Double

    /// - Parameters:
    ///   - first: `[k, P]`, rows of length about 1 and about orthogonal, as eigenvectors are.
    ///   - second: `[l, P]`, likewise.
    /// - Throws: `FactorisationFailure` where singular values cannot be found.
    /// - Complexity: O((k + l)² P), and a copy of both.
    public init<Element: Scalar>(
        between first: Matrix<Element>, and second: Matrix<Element>, workers: Workers = .one
    ) throws(FactorisationFailure) {
        precondition(first.columns == second.columns, "spaces in \(first.columns) and \(second.columns) dimensions")
        // Angles are of the space that has fewer dimensions with the other.
        let (a, b) = second.rows <= first.rows ? (first, second) : (second, first)
        let (frame, _) = Orthonormalisation.of(a, workers: workers)
        let (other, _) = Orthonormalisation.of(b, workers: workers)
        let count = other.rows
        let inner = Basis.coefficients(of: (0..<count).map(other.row), in: frame, workers: workers)
        let cosines = try SingularValues.values(of: Self.matrix(inner)).map { min(1, $0) }
        // Twice: what the first leaves of the frame is rounding, and the second takes that.
        let rest = (0..<count).map(other.row)
        Basis.remove(inner, of: frame, from: rest, workers: workers)
        Basis.remove(
            Basis.coefficients(of: rest, in: frame, workers: workers), of: frame, from: rest, workers: workers)
        let (_, triangle) = Orthonormalisation.of(other, workers: workers)
        let sines = try SingularValues.values(of: triangle).reversed().map { min(1, $0) }
        angles = zip(cosines, sines).map { cosine, sine in 2 * cosine * cosine > 1 ? asin(sine) : acos(cosine) }
            .sorted()
        overlap = count == 0 ? 0 : cosines.reduce(0) { $0 + $1 * $1 } / Double(count)
    }

    /// The mean squared cosine alone, for many pairs of spaces with as many dimensions; both orthonormal.
    public static func overlap<Element: Scalar>(
        _ first: Matrix<Element>, _ second: Matrix<Element>, workers: Workers = .one
    ) -> Double {
        let inner = Basis.coefficients(of: (0..<second.rows).map(second.row), in: first, workers: workers)
        let count = max(1, min(first.rows, second.rows))
        return inner.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } } / Double(count)
    }

    /// The share of a vector's squared length that lies in the space of the orthonormal rows of `space`.
    public static func share<Element: Scalar>(
        of vector: Vector<Element>, in space: Matrix<Element>, workers: Workers = .one
    ) -> Double {
        let square = Basis.dot(vector, vector, workers: workers)
        guard square > 0 else { return 0 }
        let inner = Basis.coefficients(of: vector, in: space, workers: workers)
        return min(1, inner.reduce(0) { $0 + $1 * $1 } / square)
    }

    private static func matrix(_ rows: [[Double]]) -> Matrix<Double> {
        let result = Matrix<Double>(rows: rows.count, columns: rows.first?.count ?? 0)
        for (index, row) in rows.enumerated() { result.row(index).assign(row) }
        return result
    }
}

/// B = L Q with orthonormal rows Q and L lower triangular, by Gram–Schmidt, each row twice.
enum Orthonormalisation {
    /// - Returns: Q in memory of its own, and L in double precision. A row that is zero stays so in both.
    static func of<Element: Scalar>(
        _ matrix: Matrix<Element>, workers: Workers
    ) -> (rows: Matrix<Element>, triangle: Matrix<Double>) {
        let rows = Matrix<Element>(rows: matrix.rows, columns: matrix.columns)
        let triangle = Matrix<Double>(rows: matrix.rows, columns: matrix.rows)
        rows.assign(matrix)
        for index in 0..<rows.rows {
            let row = rows.row(index)
            let before = rows.rows(0..<index)
            for _ in 0..<2 where index > 0 {
                let inner = Basis.coefficients(of: row, in: before, workers: workers)
                Basis.remove([inner], of: before, from: [row], workers: workers)
                for (column, value) in inner.enumerated() { triangle[index, column] += value }
            }
            let norm = Basis.dot(row, row, workers: workers).squareRoot()
            triangle[index, index] = norm
            if norm > 0 { row.scale(by: Element(1 / norm)) }
        }
        return (rows, triangle)
    }
}
