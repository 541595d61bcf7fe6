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
