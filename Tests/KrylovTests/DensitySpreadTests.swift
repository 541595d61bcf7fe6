import Krylov
import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct DensitySpreadTests {
    private func density(_ values: [Double], probes: Int, steps: Int) throws -> SpectralDensity {
        try spectralDensity(
            of: Spectra.diagonal(values, Double.self),
            SpectralDensityConfiguration(
                probes: probes, seed: 6, lanczos: LanczosConfiguration(steps: steps, probesAtOnce: 4)))
    }

    /// Bound: Chebyshev, Markov and Stieltjes. Between two nodes both the probe's own F, summed directly, and the line lie
    /// between the sums of the weights before the lower and up to the upper node.
    @Test func spreadStaysWithinTheBounds() throws {
        let values = Spectra.clustered(bulk: 300)
        let result = try density(values, probes: 1, steps: 30)
        let probe = result.probes[0]
        let vector: Vector<Double> = ProbeDistribution.gaussian.probe(0, dimension: values.count, seed: 6)
        var sum = 0.0
        for (index, pair) in zip(probe.nodes, probe.nodes.dropFirst()).enumerated() {
            let upper = sum + probe.weights[index] + probe.weights[index + 1]
            for share in [0.01, 0.3, 0.5, 0.8, 0.99] {
                let t = pair.0 + share * (pair.1 - pair.0)
                let own = zip(values, vector.array).reduce(0) { $1.0 <= t ? $0 + $1.1 * $1.1 : $0 }
                for value in [own, result.spreadCumulative(at: t).value] {
                    #expect(value >= sum - 1e-10 && value <= upper + 1e-10)
                }
            }
            sum += probe.weights[index]
        }
    }

    /// Oracle: the spectrum. In a smooth bulk steps cost a quarter of their distance, 2/(4 · 40) on average for 40 nodes
    /// on [−1, 1], and lines its square; what the probes add, 2r/√(2PM) by `QuadratureTests`, is a fifth of that here. A
    /// half is allowed where a quarter is expected.
    @Test func linesAreCloserThanStepsInABulk() throws {
        let values = (0..<20_000).map { cos(Double.pi * (Double($0) + 0.5) / 20_000) }
        let result = try density(values, probes: 8, steps: 40)
        let steps = result.wassersteinDistance(to: values)
        let lines = result.spreadWassersteinDistance(to: values)
        #expect(steps > 0.008 && lines < 0.5 * steps, "\(lines) of \(steps)")
        // Against the direct integral over a fine grid, whose error is half a cell times the variation of |F − G|, 2.
        let points = 4_000
        var below = 0
        var direct = 0.0
        let sorted = values.sorted()
        for index in 0..<points {
            let t = -1.1 + 2.2 * (Double(index) + 0.5) / Double(points)
            while below < sorted.count, sorted[below] <= t { below += 1 }
            let exact = Double(below) / 20_000
            direct += abs(result.spreadCumulative(at: t).value - exact) * 2.2 / Double(points)
        }
        #expect(abs(direct - lines) <= 2 * 2.2 / Double(points))
    }

    /// Five eigenvalues that the steps resolve stay atoms: lines change nothing.
    @Test func convergedNodesStayWhereTheyAre() throws {
        let values = DensityCoverageTests.few
        let result = try density(values, probes: 6, steps: 12)
        let steps = result.wassersteinDistance(to: values)
        #expect(abs(result.spreadWassersteinDistance(to: values) - steps) <= 1e-10)
        #expect(abs(result.spreadCumulative(at: 0.1).value - result.cumulative(at: 0.1)) <= 1e-12)
        #expect(abs(result.spreadWassersteinDistance(to: values.map { $0 + 10 }) - 10) <= steps + 1e-9)
    }
}
