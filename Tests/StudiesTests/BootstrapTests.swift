import Foundation
import LinearAlgebra
import Testing

@testable import Studies

@Suite struct BootstrapTests {
    private static func ones(_ pairs: ClusteredPairs) -> [Double] { [Double](repeating: 1, count: pairs.clusterCount) }

    /// Oracle: by hand. x = 1…4, y = 1, 3, 2, 4: Σxy = 29 − 4·2.5² = 4 of 5; ranks are the numbers themselves.
    @Test func agreesWithHandComputation() throws {
        let pairs = ClusteredPairs(x: [1, 2, 3, 4], y: [1, 3, 2, 4], clusters: ["a", "b", "c", "d"])
        #expect(abs(try #require(pairs.correlation(.pearson, weights: Self.ones(pairs))) - 0.8) < 1e-15)
        #expect(abs(try #require(pairs.correlation(.spearman, weights: Self.ones(pairs))) - 0.8) < 1e-15)
        // A rising curve has ranks that agree; of its numbers r = 3/√(…) by the formula.
        let curve = ClusteredPairs(x: [0, 1, 2], y: [0, 1, 10], clusters: [0, 1, 2])
        // √2 · √2 is 2 to a unit in the last place.
        #expect(abs(try #require(curve.correlation(.spearman, weights: Self.ones(curve))) - 1) < 1e-15)
        let slope = 10 / (2.0.squareRoot() * (182.0 / 3).squareRoot())
        #expect(abs(try #require(curve.correlation(.pearson, weights: Self.ones(curve))) - slope) < 1e-14)
    }

    /// Oracle: ties share the mean rank: x has ranks 1.5, 1.5, 3; y 1, 2.5, 2.5; r = 0.75 / 1.5 by hand.
    @Test func tiesShareTheirRank() throws {
        let pairs = ClusteredPairs(x: [5, 5, 7], y: [0, 2, 2], clusters: [0, 1, 2])
        #expect(abs(try #require(pairs.correlation(.spearman, weights: Self.ones(pairs))) - 0.5) < 1e-15)
    }

    /// Oracle: weights are repeats: pairs written out as often as their cluster's weight says.
    @Test(arguments: CorrelationKind.allCases) func weightsAreRepeats(_ kind: CorrelationKind) throws {
        var source = RandomSource(seed: 4)
        let x = (0..<30).map { _ in (4 * source.normal()).rounded() }
        let y = x.map { 0.5 * $0 + source.normal() }
        let clusters = (0..<30).map { $0 / 3 }
        let weights = (0..<10).map { Double($0 % 4) }
        let pairs = ClusteredPairs(x: x, y: y, clusters: clusters)
        let repeated = (0..<30).flatMap { index in Array(repeating: index, count: Int(weights[clusters[index]])) }
        let long = ClusteredPairs(
            x: repeated.map { x[$0] }, y: repeated.map { y[$0] }, clusters: repeated.indices.map { $0 })
        let found = try #require(pairs.correlation(kind, weights: weights))
        let expected = try #require(long.correlation(kind, weights: Self.ones(long)))
        // Sums of some 50 terms, each rounded: 50 ε of a coefficient below 1.
        #expect(abs(found - expected) < 1e-13)
    }

