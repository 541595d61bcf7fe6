import Krylov
import LinearAlgebra
import Testing

@Suite struct DensityComparisonTests {
    private func lanczos<Element: Scalar>(
        _ values: [Double], seed: UInt64, steps: Int = 40, deflated: Bool = false, _: Element.Type
    ) throws -> SpectralDensity {
        try spectralDensity(
            of: Spectra.diagonal(values, Element.self),
            deflating: deflated ? DeflationTests.exact(values, Element.self) : nil,
            SpectralDensityConfiguration(
                probes: 10, seed: seed, lanczos: LanczosConfiguration(steps: steps, probesAtOnce: 5)))
    }

    private func chebyshev<Element: Scalar>(
        _ values: [Double], seed: UInt64, steps: Int = 40, deflated: Bool = false, _: Element.Type
    ) throws -> ChebyshevDensity {
        try chebyshevDensity(
            of: Spectra.diagonal(values, Element.self),
            deflating: deflated ? DeflationTests.exact(values, Element.self) : nil,
            ChebyshevConfiguration(
                probes: 10, seed: seed, steps: steps, lanczos: LanczosConfiguration(steps: 20, probesAtOnce: 5)))
    }

    /// Right estimates disagree in one of a thousand comparisons: in 48 none is expected to, of every kind of spectrum.
    @Test func rightEstimatesAgree() throws {
        for (index, values) in PolynomialTests.spectra.enumerated() {
            for seed in 0..<4 {
                let seed = UInt64(10 * index + seed)
                let double = DensityComparison(
                    try lanczos(values, seed: seed, Double.self), try chebyshev(values, seed: seed, Double.self))
                #expect(double.agree, "\(index): \(double)")
                let single = DensityComparison(
                    try lanczos(values, seed: seed, Float.self), try chebyshev(values, seed: seed, Float.self))
                #expect(single.agree, "\(index): \(single)")
            }
        }
    }

    /// The scores are those of a fair test: their largest over 40 comparisons must come near its limit for α = 0.5 about
    /// as often as said, neither always (the errors too small) nor never (too large). Bonferroni and the cautious degrees
    /// of freedom make it less often: between 1 and 20 + 3√10 of 40.
    @Test func falseAlarmsAreAsOftenAsSaid() throws {
        let values = (0..<300).map { -1 + Double($0) / 150 }
        var alarms = 0
        for seed in 0..<40 {
            let comparison = DensityComparison(
                try lanczos(values, seed: UInt64(seed), Double.self),
                try chebyshev(values, seed: UInt64(seed), Double.self), significance: 0.5)
            if !comparison.agree { alarms += 1 }
        }
        #expect(alarms >= 1 && alarms <= 29, "\(alarms)")
    }

    /// Lanczos steps and Chebyshev steps need not be the same, nor the outliers be left in.
    @Test func comparesWhatBothHave() throws {
        let values = Spectra.clustered(bulk: 500)
        let few = DensityComparison(
            try lanczos(values, seed: 1, steps: 15, Double.self),
            try chebyshev(values, seed: 1, steps: 60, Double.self))
        #expect(few.moments == 30 && few.agree)
        let deflated = DensityComparison(
            try lanczos(values, seed: 2, deflated: true, Float.self),
            try chebyshev(values, seed: 2, deflated: true, Float.self))
        #expect(deflated.moments == 80 && deflated.agree && deflated.kernelWidth < 0.05)
        let (one, other) = (deflated.lanczosTrace, deflated.chebyshevTrace)
        let (a, b) = (one.standardError!, other.standardError!)
        #expect(abs(one.value - other.value) <= 5 * (a * a + b * b).squareRoot())
    }

    /// A wrong density must be told: the bulk a fifth wider, a tenth of the eigenvalues elsewhere, a shift by a fifth of
    /// the bulk's width, another spectrum. Ten probes of 511 dimensions see shares to about √(2/(P M)) · ½ = 1 %, t for
    /// 80 points and α = 10⁻³ is about 8; each of these moves shares by a tenth and more in the deflated case.
    @Test func wrongDensitiesDisagree() throws {
        let values = Spectra.clustered(bulk: 1500)
        let right = try chebyshev(values, seed: 1, deflated: true, Double.self)
        let wrong: [[Double]] = [
            values.map { abs($0) > 0.6 ? $0 : $0 * 0.7 },
            values.enumerated().map { abs($1) > 0.6 || $0 % 5 > 0 ? $1 : 0 },
            values.map { abs($0) > 0.6 ? $0 : $0 * 0.6 + 0.2 },
            values.map { abs($0) > 0.6 ? $0 : ($0 > 0 ? 0.4 : -0.4) },
        ]
        for (index, other) in wrong.enumerated() {
            let comparison = DensityComparison(try lanczos(other, seed: 1, deflated: true, Double.self), right)
            #expect(!comparison.agree, "\(index): \(comparison)")
        }
        #expect(DensityComparison(try lanczos(values, seed: 1, deflated: true, Double.self), right).agree)
    }
}
