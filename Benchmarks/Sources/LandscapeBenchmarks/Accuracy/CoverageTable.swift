import LinearAlgebra
import Networks

/// In how many of 200 seeded repeats the 95 % interval holds the truth, and how wide it is.
enum CoverageTable {
    /// Of 200 repeats of a true 95 % interval all but one in 500 lie between these shares.
    private static let allowed = 0.90...0.99

    static func markdown(_ scope: AccuracyScope) throws -> String {
        let cases = try AccuracyCase.all() + [AccuracyCase.reference(.gaussNewton)]
        let estimators = ScalarEstimator.all.filter { scope.rows.isEmpty || $0.name.contains(scope.rows) }
        let rows = try estimators.map { estimator in
            [estimator.name, estimator.cost]
                + (try cases.map { item in
                    guard estimator.demand.isMet(by: item) else { return "–" }
                    return try cell(estimator, item, scope)
                })
        }
        return Markdown.table(["95 % interval of", "products"] + cases.map(\.name), rows)
    }

    /// `94 2e-2`: covered in 94 % of the repeats, the interval's median half-width relative to the scale of the number.
    private static func cell(
        _ estimator: ScalarEstimator, _ item: AccuracyCase, _ scope: AccuracyScope
    ) throws -> String {
        let found = try scope.map(scope.repeats, of: item) { seed in
            do {
                return try estimator.outcome(item, UInt64(seed))
            } catch {
                AccuracyLog.note("coverage \(estimator.name) \(item.name), seed \(seed): \(error)")
                return Outcome(nil, truth: 0, scale: 1)
            }
        }
        let share = found.reduce(0) { $0 + $1.covered } / Double(found.count)
        let width = Timing.median(found.map(\.halfWidth))
        if width <= Outcome.rounding && share == 1 { return "exact" }
        let text = "\(Int((100 * share).rounded())) \(Markdown.error(width))"
        if !allowed.contains(share) {
            let bad = found.indices.filter { found[$0].covered == 0 }.prefix(12)
            let bias = found.reduce(0) { $0 + $1.error } / Double(found.count)
            AccuracyLog.note(
                "coverage \(estimator.name), \(estimator.cost), \(item.name): \(share), half width \(width), "
                    + "mean error \(bias), seeds \(bad)")
        }
        return allowed.contains(share) ? text : "**\(text)**"
    }
}
