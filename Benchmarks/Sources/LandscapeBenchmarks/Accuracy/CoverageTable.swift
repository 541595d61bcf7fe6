import Krylov
import LinearAlgebra

/// In how many of 200 seeded repeats the 95 % interval holds the truth, and how wide it is.
enum CoverageTable {
    /// Of 200 repeats of a true 95 % interval all but one in 500 lie between these shares.
    private static let allowed = 0.90...0.99

    static func markdown(_ scope: AccuracyScope) throws -> String {
        let cases = try AccuracyCase.all()
        let rows = try ScalarEstimator.all.map { estimator in
            [estimator.name, estimator.cost]
                + (try cases.map { item in
                    guard estimator.applies(item) else { return "–" }
                    return try cell(estimator, item, scope)
                })
        }
        return Markdown.table(["95 % interval of", "products"] + cases.map(\.name), rows)
    }

    /// `94 2e-2`: covered in 94 % of the repeats, the interval's median half-width relative to the scale of the number.
    private static func cell(_ estimator: ScalarEstimator, _ item: AccuracyCase, _ scope: AccuracyScope) throws -> String {
        let truth = estimator.truth(item)
        let scale = estimator.scale(item)
        let found = try scope.map(scope.repeats, of: item) { seed in
            try estimator.estimate(item.double, item, UInt64(seed))
        }
        // Where the estimator is exact what is left is rounding.
        let rounding = 1e-12 * scale
        let covered = found.count { estimate in
            guard let interval = estimate.interval(confidence: 0.95) else { return false }
            return truth >= interval.lowerBound - rounding && truth <= interval.upperBound + rounding
        }
        let share = Double(covered) / Double(found.count)
        let width = Timing.median(
            found.map { estimate in
                estimate.interval(confidence: 0.95).map { ($0.upperBound - $0.lowerBound) / 2 } ?? .nan
            })
        let isExact = width <= rounding && covered == found.count
        let text = isExact ? "exact" : "\(Int((100 * share).rounded())) \(Markdown.error(width / scale))"
        return isExact || allowed.contains(share) ? text : "**\(text)**"
    }
}
