import Krylov

/// What a random start vector, uniform on the sphere, sees of a spectrum: exact variances from the exact eigenvalues.
struct SpectralMoments {
    let eigenvalues: [Double]
    let dimension: Int

    /// - Parameter dimension: P; eigenvalues not given are 0.
    init(_ eigenvalues: [Double], dimension: Int) {
        self.eigenvalues = eigenvalues
        self.dimension = dimension
    }

    var trace: Double { eigenvalues.reduce(0, +) }
    var frobeniusNormSquared: Double { eigenvalues.reduce(0) { $0 + $1 * $1 } }

    /// Of P vᵀAv: Var = 2P/(P + 2) (Σ λ² − (Σ λ)²/P), as the squares of v's components are Dirichlet(½, …, ½).
    func traceError(probes: Int) -> Double { error(eigenvalues, probes) }

    /// Of P vᵀA²v, the same for λ².
    func frobeniusError(probes: Int) -> Double { error(eigenvalues.map { $0 * $0 }, probes) }

    private func error(_ values: [Double], _ probes: Int) -> Double {
        let order = Double(dimension)
        let sum = values.reduce(0, +)
        let squares = values.reduce(0) { $0 + $1 * $1 }
        return (2 * order / (order + 2) * (squares - sum * sum / order) / Double(probes)).squareRoot()
    }

    /// ∫ √Var F̂(t) dt of the probes' mean distribution function: with k of P eigenvalues at or below t, F̂(t) is the mean
    /// of Beta(k/2, (P − k)/2) numbers, of variance 2 F (1 − F)/(P + 2).
    func distributionError(probes: Int) -> Double {
        let sorted = eigenvalues.sorted()
        let order = Double(dimension)
        return zip(sorted, sorted.dropFirst()).enumerated().reduce(0) { sum, item in
            let share = Double(item.offset + 1) / order
            let variance = 2 * share * (1 - share) / (order + 2) / Double(probes)
            return sum + variance.squareRoot() * (item.element.1 - item.element.0)
        }
    }

    /// A bound on W₁ between the measure that a probe sees and its Gauss quadrature, from the quadrature alone.
    ///
    /// By the Chebyshev–Markov–Stieltjes inequalities the two distribution functions differ by at most the larger of
    /// the weights to the left and right of t between two nodes, and by the outer weight beyond the outer nodes.
    func quadratureBound(_ density: SpectralDensity) -> Double {
        let low = eigenvalues.min()!
        let high = eigenvalues.max()!
        let bounds = density.probes.map { probe in
            var sum = max(0, probe.nodes[0] - low) * probe.weights[0]
            sum += max(0, high - probe.nodes.last!) * probe.weights.last!
            for index in 1..<probe.nodes.count {
                sum +=
                    max(probe.weights[index - 1], probe.weights[index]) * (probe.nodes[index] - probe.nodes[index - 1])
            }
            return sum
        }
        return bounds.reduce(0, +) / Double(bounds.count)
    }
}
