import Krylov
import Testing

/// Oracle: the quantiles that SciPy gives (`scipy.stats.t.ppf`), whose printed digits bound the difference.
@Suite struct StudentTTests {
    @Test(arguments: [
        (0.975, 1.0, 12.706204736174694), (0.975, 2.0, 4.302652729749462), (0.975, 9.0, 2.262157162798205),
        (0.975, 199.0, 1.9719565442517533), (0.995, 4.0, 4.604094871349992), (0.6, 3.0, 0.2766706623326898),
        (0.975, .infinity, 1.959963984540054),
    ])
    func quantilesAreThoseOfSciPy(probability: Double, degreesOfFreedom: Double, expected: Double) {
        let found = StudentT.quantile(probability, degreesOfFreedom: degreesOfFreedom)
        #expect(abs(found - expected) < 1e-10 * expected)
        #expect(StudentT.quantile(1 - probability, degreesOfFreedom: degreesOfFreedom) + found < 1e-10)
    }

    /// Two samples: s/√2 = |x₁ − x₂|/2, and t with one degree of freedom.
    @Test func intervalOfTwoSamplesIsTheClosedForm() throws {
        let interval = try #require(Estimate(mean: [1, 3]).interval())
        #expect(abs(interval.upperBound - (2 + 12.706204736174694)) < 1e-9)
        #expect(abs(interval.lowerBound - (2 - 12.706204736174694)) < 1e-9)
        #expect(Estimate(mean: [1]).interval() == nil)
    }
}
