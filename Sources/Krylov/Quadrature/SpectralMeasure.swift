/// What every density here is made of: k exact atoms of weight 1/P, and the mean of M quadratures of the other P − k.
struct SpectralMeasure: Sendable, Equatable {
    let dimension: Int
    /// The exact eigenvalues, ascending.
    let atoms: [Double]
    /// Each of weight 1; none where the atoms are all there is.
    let probes: [ProbeQuadrature]

    /// (P − k)/P
    var bulkShare: Double { Double(dimension - atoms.count) / Double(dimension) }

    /// From the smallest to the largest atom or node.
    var range: ClosedRange<Double> {
        let ends = probes.flatMap { [$0.nodes.first!, $0.nodes.last!] } + atoms
        return ends.min()!...ends.max()!
    }

    /// (1/P) tr f(A) = (1/P) Σ_atoms f + (P − k)/P · mean over probes of Σ w f(θ), times `scale`.
    func estimate(scale: Double = 1, _ f: (Double) -> Double) -> Estimate {
        estimate(scale: scale, atoms: atoms.map(f).reduce(0, +), bulk: probes.map { $0.sum(f) })
    }

    /// The same from the sum over the atoms and each probe's own value.
    func estimate(scale: Double = 1, atoms sum: Double, bulk: [Double]) -> Estimate {
        let exact = sum / Double(dimension)
        guard atoms.count < dimension else { return Estimate(value: scale * exact, standardError: 0) }
        return Estimate(mean: bulk.map { scale * (exact + bulkShare * $0) })
    }

    /// (1/P) tr Aᵏ, times `scale`.
    func moment(_ power: Int, scale: Double = 1) -> Estimate { estimate(scale: scale) { $0.raised(to: power) } }

    /// tr A, with the error that Hutchinson's estimate has (`TraceConfiguration`).
    ///
    /// For v uniform on the sphere of radius √D in D = P − k dimensions Var vᵀBv = 2D/(D + 2) · (tr B² − (tr B)²/D), and
    /// each probe's quadrature knows ‖Bv‖² beside vᵀBv: far less noisy than the spread of a few vᵀBv, from which 90 %
    /// were covered for 95. The variance of random signs is smaller, by that of the diagonal: then it is a bound.
    ///
    /// - Parameters:
    ///   - knowsSecondMoment: otherwise the probes' own spread is taken.
    ///   - rounding: a standard error that no probe shows.
    func trace(knowsSecondMoment: Bool, rounding: Double = 0) -> Estimate {
        let plain = moment(1, scale: Double(dimension))
        guard let sampled = plain.standardError, !probes.isEmpty else { return plain }
        guard knowsSecondMoment else {
            return Estimate(
                value: plain.value, standardError: (sampled * sampled + rounding * rounding).squareRoot(),
                degreesOfFreedom: plain.degreesOfFreedom)
        }
        let order = dimension - atoms.count
        return Estimate(
            ofForms: probes.map { Double(order) * $0.moment(1) }, squares: probes.map { Double(order) * $0.moment(2) },
            dimension: order, offset: atoms.reduce(0, +), rounding: rounding)
    }

    /// tr A², with an interval on a logarithmic scale.
    ///
    /// For v uniform on the sphere in D = P − k dimensions Var vᵀB²v = 2/(D + 2) · (tr B⁴/D − (tr B²/D)²) (the formula of
    /// `TraceConfiguration` for B²). A few samples of what is nearly a χ² often spread less than that; the quadratures
    /// know tr B⁴ as well, so the larger of the two is taken.
    func frobeniusNormSquared(knowsFourthMoment: Bool) -> Estimate {
        let plain = moment(2, scale: Double(dimension))
        guard let sampled = plain.standardError, !probes.isEmpty else { return plain }
        let count = Double(probes.count)
        let order = Double(dimension - atoms.count)
        let second = probes.reduce(0) { $0 + $1.sum { $0.raised(to: 2) } } / count
        let fourth = knowsFourthMoment ? probes.reduce(0) { $0 + $1.sum { $0.raised(to: 4) } } / count : 0
        let expected = order * (2 / (order + 2) * max(0, fourth - second * second) / count).squareRoot()
        return Estimate(
            value: plain.value, standardError: max(sampled, expected), degreesOfFreedom: plain.degreesOfFreedom,
            scale: .logarithmic)
    }
}

extension ProbeQuadrature {
    /// Σ wᵢ f(θᵢ); a node without weight, where f may be infinite, adds nothing.
    func sum(_ f: (Double) -> Double) -> Double {
        var sum = 0.0
        for index in nodes.indices where weights[index] != 0 { sum += weights[index] * f(nodes[index]) }
        return sum
    }
}

extension Double {
    /// Self times itself, `power` times; 1 for 0.
    func raised(to power: Int) -> Double {
        var result = 1.0
        for _ in 0..<power { result *= self }
        return result
    }
}
