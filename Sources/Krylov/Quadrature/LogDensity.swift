#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The density of u = log₁₀|λ|, positive and negative eigenvalues apart, smoothed by a Gaussian on a grid of u.
///
/// `ψ±(u) = Σ over nodes with ±θ > floor of wᵢ N(u; log₁₀|θᵢ|, σ²)`, a density in decades; what has |θ| ≤ floor is
/// counted and not drawn, since its logarithm would be that of rounding. The three masses add up to 1.
public struct LogDensity: Sendable, Equatable, Codable {
    /// |λ| at and below which an eigenvalue is not told from 0.
    public let floor: Double
    /// The Gaussian's standard deviation, in decades.
    public let sigma: Double
    /// u = log₁₀|λ|, equidistant and ascending, 8.5σ beyond the smallest |θ| above the floor and the largest.
    public let grid: [Double]
    /// ψ₊(u) and ψ₋(u), means over the probes.
    public let positive: [Double]
    public let negative: [Double]
    /// Their standard errors between the probes; nil for a single probe.
    public let positiveErrors: [Double]?
    public let negativeErrors: [Double]?
    /// The shares of eigenvalues above the floor, below minus it, and between.
    public let massPositive: Estimate
    public let massNegative: Estimate
    public let massBelowFloor: Estimate
    /// Trapezoid sum of both curves plus the mass below the floor: 1 where the grid resolves σ.
    public let mass: Double
}

extension SpectralDensity {
    /// The density of log₁₀|λ|.
    ///
    /// - Parameters:
    ///   - floor: where nil 30 eps max|θ|, the rounding of Ritz values.
    ///   - sigma: in decades.
    ///   - points: grid points, at least 2.
    public func logarithmic(floor: Double? = nil, sigma: Double = 0.05, points: Int = 2_000) -> LogDensity {
        measure.logarithmic(
            floor: floor ?? roundingFactor * epsilon * max(abs(range.lowerBound), abs(range.upperBound)),
            sigma: sigma, points: points)
    }
}

extension SpectralMeasure {
    func logarithmic(floor: Double, sigma: Double, points: Int) -> LogDensity {
        precondition(floor >= 0 && sigma > 0 && points >= 2, "floor \(floor), σ = \(sigma), \(points) points")
        // A floor of 0 with an eigenvalue of 0 is met by the smallest number that has a logarithm.
        let bottom = max(floor, Double.leastNormalMagnitude)
        let top = max(abs(range.lowerBound), abs(range.upperBound), 10 * bottom)
        let smallest = (atoms + probes.flatMap(\.nodes)).map(abs).filter { $0 > bottom }.min() ?? bottom
        let span = log10(max(bottom, smallest))...log10(top)
        let (grid, spacing) = DensityGrid.covering(points: points).points(range: span, sigma: sigma)
        let upper = side(1, above: bottom, sigma: sigma, grid: grid, spacing: spacing)
        let lower = side(-1, above: bottom, sigma: sigma, grid: grid, spacing: spacing)
        let below = estimate { abs($0) <= bottom ? 1 : 0 }
        func trapezoid(_ values: [Double]) -> Double {
            (values.reduce(0, +) - 0.5 * (values.first! + values.last!)) * spacing
        }
        let curves = [upper.curve, lower.curve].map { $0.map(\.value) }
        func errors(_ curve: [Estimate]) -> [Double]? {
            curve[0].standardError == nil ? nil : curve.map { $0.standardError! }
        }
        return LogDensity(
            floor: floor, sigma: sigma, grid: grid, positive: curves[0], negative: curves[1],
            positiveErrors: errors(upper.curve), negativeErrors: errors(lower.curve), massPositive: upper.mass,
            massNegative: lower.mass, massBelowFloor: below,
            mass: curves.map(trapezoid).reduce(below.value, +))
    }

    /// The eigenvalues of one sign above the floor: their share and the curve of their logarithms.
    private func side(
        _ sign: Double, above floor: Double, sigma: Double, grid: [Double], spacing: Double
    ) -> (mass: Estimate, curve: [Estimate]) {
        func gaussians(_ nodes: [Double], _ weights: [Double]) -> Gaussians {
            let chosen = nodes.indices.filter { sign * nodes[$0] > floor }
            return Gaussians(
                nodes: chosen.map { log10(abs(nodes[$0])) }, weights: chosen.map { weights[$0] }, sigma: sigma)
        }
        let exact = gaussians(atoms, [Double](repeating: 1, count: atoms.count)).curve(grid, spacing: spacing)
        let curves = probes.map { gaussians($0.nodes, $0.weights).curve(grid, spacing: spacing) }
        let curve = grid.indices.map { index in estimate(atoms: exact[index], bulk: curves.map { $0[index] }) }
        return (estimate { sign * $0 > floor ? 1 : 0 }, curve)
    }
}
