#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A spectral density smoothed by a Gaussian, on a grid.
public struct SmoothedDensity: Sendable, Equatable, Codable {
    /// The Gaussian's standard deviation.
    public let sigma: Double
    /// t, equidistant and ascending.
    public let grid: [Double]
    /// φ_σ(t), the mean over the probes.
    public let values: [Double]
    /// Its standard error between the probes at each t; nil for a single probe.
    public let standardErrors: [Double]?
    /// The trapezoid sum of `values`: 1 where the grid resolves σ, and shown because nothing is renormalised.
    public let mass: Double
}

extension SpectralDensity {
    /// σ = √(10⁻⁵ · max(1, θ_max − θ_min)), the default of Ghorbani et al. (2019): a *variance* of 10⁻⁵ of the range.
    public var defaultSigma: Double { (1e-5 * max(1, range.upperBound - range.lowerBound)).squareRoot() }

    /// From the smallest to the largest node of all probes.
    public var range: ClosedRange<Double> {
        let ends = probes.flatMap { [$0.nodes.first!, $0.nodes.last!] }
        return ends.min()!...ends.max()!
    }

    /// φ_σ(t) = Σ wᵢ N(t; θᵢ, σ²) on an equidistant grid over all nodes and `reach` standard deviations beyond.
    ///
    /// Nothing is normalised on the grid: 2 · 10⁻¹⁶ of a Gaussian lies beyond 8.2σ, so the trapezoid sum differs from 1
    /// only where the grid is coarser than about σ, and `mass` shows it. A trapezoid sum over a Gaussian with a grid
    /// spacing h is off by 2 exp(−2π²σ²/h²).
    ///
    /// - Parameters:
    ///   - sigma: `defaultSigma` where nil.
    ///   - points: grid points, at least 2.
    /// - Complexity: O(nodes · points · σ/range).
    public func smoothed(sigma: Double? = nil, points: Int = 10_000) -> SmoothedDensity {
        let sigma = sigma ?? defaultSigma
        precondition(sigma > 0 && points >= 2, "σ = \(sigma) on \(points) points")
        let reach = 8.5 * sigma
        let first = range.lowerBound - reach
        let spacing = (range.upperBound + reach - first) / Double(points - 1)
        let grid = (0..<points).map { first + Double($0) * spacing }
        let curves = probes.map { Self.curve($0, sigma: sigma, grid: grid, spacing: spacing) }
        let estimates = grid.indices.map { index in Estimate(mean: curves.map { $0[index] }) }
        let values = estimates.map(\.value)
        let mass = (values.reduce(0, +) - 0.5 * (values.first! + values.last!)) * spacing
        return SmoothedDensity(
            sigma: sigma, grid: grid, values: values,
            standardErrors: probes.count > 1 ? estimates.map { $0.standardError! } : nil, mass: mass)
    }

    private static func curve(
        _ probe: ProbeQuadrature, sigma: Double, grid: [Double], spacing: Double
    ) -> [Double] {
        var curve = [Double](repeating: 0, count: grid.count)
        let height = 1 / (sigma * (2 * Double.pi).squareRoot())
        let reach = 8.5 * sigma
        for (node, weight) in zip(probe.nodes, probe.weights) {
            let low = max(0, Int(((node - reach - grid[0]) / spacing).rounded(.down)))
            let high = min(grid.count - 1, Int(((node + reach - grid[0]) / spacing).rounded(.up)))
            for index in low...high {
                let distance = (grid[index] - node) / sigma
                curve[index] += weight * height * exp(-0.5 * distance * distance)
            }
        }
        return curve
    }
}
