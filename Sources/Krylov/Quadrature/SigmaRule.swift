#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How wide the Gaussian is that a density is smoothed with.
public enum SigmaRule: Sendable, Equatable {
    /// σ² = 10⁻⁵ · max(1, range): a *variance* (Ghorbani, Krishnan and Xiao, ICML 2019).
    case ghorbani
    /// A standard deviation given by hand.
    case fixed(Double)
    /// σ = h/√(8 ln κ), h = range/(m − 1) the mean distance of the m nodes of the shortest quadrature: half way to the
    /// next node the Gaussian has fallen to 1/κ of its height (1.25 in Lin, Saad and Yang, SIAM Review 58 (2016); 3 in
    /// Papyan, JMLR 21 (2020)). So what is narrower than the quadrature resolves is not drawn as peaks.
    case resolution(kappa: Double = 1.25)

    /// σ for quadratures of `steps` nodes over `range`.
    ///
    /// Where the rule would give 0 (a single node) it is `ghorbani`'s.
    func sigma(range: ClosedRange<Double>, steps: Int) -> Double {
        let width = range.upperBound - range.lowerBound
        switch self {
        case .ghorbani: return (1e-5 * max(1, width)).squareRoot()
        case .fixed(let sigma):
            precondition(sigma > 0, "σ = \(sigma)")
            return sigma
        case .resolution(let kappa):
            precondition(kappa > 1, "κ = \(kappa)")
            guard steps > 1, width > 0 else { return SigmaRule.ghorbani.sigma(range: range, steps: steps) }
            return width / Double(steps - 1) / (8 * log(kappa)).squareRoot()
        }
    }
}

/// Where a smoothed density is evaluated: equidistant points.
public enum DensityGrid: Sendable, Equatable {
    /// Over all nodes and 8.5σ beyond, so that no mass is left out.
    case covering(points: Int = 10_000)
    /// By hand; what lies outside is reported, not moved in.
    case between(lower: Double, upper: Double, points: Int)

    func points(range: ClosedRange<Double>, sigma: Double) -> (grid: [Double], spacing: Double) {
        let (lower, upper, count) =
            switch self {
            case .covering(let points): (range.lowerBound - 8.5 * sigma, range.upperBound + 8.5 * sigma, points)
            case .between(let lower, let upper, let points): (lower, upper, points)
            }
        precondition(count >= 2 && lower < upper, "a grid of \(count) points from \(lower) to \(upper)")
        let spacing = (upper - lower) / Double(count - 1)
        return ((0..<count).map { lower + Double($0) * spacing }, spacing)
    }
}
