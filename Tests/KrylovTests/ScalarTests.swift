import Krylov
import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct ScalarTests {
    private typealias End = ConditionNumber.End

    /// Interval arithmetic by hand.
    @Test func conditionNumbers() {
        let finite = ConditionNumber(largest: .init(value: 8, residual: 1), smallest: .init(value: 2, residual: 0.5))
        #expect(finite == .finite(value: 4, interval: (7 / 2.5)...(9 / 1.5)))
        let shifted = ConditionNumber(
            largest: .init(value: 9, residual: 0), smallest: .init(value: 0, residual: 0), shift: 1)
        #expect(shifted == .finite(value: 10, interval: 10...10))
        let unknown = ConditionNumber(
            largest: .init(value: 8, residual: 1), smallest: .init(value: 0.1, residual: 0.25))
        #expect(unknown == .unbounded(atLeast: 7 / 0.35))
        // The same with a floor: λ ≥ 0 is known, and σ with it.
        let known = ConditionNumber(
            largest: .init(value: 8, residual: 1), smallest: .init(value: 0.125, residual: 0.25), shift: 0.125,
            isSemidefinite: true)
        #expect(known == .finite(value: 8.125 / 0.25, interval: (7.125 / 0.5)...(9.125 / 0.125)))
        let indefinite = ConditionNumber(
            largest: .init(value: 8, residual: 1), smallest: .init(value: -2, residual: 0.5))
        #expect(indefinite == .indefinite)
        let negative = ConditionNumber(
            largest: .init(value: -2, residual: 0.5), smallest: .init(value: -8, residual: 1))
        #expect(negative == finite)
        let singular = ConditionNumber(largest: .init(value: 5, residual: 0), smallest: .init(value: 0, residual: 0))
        #expect(singular == .unbounded(atLeast: .infinity))
    }

    /// Closed forms of the rank measures.
    @Test func rankMeasures() {
        let equal = [Double](repeating: 2, count: 10) + [Double](repeating: 0, count: 5)
        #expect(abs(RankMeasures.entropyRank(of: equal) - 10) < 1e-13)
        #expect(abs(RankMeasures.participationRatio(of: equal) - 10) < 1e-13)
        #expect(RankMeasures.effectiveRank(of: [4, 2, 1, 0.5, -9], relative: 0.25) == 2)
        // p = (3/4, 1/4): exp H = 4 / 3^{3/4}, and 1/Σp² = 16/10, whatever the signs.
        #expect(abs(RankMeasures.entropyRank(of: [3, -1]) - 4 / pow(3, 0.75)) < 1e-14)
        #expect(abs(RankMeasures.participationRatio(of: [-3, 1]) - 1.6) < 1e-15)
        #expect(RankMeasures.entropyRank(of: [0, 0]) == 0 && RankMeasures.participationRatio(of: []) == 0)
        let norm = Estimate(value: 50, standardError: 5, degreesOfFreedom: 9, scale: .logarithmic)
        let rank = RankMeasures.stableRank(frobeniusNormSquared: norm, largestMagnitude: -5)
        #expect(rank.value == 2 && rank.standardError == 0.2 && rank.scale == .logarithmic)
        #expect(RankMeasures.intrinsicDimension(trace: norm, largest: 10).value == 5)
    }

    /// t₉(0.975) = 2.262157 (SciPy): the logarithmic interval is a factor to each side.
    @Test func logarithmicIntervals() throws {
        let estimate = Estimate(value: 50, standardError: 5, degreesOfFreedom: 9, scale: .logarithmic)
        let interval = try #require(estimate.interval())
        #expect(abs(interval.upperBound - 50 * exp(0.2262157162798205)) < 1e-9)
        #expect(abs(interval.lowerBound - 50 * exp(-0.2262157162798205)) < 1e-9)
    }

    @Test func participationOfAVector() {
        let vector = Vector<Float>([3, 0, 0, 4, 0, 0, 0, 0])
        let found = Participation(of: vector, groups: [[0..<2, 6..<8], [2..<6]])
        #expect(found.shares == [9.0 / 25, 16.0 / 25])
        #expect(abs(found.groups - 625.0 / 337) < 1e-14 && abs(found.coordinates - 625.0 / 337) < 1e-14)
        let even = Participation(of: Vector<Double>([Double](repeating: -2, count: 5000)), groups: [[0..<5000]])
        #expect(abs(even.coordinates - 5000) < 1e-8 && even.shares == [1])
    }

    /// g = 3e₀ + 4e₁ + 12e₂, ‖g‖² = 169, in the span of the first axes.
    @Test func fractionOfAVectorInASubspace() {
        let axes = Matrix<Double>(rows: 2, columns: 5)
        axes[0, 1] = 1
        axes[1, 2] = -1
        let found = SubspaceFraction(of: Vector<Double>([3, 4, 12, 0, 0]), in: axes)
        #expect(found.shares == [16.0 / 169, 144.0 / 169])
        #expect(found.cumulative == [16.0 / 169, 16.0 / 169 + 144.0 / 169])
        #expect(SubspaceFraction(of: Vector<Double>(count: 5), in: axes).shares == [0, 0])
    }
}
