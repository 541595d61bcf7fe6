import Krylov
import LinearAlgebra

/// Ten eigenvalues of largest absolute value: what they cost, how wrong they are, and whether their residuals say so.
enum ExtremeTable {
    static let wanted = 10
    private static let tolerances = [1e-2, 1e-4, 1e-8]

    static func markdown(_ scope: AccuracyScope) throws -> String {
        var rows: [[String]] = []
        for item in try AccuracyCase.all() {
            let found = try tolerances.map { try search(item.double, item, tolerance: $0) }
            let single = try search(item.single, item, tolerance: 1e-4)
            rows.append(
                [item.name, String(item.dimension)] + (found + [single]).flatMap { [String($0.products), $0.errorText] }
                    + [(found + [single]).allSatisfy(\.isRight) ? "yes" : "**no**"])
        }
        let header =
            ["operator", "order"]
            + tolerances.flatMap { ["products to \(Markdown.error($0))", "error"] }
            + ["products to 1e-4, single", "error", "right"]
        return Markdown.table(header, rows)
    }

    private struct Finding {
        let products: Int
        /// max |θᵢ − λᵢ| / ‖A‖ over the wanted, both sorted; nil where not as many were found.
        let error: Double?
        /// Whether as many as wanted were found, multiplicities included, all converged, and each within its residual of
        /// the eigenvalue of its rank.
        let isRight: Bool

        var errorText: String { error.map(Markdown.error) ?? "**missed**" }
    }

    private static func search<Element: Scalar>(
        _ target: AnyOperator<Element>, _ item: AccuracyCase, tolerance: Double
    ) throws -> Finding {
        let count = min(wanted, item.dimension)
        let found = try Estimators.extremes(of: target, count: count, tolerance: tolerance)
        let exact = item.eigenvalues.sorted { abs($0) > abs($1) }.prefix(count).sorted()
        let pairs = found.pairs.sorted { $0.value < $1.value }
        guard pairs.count == count else { return Finding(products: found.products, error: nil, isRight: false) }
        // The rounding of the operator's products and of the residuals themselves.
        let rounding = 30 * Double(Element.ulpOfOne) * item.norm
        let errors = zip(pairs, exact).map { abs($0.value - $1) }
        let isRight = zip(pairs, errors).allSatisfy { $0.converged && $1 <= $0.residual + rounding }
        return Finding(products: found.products, error: errors.max()! / item.norm, isRight: isRight)
    }
}
