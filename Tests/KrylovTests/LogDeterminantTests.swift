import Krylov
import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct LogDeterminantTests {
    private func configuration(probes: Int, steps: Int, seed: UInt64) -> SpectralDensityConfiguration {
        SpectralDensityConfiguration(
            probes: probes, seed: seed, lanczos: LanczosConfiguration(steps: steps, reorthogonalisation: .full))
    }

    /// Oracle: Σ log(λ + σ), in 200 repeats, with few steps (bounds that are apart) and with many.
    @Test(arguments: [Ensemble.flat, .decaying, .geometric], [(10, 4), (10, 30)])
    func intervalsCover(_ ensemble: Ensemble, _ size: (probes: Int, steps: Int)) throws {
        let shift = 0.05
        let exact = ensemble.values.reduce(0) { $0 + log($1 + shift) }
        let target = Spectra.diagonal(ensemble.values, Double.self)
        let covered = try Coverage.count(of: exact) { seed in
            try QuadratureProbes(of: target, configuration(probes: size.probes, steps: size.steps, seed: seed))
                .logDeterminant(shift: shift).interval()
        }
        // Few steps: the bounds' distance comes on top of the probes' error, so that more may be covered.
        let accepted = size.steps < 10 ? 180...200 : Coverage.accepted
        #expect(accepted.contains(covered), "\(covered) of 200")
    }

    /// Oracle: vᵀ log(A + σI) v summed directly for the same probes. The bounds hold and close in with the steps; the last
    /// are as close as rounding, 1e-10 of 150 · |log 0.05|.
    @Test func quadratureBoundsBracketTheProbes() throws {
        let values = Ensemble.decaying.values
        let shift = 0.05
        let direct = (0..<5).reduce(0.0) { sum, index in
            let probe: Vector<Double> = ProbeDistribution.gaussian.probe(index, dimension: 150, seed: 9)
            return sum + zip(values, probe.array).reduce(0) { $0 + log($1.0 + shift) * $1.1 * $1.1 } * 150 / 5
        }
        var width = Double.infinity
        for steps in [2, 4, 8, 16, 32] {
            let probes = try QuadratureProbes(
                of: Spectra.diagonal(values, Double.self), configuration(probes: 5, steps: steps, seed: 9))
            let bounds = try probes.logDeterminant(shift: shift).quadratureBounds
            #expect(bounds.lowerBound <= direct + 1e-10 && direct - 1e-10 <= bounds.upperBound)
            #expect(bounds.upperBound - bounds.lowerBound < 0.7 * width)
            width = bounds.upperBound - bounds.lowerBound
            #expect(probes.products == 5 * steps)
        }
        #expect(width < 1e-8)
    }

    /// Closed form: for A = cI every probe gives P log(c + σ), and one step is exact.
    @Test func multiplesOfTheIdentity() throws {
        let found = try QuadratureProbes(
            of: Spectra.diagonal([Double](repeating: 2, count: 80), Float.self),
            configuration(probes: 3, steps: 5, seed: 1)
        ).logDeterminant(shift: 1)
        #expect(try #require(found.interval()).contains(80 * log(3.0)))
        #expect(abs(found.estimate.value - 80 * log(3.0)) < 80 * 1e-6)
    }

    @Test func negativeEigenvaluesAreRefused() {
        #expect(throws: LogDeterminantFailure.self) {
            try QuadratureProbes(
                of: Spectra.diagonal(Ensemble.pairs.values, Double.self),
                configuration(probes: 2, steps: 20, seed: 1)
            ).logDeterminant(shift: 0.1)
        }
    }
}
