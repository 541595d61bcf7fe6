import Krylov

/// A density smoothed for figures and people, on the axis and in decades.
struct DrawnDensity {
    let smoothed: SmoothedDensity
    let logarithmic: LogDensity
    let certificates: [Certificate]
    let warnings: [String]

    private static let points = 10_000

    /// A Gaussian too narrow for a grid that covers everything is widened to two of its steps, unless the width was given
    /// by hand: Ghorbani's is a fixed share of the range's square root, and no grid resolves it over a range of 10⁴.
    init(_ density: SpectralDensity, _ wish: HessianConfiguration.DensityWish) {
        var rule = wish.sigma
        var warnings: [String] = []
        let width = density.range.upperBound - density.range.lowerBound
        let narrow = density.sigma(rule)
        if wish.grid == nil, rule == .ghorbani, narrow < width / Double(Self.points) {
            rule = .fixed(2 * width / Double(Self.points))
            warnings.append(
                "σ is \(Certificates.text(density.sigma(rule))), two steps of the grid, since the rule's "
                    + "\(Certificates.text(narrow)) is too narrow for it")
        }
        let grid: DensityGrid =
            wish.grid.map { .between(lower: $0.lowerBound, upper: $0.upperBound, points: Self.points) }
            ?? .covering(points: Self.points)
        smoothed = density.smoothed(rule, on: grid)
        logarithmic = density.logarithmic(points: 1000)
        let outside = smoothed.massBelow + smoothed.massAbove
        if outside > 1e-3 {
            warnings.append("\((outside * 1000).rounded() / 10) % of the density lies outside the grid")
        }
        certificates = [.mass(error: smoothed.gridError)]
        self.warnings = warnings
    }
}
