/// Singular values of a small dense matrix, small ones too.
public enum SingularValues {
    /// The singular values, descending, `[min(rows, columns)]`.
    ///
    /// One-sided Jacobi: rows are turned against each other, two at a time, until all are orthogonal; their lengths are
    /// then the singular values. Eigenvalues of A Aᵀ would lose those below √eps of the largest; here each comes within
    /// rounding of the largest, and within rounding of itself where A is a well-conditioned matrix times a diagonal one.
    ///
    /// Source: Hestenes, J. SIAM 6 (1958); Demmel and Veselić, SIAM J. Matrix Anal. Appl. 13 (1992), algorithm 4.1.
    ///
    /// - Throws: `FactorisationFailure` where rows are not orthogonal after 60 sweeps, as with a NaN among them.
    /// - Complexity: O(m² n) for each of some ten sweeps, with m ≤ n.
    public static func values(of matrix: Matrix<Double>) throws(FactorisationFailure) -> [Double] {
        var rows = (0..<matrix.rows).map { matrix.row($0).array }
        if matrix.rows > matrix.columns {
            rows = (0..<matrix.columns).map { column in (0..<matrix.rows).map { matrix[$0, column] } }
        }
        // By a power of two, which rounds nothing: squares of the lengths must neither vanish nor overflow.
        let largest = rows.reduce(0) { $1.reduce($0) { max($0, abs($1)) } }
        let scale = largest > 0 && largest.isFinite ? largest.binade : 1
        for row in rows.indices { rows[row] = rows[row].map { $0 / scale } }
        for _ in 0..<60 {
            var isDone = true
            for first in rows.indices.dropLast() {
                for second in first + 1..<rows.count where turn(first, second, in: &rows) { isDone = false }
            }
            if isDone { return rows.map { scale * dot($0, $0).squareRoot() }.sorted(by: >) }
        }
        throw FactorisationFailure(routine: "one-sided Jacobi", info: 60)
    }

    /// Makes two rows orthogonal; false where they are already.
    private static func turn(_ first: Int, _ second: Int, in rows: inout [[Double]]) -> Bool {
        let (a, b) = (dot(rows[first], rows[first]), dot(rows[second], rows[second]))
        let c = dot(rows[first], rows[second])
        // A NaN is never within the bound, so that it is found out.
        if abs(c) <= Double.ulpOfOne * a.squareRoot() * b.squareRoot() { return false }
        let ratio = (b - a) / (2 * c)
        let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = cosine * tangent
        for index in rows[first].indices {
            let (x, y) = (rows[first][index], rows[second][index])
            rows[first][index] = cosine * x - sine * y
            rows[second][index] = sine * x + cosine * y
        }
        return true
    }

    private static func dot(_ x: [Double], _ y: [Double]) -> Double {
        var sum = 0.0
        for index in x.indices { sum += x[index] * y[index] }
        return sum
    }
}
