import Krylov
import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct DensitySmoothingTests {
    private func density(
        _ values: [Double], probes: Int = 6, steps: Int = 12, deflated: Bool = false, seed: UInt64 = 5
    ) throws -> SpectralDensity {
        try spectralDensity(
            of: Spectra.diagonal(values, Double.self),
            deflating: deflated ? DeflationTests.exact(values, Double.self) : nil,
            SpectralDensityConfiguration(probes: probes, seed: seed, lanczos: LanczosConfiguration(steps: steps)))
    }

    /// Closed form: of a multiple of the identity, 3, on a grid from 3 to 4 with σ = 0.1, half of the mass lies below, and
    /// the grid has the other half. Trapezoid rule on half a Gaussian: the end's correction h²/12 φ′ vanishes at the
    /// middle, so that only terms of h⁴ are left.
    @Test func massOffTheGridIsReported() throws {
        let result = try density([Double](repeating: 3, count: 20))
        let smooth = result.smoothed(.fixed(0.1), on: .between(lower: 3, upper: 4, points: 1001))
        #expect(smooth.grid.first == 3 && abs(smooth.grid.last! - 4) <= 1e-12 && smooth.sigma == 0.1)
        #expect(abs(smooth.massBelow - 0.5) <= 1e-12 && smooth.massAbove <= 1e-12)
        #expect(abs(smooth.mass - 0.5) <= 1e-8 && smooth.gridError <= 1e-8)
        let none = result.smoothed(.fixed(0.1), on: .between(lower: 5, upper: 6, points: 11))
        #expect(none.values.allSatisfy { $0 == 0 } && none.mass == 0 && abs(none.massBelow - 1) <= 1e-12)
    }

    /// Closed forms of the three rules for nodes from −1 to 1: outliers widen the range of Ghorbani's rule, and not that
    /// of the resolution.
    @Test func widthsByRule() throws {
        let values = (0..<100).map { -0.5 + Double($0) / 99 } + [20]
        let result = try density(values, steps: 12, deflated: true)
        let bulk = result.probes.flatMap(\.nodes)
        let width = bulk.max()! - bulk.min()!
        #expect(abs(result.sigma(.ghorbani) - (1e-5 * (20 - bulk.min()!)).squareRoot()) <= 1e-14)
        #expect(result.sigma(.fixed(0.25)) == 0.25)
        let exact = width / 11 / (8 * log(1.25)).squareRoot()
        #expect(abs(result.sigma(.resolution()) - exact) <= 1e-14)
        // Half way to the next node the Gaussian has fallen to 1/κ.
        let half = width / 11 / 2
        for kappa in [1.25, 3] {
            let sigma = result.sigma(.resolution(kappa: kappa))
            #expect(abs(exp(-half * half / (2 * sigma * sigma)) - 1 / kappa) <= 1e-12)
        }
    }

    /// Closed form: deflated outliers are Gaussians of area 1/P exactly, without error.
    @Test func outliersAreAtoms() throws {
        let values = Spectra.clustered(bulk: 200)
        let result = try density(values, steps: 40, deflated: true)
        let sigma = 0.003
        let smooth = result.smoothed(.fixed(sigma), on: .between(lower: 10.9, upper: 11.1, points: 2001))
        let height = 1 / (sigma * (2 * Double.pi).squareRoot()) / Double(values.count)
        for (t, value) in zip(smooth.grid, smooth.values) {
            let exact = [11, 11.02].reduce(0) { $0 + height * exp(-0.5 * (t - $1) * (t - $1) / sigma / sigma) }
            #expect(abs(value - exact) <= 1e-9 * height)
        }
        #expect(smooth.standardErrors!.allSatisfy { $0 <= 1e-15 * height })
        #expect(abs(smooth.mass - 2 / Double(values.count)) <= 1e-12)
    }

    /// Oracle: the spectrum, 8 eigenvalues ±10⁻ᵏ, twelve times each, and 40 zeros. Nine steps would resolve them but for
    /// rounding, which the small β of so wide a spectrum enlarge; 16 do, and whatever comes in with them has weights far
    /// below 10⁻⁶. The masses are shares of probes on the sphere, with standard errors of their own: five of them.
    /// Together they are 1 to rounding whatever the floor.
    @Test func logarithmicDensity() throws {
        let distinct = [0.0, -1, -0.1, -0.01, 1, 0.1, 0.01, 1e-3, 10]
        let values = distinct.flatMap { [Double](repeating: $0, count: $0 == 0 ? 40 : 12) }
        let result = try density(values, probes: 10, steps: 16)
        let order = Double(values.count)
        for (floor, counts) in [(nil, (60.0, 36.0, 40.0)), (0.05, (36, 24, 76)), (20, (0, 0, 136))] {
            let found = result.logarithmic(floor: floor)
            let masses = [found.massPositive, found.massNegative, found.massBelowFloor]
            #expect(abs(masses.reduce(0) { $0 + $1.value } - 1) <= 1e-12)
            #expect(abs(found.mass - 1) <= 1e-9)
            for (mass, count) in zip(masses, [counts.0, counts.1, counts.2]) {
                #expect(abs(mass.value - count / order) <= 5 * mass.standardError! + 1e-6)
            }
        }
        let found = result.logarithmic(floor: 1e-6, sigma: 0.05)
        #expect(found.sigma == 0.05 && found.grid.count == 2000)
        // Half way between two decades there is nothing; at a decade the share of its eigenvalues.
        let height = 1 / (0.05 * (2 * Double.pi).squareRoot())
        for (u, positive) in zip(found.grid, found.positive) where abs(u - 0.5) < 0.02 || abs(u + 2.5) < 0.02 {
            #expect(positive <= 1e-6 * height)
        }
        let peak = found.grid.indices.min { abs(found.grid[$0] - 1) < abs(found.grid[$1] - 1) }!
        let at = exp(-0.5 * (found.grid[peak] - 1) * (found.grid[peak] - 1) / 0.0025) * height
        #expect(abs(found.positive[peak] - 12 / order * at) <= 5 * found.positiveErrors![peak])
        #expect(found.negative[peak] <= 1e-6 * height)
    }

    /// Geometric decay over twelve orders: what no method resolves lies below the default floor, and no mass is lost.
    @Test func logarithmicDensityOfADecay() throws {
        let values = (0..<240).map { pow(10, -12 * Double($0) / 239) }
        for steps in [20, 60, 240] {
            let found = try density(values, probes: 3, steps: steps).logarithmic()
            // The largest Ritz value has converged after 20 steps, to rounding.
            #expect(abs(found.floor / (30 * Double.ulpOfOne) - 1) <= 1e-10)
            let total = found.massPositive.value + found.massNegative.value + found.massBelowFloor.value
            #expect(abs(total - 1) <= 1e-12 && abs(found.mass - 1) <= 1e-9)
        }
    }

    /// Closed form: two data sets, each with two probes. x = 1, 3 with se 0.5, 1.5: s² = 2, s̄e² = 1.25, σ²_D = 0.75.
    @Test func varianceComponents() {
        let found = ResampledEstimate([
            Estimate(value: 1, standardError: 0.5), Estimate(value: 3, standardError: 1.5),
        ])
        #expect(found.mean.value == 2 && found.mean.standardError == 1 && found.mean.degreesOfFreedom == 1)
        #expect(abs(found.probeError! - 1.25.squareRoot()) <= 1e-15)
        #expect(abs(found.dataDeviation - 0.75.squareRoot()) <= 1e-15)
        #expect(abs(found.totalDeviation - 2.0.squareRoot()) <= 1e-15)
        let same = ResampledEstimate([Estimate(value: 1, standardError: 1), Estimate(value: 1, standardError: 1)])
        #expect(same.dataDeviation == 0)
        let single = ResampledEstimate([Estimate(mean: [1]), Estimate(mean: [3])])
        #expect(single.probeError == nil && abs(single.dataDeviation - 2.0.squareRoot()) <= 1e-15)
    }

    /// Oracle: "data sets" whose spectra are known: the bulk plus a shift of normal size 0.05, drawn 60 times. Trace/P
    /// differs between them by σ_D = 0.05; of 60 the sample's standard deviation is off by 1/√118 = 9 % of the total
    /// deviation √(σ_D² + s̄e²): three times that is allowed, carried over to σ_D.
    @Test func dataAndProbesAreToldApart() throws {
        let base = (0..<40).map { -0.5 + Double($0) / 39 }
        var source = RandomSource(seed: 8, stream: "data")
        let densities = try (0..<60).map { index in
            let shift = 0.05 * source.normal()
            return try density(base.map { $0 + shift }, probes: 5, steps: 4, seed: UInt64(index))
        }
        let found = DensityResamples(densities).moment(1)
        let probeError = try #require(found.probeError)
        // One probe's variance of vᵀAv on the sphere: 2/(P + 2) (tr A²/P − (tr A/P)²).
        let exact = (2.0 / 42 * base.reduce(0) { $0 + $1 * $1 } / 40 / 5).squareRoot()
        #expect(abs(probeError - exact) <= 0.3 * exact)
        let total = (0.05 * 0.05 + exact * exact)
        let spread = 3 * 2 * total / 118.0.squareRoot()
        #expect(abs(found.dataDeviation * found.dataDeviation - 0.0025) <= spread)
        #expect(found.mean.interval(confidence: 0.999)!.contains(0))
        let smooth = DensityResamples(densities).smoothed(.fixed(0.2), points: 101)
        let mass = smooth.estimates.reduce(0) { $0 + $1.mean.value } * (smooth.grid[1] - smooth.grid[0])
        #expect(smooth.grid.count == 101 && abs(mass - 1) <= 1e-6)
    }
}
