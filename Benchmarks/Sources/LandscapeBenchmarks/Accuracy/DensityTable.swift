import Krylov
import LinearAlgebra

/// Wasserstein-1 distance to the exact spectrum against products spent.
enum DensityTable {
    /// More products go into longer probes and more of them alike.
    private static let budgets = [
        (products: 200, steps: 40), (products: 800, steps: 80), (products: 3200, steps: 160),
    ]
    private static let seeds = 9

    static func markdown(_ scope: AccuracyScope) throws -> String {
        var rows: [[String]] = []
        for item in try AccuracyCase.all() where scope.rows.isEmpty || item.name == scope.rows {
            for method in DensityMethod.allCases {
                let cells = try budgets.flatMap { try summary(method, item, $0, scope) }
                rows.append([item.name, method.rawValue] + cells)
            }
        }
        return Markdown.table(["operator", "method"] + budgets.flatMap { _ in ["products", "W₁ / ‖A‖"] }, rows)
    }

    /// Medians over seeds.
    private static func summary(
        _ method: DensityMethod, _ item: AccuracyCase, _ budget: (products: Int, steps: Int), _ scope: AccuracyScope
    ) throws -> [String] {
        let found = try scope.map(scope.isQuick ? 3 : seeds, of: item) { seed in
            do {
                return try method.distance(
                    item.double, to: item.eigenvalues, products: budget.products, steps: budget.steps,
                    seed: UInt64(seed))
            } catch {
                AccuracyLog.note(
                    "density \(item.name), \(method.rawValue), \(budget.products) products, seed \(seed): \(error)")
                return (0, .nan)
            }
        }
        return [
            String(Int(Timing.median(found.map { Double($0.products) }))),
            Markdown.error(Timing.median(found.map(\.distance)) / item.norm),
        ]
    }
}

/// A density as point masses, whoever found it.
struct PointMasses: Sendable {
    var nodes: [Double]
    /// As many; what they do not sum up to is missing.
    var weights: [Double]

    /// ∫ |F(t) − G(t)| dt to equal weights on `eigenvalues`; mass that is missing or too much counts over the whole
    /// range.
    func distance(to eigenvalues: [Double]) -> Double {
        let share = 1 / Double(eigenvalues.count)
        let jumps = (zip(nodes, weights).map { (at: $0.0, by: $0.1) } + eigenvalues.map { (at: $0, by: -share) })
            .sorted { $0.at < $1.at }
        var difference = 0.0
        var distance = 0.0
        for (jump, next) in zip(jumps, jumps.dropFirst()) {
            difference += jump.by
            distance += abs(difference) * (next.at - jump.at)
        }
        return distance
    }
}