    @Test func aConstantHasNoCorrelation() {
        let pairs = ClusteredPairs(x: [0.1, 0.1, 0.1], y: [1, 2, 3], clusters: [0, 1, 2])
        for kind in CorrelationKind.allCases { #expect(pairs.correlation(kind, weights: Self.ones(pairs)) == nil) }
        let found = ClusterBootstrap().correlation(.pearson, of: pairs, stream: "constant")
        #expect(found.value == nil && found.interval == nil)
    }

    /// Oracle: the known correlation of a bivariate normal. Intervals of 40 pairs cover it in 95 % of repeats up to what
    /// the bootstrap lacks at that size (its error is of order 1/n: 2.5 %) and 4 standard errors of 300 repeats (5 %).
    @Test(arguments: [0.0, 0.6]) func coversAKnownCorrelation(_ truth: Double) {
        let coverage = Self.coverage(truth, clusters: 40, each: 1)
        #expect(coverage > 0.95 - 0.025 - 0.05 && coverage <= 1)
    }

    /// The same for clusters of five pairs that share most of their noise: pairs drawn alone would see five times the
    /// information there is, and cover far less.
    @Test func coversWithClusters() {
        let whole = Self.coverage(0.5, clusters: 40, each: 5)
        #expect(whole > 0.95 - 0.025 - 0.05)
        let apart = Self.coverage(0.5, clusters: 40, each: 5, drawnApart: true)
        #expect(apart < 0.8)
    }

    /// The share of 300 repeats whose interval holds the truth.
    private static func coverage(
        _ truth: Double, clusters: Int, each: Int, drawnApart: Bool = false
    ) -> Double {
        let bootstrap = ClusterBootstrap(replicates: 500, confidence: 0.95, seed: 1)
        let hits = Workers(2).map(300) { repetition -> Bool in
            var source = RandomSource(seed: 9, stream: "coverage \(truth) \(each) \(repetition)")
            var columns: (x: [Double], y: [Double], cluster: [Int]) = ([], [], [])
            for cluster in 0..<clusters {
                let (a, b) = source.normalPair()
                for part in 0..<each {
                    // A tenth of each pair's variance is its own, uncorrelated like the rest is correlated.
                    let (c, d) = source.normalPair()
                    let share = each > 1 ? 0.1 : 0.0
                    let (u, v) = (
                        (1 - share).squareRoot() * a + share.squareRoot() * c,
                        (1 - share).squareRoot() * b + share.squareRoot() * d
                    )
                    columns.x.append(u)
                    columns.y.append(truth * u + (1 - truth * truth).squareRoot() * v)
                    columns.cluster.append(drawnApart ? cluster * each + part : cluster)
                }
            }
            let pairs = ClusteredPairs(x: columns.x, y: columns.y, clusters: columns.cluster)
            let found = bootstrap.correlation(.pearson, of: pairs, stream: "\(repetition)")
            return found.interval?.contains(truth) ?? false
        }
        return Double(hits.count { $0 }) / 300
    }

    /// The same seed gives the same interval; another stream another.
    @Test func isSeeded() {
        var source = RandomSource(seed: 2)
        let x = (0..<20).map { _ in source.normal() }
        let pairs = ClusteredPairs(x: x, y: x.map { $0 + source.normal() }, clusters: Array(0..<20))
        let bootstrap = ClusterBootstrap(replicates: 200, confidence: 0.95, seed: 5)
        let first = bootstrap.correlation(.pearson, of: pairs, stream: "one")
        #expect(bootstrap.correlation(.pearson, of: pairs, stream: "one").interval == first.interval)
        #expect(bootstrap.correlation(.pearson, of: pairs, stream: "two").interval != first.interval)
    }

    /// Oracle: SciPy 1.17's `bootstrap(…, paired=True, method='BCa')` on the same pairs: [0.6834, 0.9454] from 400 000
    /// resamples, two seeds within 0.0008. The ends of 20 000 replicates scatter by √(p(1 − p)/B) of a quantile over its
    /// density, about 0.003; four of these are allowed.
    @Test func agreesWithSciPy() throws {
        let x: [Double] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        let y: [Double] = [2.1, 1.4, 4.8, 3.3, 6.2, 4.1, 8.9, 5.5, 7.4, 11.8, 8.2, 10.1]
        let pairs = ClusteredPairs(x: x, y: y, clusters: Array(0..<12))
        let bootstrap = ClusterBootstrap(replicates: 20_000, confidence: 0.95, seed: 1)
        let interval = try #require(bootstrap.correlation(.pearson, of: pairs, stream: "scipy").interval)
        #expect(abs(interval.lowerBound - 0.6834) < 0.012 && abs(interval.upperBound - 0.9454) < 0.012)
    }
}
