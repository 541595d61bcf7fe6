import Krylov
import LinearAlgebra

/// Ten eigenvalues of largest absolute value: what they cost, how wrong they are, and whether their bounds say so.
enum ExtremeTable {
    static let wanted = 10
    private static let tolerances = [1e-2, 1e-4, 1e-8]

    static func markdown(_ scope: AccuracyScope) throws -> String {
        var rows: [[String]] = []
        for item in try AccuracyCase.all() where scope.rows.isEmpty || item.name == scope.rows {
            var cells: [String] = []
            for tolerance in tolerances {
                cells += summary(
                    try scope.map(scope.repeats, of: item) { seed in
                        try search(item.double, item, tolerance: tolerance, seed: seed)
                    })
            }
            cells += summary(
                try scope.map(scope.repeats, of: item) { seed in
                    try search(item.single, item, tolerance: 1e-4, seed: seed)
                })
            rows.append([item.name, String(item.dimension)] + cells)
        }
        let titles = tolerances.map { "to \(Markdown.error($0))" } + ["to 1e-4, single"]
        return Markdown.table(["operator", "order"] + titles.flatMap { [$0 + ": products", "error", "wrong"] }, rows)
    }

    /// One search.
    struct Finding: Sendable {
        let products: Int
        /// max |θᵢ − λᵢ| / ‖A‖ over the wanted, both sorted; infinite where not as many were found.
        let error: Double
        /// Whether as many as wanted were found, multiplicities included, all converged; each within its allowed residual
        /// of the eigenvalue of its rank, so that none was missed; and each error bound with an eigenvalue of its own.
        let isRight: Bool
    }

    /// Median of the products, worst error, and how many of the searches are wrong.
    private static func summary(_ found: [Finding]) -> [String] {
        let wrong = found.count { !$0.isRight }
        return [
            String(Int(Timing.median(found.map { Double($0.products) }))),
            Markdown.error(found.map(\.error).max()!), wrong == 0 ? "0" : "**\(wrong)**",
        ]
    }

    static func search<Element: Scalar>(
        _ target: AnyOperator<Element>, _ item: AccuracyCase, tolerance: Double, seed: Int
    ) throws -> Finding {
        let count = min(wanted, item.dimension)
        let found = try Estimators.extremes(of: target, count: count, tolerance: tolerance, seed: UInt64(seed))
        let exact = item.eigenvalues.sorted { abs($0) > abs($1) }.prefix(count).sorted()
        let pairs = found.pairs.sorted { $0.value < $1.value }
        guard pairs.count == count else { return Finding(products: found.products, error: .infinity, isRight: false) }
        // The rounding of the operator's products and of the residuals themselves.
        let rounding = 30 * Double(Element.ulpOfOne) * item.norm
        let errors = zip(pairs, exact).map { abs($0.value - $1) }
        let isRight = zip(pairs, errors).allSatisfy {
            $0.converged && $1 <= max($0.residual, tolerance * abs($0.value)) + rounding
        }
        let isBounded = hold(pairs.map { ($0.value, $0.errorBound + rounding) }, item.eigenvalues)
        let error = errors.max()! / item.norm
        if !isRight || !isBounded {
            AccuracyLog.note(
                "extremes \(item.name) \(Element.precisionName) to \(tolerance), seed \(seed): error \(error)‖A‖, "
                    + "\(isRight ? "a bound fails" : "an eigenvalue is missed"); "
                    + "bounds \(pairs.map(\.errorBound)), verification \(found.verification)")
        }
        return Finding(products: found.products, error: error, isRight: isRight && isBounded)
    }

    /// Whether each interval value ± bound can be given an eigenvalue of its own that lies in it.
    private static func hold(_ intervals: [(value: Double, bound: Double)], _ eigenvalues: [Double]) -> Bool {
        var left = eigenvalues
        // The one that ends first takes the least eigenvalue that it can.
        for interval in intervals.sorted(by: { $0.value + $0.bound < $1.value + $1.bound }) {
            guard let place = left.firstIndex(where: { $0 >= interval.value - interval.bound }),
                left[place] <= interval.value + interval.bound
            else { return false }
            left.remove(at: place)
        }
        return true
    }
}
