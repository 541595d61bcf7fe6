import LinearAlgebra

/// w ← (I − QᵀQ) w by classical Gram–Schmidt, each coefficient and sum in double.
///
/// The basis is read once for the coefficients, and once to subtract, when the coefficients of what is left are found
/// too. Only where these exceed rounding (`2 eps ‖w‖`; storing w leaves ½ eps ‖w‖ at most in any direction) are they
/// subtracted as well: "twice is enough" (Giraud, Langou and Rozložník 2005), and here the second time is measured to be
/// needed. It is, where w loses most of its length.
///
/// - Returns: all that was projected out, and the norm of what is left.
func project<Element: Scalar>(
    _ w: Vector<Element>, outOf rows: Matrix<Element>, epsilon: Double, workers: Workers
) -> (coefficients: [Double], norm: Double) {
    var total = Basis.coefficients(of: w, in: rows, workers: workers)
    var (left, square) = Basis.subtract(total, of: rows, from: w, workers: workers)
    for _ in 0..<2 {
        let bound = 2 * epsilon * square.squareRoot()
        guard left.contains(where: { abs($0) > bound }) else { break }
        for index in total.indices { total[index] += left[index] }
        (left, square) = Basis.subtract(left, of: rows, from: w, workers: workers)
    }
    return (total, square.squareRoot())
}

/// The same where w is expected to be orthogonal already: one reading of the basis finds that there is nothing to do.
///
/// - Returns: the norm of what is left.
func keep<Element: Scalar>(
    _ w: Vector<Element>, outOf rows: Matrix<Element>, norm: Double, epsilon: Double, workers: Workers
) -> Double {
    let found = Basis.coefficients(of: w, in: rows, workers: workers)
    guard found.contains(where: { abs($0) > 2 * epsilon * norm }) else { return norm }
    return project(w, outOf: rows, epsilon: epsilon, workers: workers).norm
}
