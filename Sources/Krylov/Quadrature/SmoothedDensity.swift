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
    /// Of Student's t for intervals: the probes less one.
    public let degreesOfFreedom: Double?
    /// The trapezoid sum of `values`: 1 less what lies outside where the grid resolves σ, and shown because nothing is
    /// renormalised.
    public let mass: Double
    /// What lies below the grid's first and above its last point, from the Gaussians' own tails.
    public let massBelow: Double
    public let massAbove: Double

    /// How far the grid misses the mass that lies on it: |mass + massBelow + massAbove − 1|, large where it is coarser
    /// than σ.
    public var gridError: Double { abs(mass + massBelow + massAbove - 1) }

    /// φ_σ at grid point `index` with its error.
    public func estimate(_ index: Int) -> Estimate {
        Estimate(
            value: values[index], standardError: standardErrors?[index], degreesOfFreedom: degreesOfFreedom)
    }

    /// Each grid point's own interval (not a band for all together); nil for a single probe.
    public func intervals(confidence: Double = 0.95) -> [ClosedRange<Double>]? {
        guard let standardErrors else { return nil }
        let quantile = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degreesOfFreedom ?? .infinity)
        return zip(values, standardErrors).map { $0 - quantile * $1...$0 + quantile * $1 }
    }
}

extension SpectralMeasure {
    /// φ_σ(t) on the grid; linear in the probes, so that s/√M is the jackknife's error (see `Estimate`).
    func smoothed(sigma: Double, _ grid: DensityGrid) -> SmoothedDensity {
        precondition(sigma > 0, "σ = \(sigma)")
        let (points, spacing) = grid.points(range: range, sigma: sigma)
        let ones = [Double](repeating: 1, count: atoms.count)
        let exact = Gaussians(nodes: atoms, weights: ones, sigma: sigma)
        let probed = probes.map { Gaussians(nodes: $0.nodes, weights: $0.weights, sigma: sigma) }
        let atomCurve = exact.curve(points, spacing: spacing)
        let curves = probed.map { $0.curve(points, spacing: spacing) }
        let estimates = points.indices.map { index in
            estimate(atoms: atomCurve[index], bulk: curves.map { $0[index] })
        }
        let values = estimates.map(\.value)
        func outside(_ share: (Gaussians) -> Double) -> Double {
            estimate(atoms: share(exact), bulk: probed.map(share)).value
        }
        return SmoothedDensity(
            sigma: sigma, grid: points, values: values,
            standardErrors: estimates[0].standardError == nil ? nil : estimates.map { $0.standardError! },
            degreesOfFreedom: estimates[0].degreesOfFreedom,
            mass: (values.reduce(0, +) - 0.5 * (values.first! + values.last!)) * spacing,
            massBelow: outside { $0.mass(below: points.first!) }, massAbove: outside { $0.mass(above: points.last!) })
    }
}

/// Σ wᵢ N(t; θᵢ, σ²)
struct Gaussians {
    let nodes: [Double]
    let weights: [Double]
    let sigma: Double

    /// On equidistant points; each Gaussian is drawn out to 8.5σ, beyond which 2 · 10⁻¹⁷ of it lies.
    func curve(_ grid: [Double], spacing: Double) -> [Double] {
        var curve = [Double](repeating: 0, count: grid.count)
        let height = 1 / (sigma * (2 * Double.pi).squareRoot())
        let reach = 8.5 * sigma
        for (node, weight) in zip(nodes, weights) {
            guard node + reach >= grid[0], node - reach <= grid[grid.count - 1] else { continue }
            let low = max(0, Int(((node - reach - grid[0]) / spacing).rounded(.down)))
            let high = min(grid.count - 1, Int(((node + reach - grid[0]) / spacing).rounded(.up)))
            for index in low...high {
                let distance = (grid[index] - node) / sigma
                curve[index] += weight * height * exp(-0.5 * distance * distance)
            }
        }
        return curve
    }

    func mass(below t: Double) -> Double {
        zip(nodes, weights).reduce(0) { $0 + $1.1 * 0.5 * erfc(($1.0 - t) / (sigma * 2.0.squareRoot())) }
    }

    func mass(above t: Double) -> Double {
        zip(nodes, weights).reduce(0) { $0 + $1.1 * 0.5 * erfc((t - $1.0) / (sigma * 2.0.squareRoot())) }
    }
}
