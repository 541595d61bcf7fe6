/// Bounds on the errors of Ritz values whose vectors are orthonormal.
///
/// For a group of pairs with residual vectors R (‖R‖² at most the sum of the squared residuals), whose Ritz values are
/// all at least δ away from every eigenvalue that is not theirs, the eigenvalues lie within ‖R‖²/δ of the Ritz values, in
/// order (Parlett, The Symmetric Eigenvalue Problem, theorem 11.7.1; for one pair that of Kato and Temple). Groups are
/// made of neighbours: each pair is tried with all runs of pairs around it, and the least bound is taken; the residual
/// itself always holds. *Assumed* is that the other eigenvalues are where the other Ritz values are, up to their
/// residuals, that none was missed (`Verification`), and that those inside the spectrum, where Ritz values are not
/// converged, lie on the far side of the nearest Ritz value less its residual.
///
/// - Parameters:
///   - pairs: value and residual of each.
///   - others: the other Ritz values with their estimated residuals.
/// - Returns: one bound for each pair, in their order.
func errorBounds(
    of pairs: [(value: Double, residual: Double)], others: [(value: Double, residual: Double)]
) -> [Double] {
    let order = pairs.indices.sorted { pairs[$0].value < pairs[$1].value }
    let sorted = order.map { pairs[$0] }
    var bounds = sorted.map(\.residual)
    for first in sorted.indices {
        var square = 0.0
        for last in first..<sorted.count {
            square += sorted[last].residual * sorted[last].residual
            let outside = others + sorted[..<first] + sorted[(last + 1)...]
            let gap = outside.reduce(Double.infinity) { gap, other in
                let distance = max(sorted[first].value - other.value, other.value - sorted[last].value)
                // A value between those of the group leaves no gap.
                return min(gap, max(0, distance - other.residual))
            }
            // The theorem speaks of a gap, not of one that the residuals fill, nor of one that nothing bounds.
            guard gap.isFinite, gap * gap > square else { continue }
            for index in first...last { bounds[index] = min(bounds[index], square / gap) }
        }
    }
    var result = [Double](repeating: 0, count: pairs.count)
    for (place, index) in order.enumerated() { result[index] = bounds[place] }
    return result
}
