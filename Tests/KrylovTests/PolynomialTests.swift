import Krylov
import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct PolynomialTests {
    private func configuration(
        probes: Int = 6, steps: Int = 40, seed: UInt64 = 3, interval: ClosedRange<Double>? = nil
    ) -> ChebyshevConfiguration {
        ChebyshevConfiguration(
            probes: probes, seed: seed, steps: steps, interval: interval,
            lanczos: LanczosConfiguration(steps: 20, probesAtOnce: 4))
    }

    /// Oracle: Σ vᵢ² cos(n arccos xᵢ) for the same probe, summed directly. The recurrence's error is 2 eps j² a moment at
    /// most (derived in `ChebyshevBatch`), and its square's and the scaling's share make 8 eps n² of it.
    @Test func momentsAreThoseOfTheProbe() throws {
        let values = (0..<60).map { -1 + Double($0) / 30 }
        let steps = 30
        let result = try chebyshevDensity(
            of: Spectra.diagonal(values, Double.self), configuration(probes: 3, steps: steps, interval: -1.5...1.25))
        #expect(result.order == 61 && result.products == 90 && result.enlargements == 0)
        for (index, moments) in result.moments.enumerated() {
            let probe: Vector<Double> = ProbeDistribution.gaussian.probe(
                index, dimension: 60, seed: 3, stream: "chebyshev probe")
            for (n, moment) in moments.enumerated() {
                let exact = zip(values, probe.array).reduce(0) {
                    $0 + $1.1 * $1.1 * cos(Double(n) * acos(($1.0 + 0.125) / 1.375))
                }
                #expect(abs(moment - exact) <= 8 * Double.ulpOfOne * Double((n + 1) * (n + 1)))
            }
        }
    }

    /// Closed form: the trace and ‖A‖²_F are those of quadratic forms with the same probes, exactly; and the scaled moments
    /// of a Lanczos quadrature are unbiased for the same numbers: the two differ by five joint standard errors at most.
    @Test func tracesAgree() throws {
        let values = Spectra.clustered(bulk: 400)
        let target = Spectra.diagonal(values, Double.self)
        let kernel = try chebyshevDensity(of: target, configuration(probes: 10))
        let lanczos = try spectralDensity(of: target, SpectralDensityConfiguration(probes: 10, seed: 3))
        let pairs = [
            (kernel.trace, lanczos.trace), (kernel.frobeniusNormSquared, lanczos.frobeniusNormSquared),
            (kernel.moment(5), lanczos.moment(5)),
        ]
        for (one, other) in pairs {
            let error = (pow(one.standardError!, 2) + pow(other.standardError!, 2)).squareRoot()
            #expect(one.value != other.value && abs(one.value - other.value) <= 5 * error)
        }
        let probe: Vector<Double> = ProbeDistribution.gaussian.probe(
            0, dimension: values.count, seed: 3, stream: "chebyshev probe")
        let form = zip(values, probe.array).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
        let single = try chebyshevDensity(of: target, configuration(probes: 1))
        #expect(abs(single.trace.value - Double(values.count) * form) <= 1e-9 * 400)
        #expect(single.trace.standardError == nil)
    }

    /// Oracle: the spectrum. W₁ between F and its kernel's smoothing is at most `kernelDistance`, and the probes add what
    /// `QuadratureTests` derives, three times 2r/√(2PM).
    @Test func cumulativeIsWithinItsResolution() throws {
        for values in Self.spectra {
            let result = try chebyshevDensity(of: Spectra.diagonal(values, Double.self), configuration())
            let width = result.upper - result.lower
            let points = 20_000
            var distance = 0.0
            let sorted = values.sorted()
            var below = 0
            for index in 0..<points {
                let t = result.lower + (Double(index) + 0.5) * width / Double(points)
                while below < sorted.count, sorted[below] <= t { below += 1 }
                let exact = Double(below) / Double(values.count)
                distance += abs(result.cumulative(at: t) - exact) * width / Double(points)
            }
            let noise = 3 * width / Double(2 * values.count * 6).squareRoot()
            #expect(distance <= result.kernelDistance + noise, "\(distance), \(result.kernelDistance), \(noise)")
            #expect(abs(result.kernelDistance - width / 2 * Double.pi / 82) <= 1e-3 * width)
            #expect(abs(result.cumulative(at: result.lower)) <= 1e-12)
            #expect(abs(result.cumulative(at: result.upper) - 1) <= 1e-12)
        }
    }

    /// Like a Hessian's, ± pairs, geometric decay, rank 3, the identity, and a cluster at each end.
    static let spectra: [[Double]] = {
        let pairs: [Double] = (1...100).map(Double.init)
        let decay: [Double] = (0..<200).map { pow(10, -12 * Double($0) / 199) }
        let zeros = [Double](repeating: 0, count: 197)
        let ends: [Double] = (0..<100).map { 1 - 1e-4 * Double($0) }
        return [
            Spectra.clustered(bulk: 300), pairs + pairs.map { -$0 }, decay, [3.0, 2, 1] + zeros,
            [Double](repeating: 2, count: 50), ends + ends.map { -$0 },
        ]
    }()

    /// Oracle: the spectrum lies in the interval that was found, in either precision.
    @Test func intervalsHoldTheSpectrum() throws {
        for values in Self.spectra {
            let double = try chebyshevDensity(of: Spectra.diagonal(values, Double.self), configuration())
            let single = try chebyshevDensity(of: Spectra.diagonal(values, Float.self), configuration())
            for (lower, upper) in [(double.lower, double.upper), (single.lower, single.upper)] {
                #expect(lower < values.min()! && upper > values.max()!)
            }
            #expect(double.enlargements == 0 && single.enlargements == 0)
        }
    }

    /// An interval that is too small must be noticed: by hand it is refused, and one that five Lanczos steps got wrong is
    /// enlarged until it holds the spectrum.
    @Test func intervalsThatAreTooSmallAreNoticed() throws {
        let values = (0..<500).map { Double($0) / 499 }
        let target = Spectra.diagonal(values, Float.self)
        #expect(throws: DensityFailure.self) {
            _ = try chebyshevDensity(of: target, configuration(interval: -0.1...0.95))
        }
        _ = try chebyshevDensity(of: target, configuration(interval: -0.1...1.01))
        var hasty = configuration()
        hasty.lanczos.steps = 2
        let found = try chebyshevDensity(of: target, hasty)
        #expect(found.lower < 0 && found.upper > 1 && found.enlargements > 0)
        // The lost products are counted.
        #expect(found.products > 2 + 6 * 40)
    }

    /// Oracle: the density without kernel smoothing. σ far above the kernel's width: the two smoothed densities differ by
    /// the second derivative's share of the kernel's variance, (πd/N)²/(2σ²) relative to the height, and by the probes.
    @Test func smoothedIsTheSameDensity() throws {
        let values = (0..<300).map { -1 + Double($0) / 150 }
        let target = Spectra.diagonal(values, Double.self)
        let kernel = try chebyshevDensity(of: target, configuration(probes: 30, steps: 80))
        let sigma = 0.2
        let smooth = kernel.smoothed(.fixed(sigma), on: .between(lower: -1.5, upper: 1.5, points: 61))
        let height = 1 / (sigma * (2 * Double.pi).squareRoot())
        let variance = pow(kernel.resolution(at: 0) / sigma, 2) / 2
        for index in smooth.grid.indices {
            let t = smooth.grid[index]
            let exact = values.reduce(0) { $0 + height / 300 * exp(-0.5 * pow((t - $1) / sigma, 2)) }
            let error = try #require(smooth.standardErrors)[index]
            #expect(abs(smooth.values[index] - exact) <= 5 * error + variance * height)
        }
        #expect(smooth.gridError <= 1e-3)
    }

    /// Deflated, the interval is the bulk's, twenty times narrower: so is the kernel.
    @Test func deflationNarrowsTheKernel() throws {
        let values = Spectra.clustered(bulk: 400)
        for single in [true, false] {
            let result =
                single
                ? try chebyshevDensity(
                    of: Spectra.diagonal(values, Float.self), deflating: DeflationTests.exact(values, Float.self),
                    configuration())
                : try chebyshevDensity(
                    of: Spectra.diagonal(values, Double.self), deflating: DeflationTests.exact(values, Double.self),
                    configuration())
            #expect(result.lower > -0.7 && result.upper < 0.7 && result.outliers.count == 11)
            #expect(abs(result.cumulative(at: 8) - (411.0 - 5) / 411) <= 1e-6)
            let exact = values.reduce(0, +)
            #expect(abs(result.trace.value - exact) <= 5 * result.trace.standardError!)
        }
    }

    /// Oracle: the run that was left alone, as in `DensityRunTests`; and shorter runs for the early ends.
    @Test func resumedRunsAreTheSame() throws {
        let values = Spectra.clustered(bulk: 150)
        let target = Spectra.diagonal(values, Float.self)
        let deflation = DeflationTests.exact(values, Float.self)
        let keeper = Keeper<Float>()
        let whole = try chebyshevDensity(
            of: target, deflating: deflation, configuration(), control: keeper.control())
        #expect(keeper.snapshots.count == 2 * 41)
        for snapshot in keeper.snapshots {
            let again = try chebyshevDensity(
                of: target, deflating: deflation, configuration(), control: RunControl(resumed: snapshot))
            #expect(again == whole)
        }
        let late = try chebyshevDensity(
            of: target, deflating: deflation, configuration(), control: Keeper<Float>(endAfter: 50).control())
        #expect(late.isPartial && late.moments == Array(whole.moments.prefix(4)))
        let early = try chebyshevDensity(
            of: target, deflating: deflation, configuration(), control: Keeper<Float>(endAfter: 10).control())
        #expect(early.isPartial && early.moments == whole.moments.prefix(4).map { Array($0.prefix(21)) })
    }
}
