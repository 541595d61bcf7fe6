extension SpectralDensity {
    /// σ = √(10⁻⁵ · max(1, θ_max − θ_min)), the default of Ghorbani et al. (2019): a *variance* of 10⁻⁵ of the range.
    public var defaultSigma: Double { sigma(.ghorbani) }

    /// The Gaussian's standard deviation by that rule. The range of `resolution` is the probes': outliers that were
    /// taken out do not widen it.
    public func sigma(_ rule: SigmaRule) -> Double {
        var range = range
        if case .resolution = rule, !probes.isEmpty {
            range = SpectralMeasure(dimension: dimension, atoms: [], probes: probes).range
        }
        return rule.sigma(range: range, steps: probes.map(\.nodes.count).min() ?? 1)
    }

    /// From the smallest to the largest outlier or node of all probes.
    public var range: ClosedRange<Double> { measure.range }

    /// φ_σ(t) = Σ wᵢ N(t; θᵢ, σ²) on an equidistant grid over all nodes and 8.5 standard deviations beyond.
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
        measure.smoothed(sigma: sigma ?? defaultSigma, .covering(points: points))
    }

    /// The same with σ by rule, on a grid that may be given by hand; mass off the grid is in the result.
    public func smoothed(_ rule: SigmaRule, on grid: DensityGrid = .covering()) -> SmoothedDensity {
        measure.smoothed(sigma: sigma(rule), grid)
    }
}
