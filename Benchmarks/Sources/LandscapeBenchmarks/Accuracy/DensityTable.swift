import Krylov
import LinearAlgebra

/// Wasserstein-1 distance to the exact spectrum against products spent.
enum DensityTable {
    private static let budgets = [200, 800, 3200]
    private static let seeds = 9

    static func markdown(_ scope: AccuracyScope) throws -> String {
        var rows: [[String]] = []
        for item in try AccuracyCase.all() {
            for method in DensityMethod.allCases {
                let cells = try budgets.flatMap { budget -> [String] in
                    let found = try scope.map(scope.isQuick ? 3 : seeds, of: item) { seed in
                        try method.estimate(item.double, products: budget, seed: UInt64(seed))
                    }
                    let errors = found.map { $0.distance(to: item.eigenvalues) / item.norm }
                    return [
                        String(Int(Timing.median(found.map { Double($0.products) }))),
                        Markdown.error(Timing.median(errors)),
                    ]
                }
                rows.append([item.name, method.rawValue] + cells)
            }
        }
        return Markdown.table(["operator", "method"] + budgets.flatMap { _ in ["products", "W₁ / ‖A‖"] }, rows)
    }
}

/// A density as point masses, whoever found it.
struct PointMasses: Sendable {
    var nodes: [Double]
    /// As many; what they do not sum up to is missing.
    var weights: [Double]
    var products = 0

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
