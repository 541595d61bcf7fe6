import Krylov
import LinearAlgebra
import Testing

@Suite struct RankCountTests {
    private func configuration(steps: Int, seed: UInt64) -> SpectralDensityConfiguration {
        SpectralDensityConfiguration(
            probes: 10, seed: seed, lanczos: LanczosConfiguration(steps: steps, reorthogonalisation: .full))
    }

    /// Oracle: the spectrum counted. Where the threshold lies in a gap (outliers, 5 % of λ₁) the bounds for a step are as
    /// good as equal, and the probes' error is all there is; in a bulk they are apart, so that more than 99 % may be
    /// covered. Held against what the probes say, without the Ritz values that are certain.
    @Test(arguments: [
        (Ensemble.outliers, 0.05, 180...198), (.flat, 0.75, 180...200), (.decaying, 0.02, 180...200),
        (.pairs, 0.5, 180...200),
    ])
    func intervalsCover(_ ensemble: Ensemble, _ relative: Double, _ accepted: ClosedRange<Int>) throws {
        let exact = RankMeasures.effectiveRank(of: ensemble.values, relative: relative)
        let target = Spectra.diagonal(ensemble.values, Double.self)
        let covered = try Coverage.count(of: Double(exact)) { seed in
            // The threshold of the exact count; the largest Ritz value may be a little below λ₁.
            let found = try QuadratureProbes(of: target, configuration(steps: 30, seed: seed))
                .eigenvalueCount(above: relative * (ensemble.values.max() ?? 0))
            #expect(found.certain <= exact)
            #expect(
                found.interval().contains(Double(exact)) || found.count.interval()?.contains(Double(exact)) == false)
            return found.count.interval()
        }
        #expect(accepted.contains(covered), "\(covered) of 200")
    }

    /// Oracle: the mass of each probe above the threshold, summed directly. Chebyshev, Markov and Stieltjes: it lies
    /// within the bounds at every number of steps; 1e-9 for the rounding of the node on the threshold.
    @Test func boundsHoldForTheProbesThemselves() throws {
        let values = Ensemble.pairs.values
        for steps in [2, 5, 10, 20, 40] {
            let probes = try QuadratureProbes(
                of: Spectra.diagonal(values, Double.self), configuration(steps: steps, seed: 2))
            let found = try probes.eigenvalueCount(above: 0.4 * probes.largest)
            let direct = (0..<10).reduce(0.0) { sum, index in
                let probe: Vector<Double> = ProbeDistribution.gaussian.probe(index, dimension: 150, seed: 2)
                return sum + 15 * zip(values, probe.array).reduce(0) { $1.0 > found.threshold ? $0 + $1.1 * $1.1 : $0 }
            }
            let bounds = found.count.quadratureBounds
            #expect(bounds.lowerBound - 1e-9 <= direct && direct <= bounds.upperBound + 1e-9, "\(steps) steps")
            // Above, below and the node between them are all there is.
            let below = try probes.eigenvalueCount(below: found.threshold).count.quadratureBounds
            #expect(abs(below.lowerBound + bounds.upperBound - 150) < 1e-9)
            #expect(abs(below.upperBound + bounds.lowerBound - 150) < 1e-9)
        }
    }

    /// Nothing lies there, and the mass that rounding leaves is not shown as 1.6e-22 eigenvalues.
    @Test func noneIsZero() throws {
        let probes = try QuadratureProbes(
            of: Spectra.diagonal((1...200).map { Double($0) / 200 }, Double.self),
            SpectralDensityConfiguration(probes: 4, seed: 1, lanczos: LanczosConfiguration(steps: 20)))
        for count in [try probes.eigenvalueCount(above: 1.5), try probes.eigenvalueCount(below: -0.5)] {
            #expect(count.value == 0 && count.interval().lowerBound == 0)
        }
    }
}
