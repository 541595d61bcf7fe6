import Krylov
import Testing

@testable import Studies

@Suite struct TwinContrastTests {
    /// Oracle: Student's t by hand. Differences 3 and 5 have mean 4 and standard error 1; t₀.₉₇₅ of one degree of freedom is
    /// tan(0.475 π) = 12.7062.
    @Test func severalAgentsAreTheSamples() throws {
        let contrast = TwinContrast("q", iteration: 5, agents: [4, 7], twins: [[0.5, 1.5], [1, 3]])
        #expect(contrast.agent.value == 5.5 && contrast.twin.value == 1.5)
        #expect(contrast.difference.value == 4 && contrast.difference.standardError == 1)
        let interval = try #require(contrast.difference.interval())
        #expect(abs(interval.upperBound - 16.7062) < 1e-4 && abs(interval.lowerBound + 8.7062) < 1e-4)
    }

    /// Of a single agent the twins tell the spread: were it one more of them, it would differ from their mean by s √(1 + 1/3),
    /// s = 1 of 1, 2, 3; t₀.₉₇₅ of two degrees of freedom is 4.30265.
    @Test func oneAgentHasItsTwins() throws {
        let contrast = TwinContrast("q", iteration: 5, agents: [10], twins: [[1, 2, 3]])
        #expect(contrast.difference.value == 8)
        let interval = try #require(contrast.difference.interval())
        #expect(abs(interval.upperBound - 8 - 4.30265 * (4 / 3.0).squareRoot()) < 1e-5)
        #expect(contrast.agent.interval() == nil)
        #expect(TwinContrast("q", iteration: 1, agents: [1], twins: [[2]]).difference.interval() == nil)
    }
}
