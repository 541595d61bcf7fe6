import LinearAlgebra
import Testing

@testable import Studies

@Suite struct FalsificationAnalysisTests {
    private static let analysis = FalsificationAnalysis(
        bootstrap: ClusterBootstrap(replicates: 400, confidence: 0.95, seed: 1),
        factors: [("observations", ["digits", "objects"]), ("network", ["mlp", "cnn"])],
        statistics: ["flipping", "steady", "constant", "noise"])

    /// 96 agents at three checkpoints. `flipping` rises with the loss on digits and falls on objects, whatever the network;
    /// `steady` rises with it everywhere.
    private static let samples: [AgentSample] = {
        var source = RandomSource(seed: 3)
        return (0..<96).flatMap { agent -> [AgentSample] in
            let observations = agent % 2 == 0 ? "digits" : "objects"
            let network = agent / 2 % 2 == 0 ? "mlp" : "cnn"
            let shift = source.normal()
            return (1...3).map { checkpoint in
                let loss = shift + 0.3 * source.normal()
                let sign = observations == "digits" ? 1.0 : -1.0
                return AgentSample(
                    run: "agent \(agent)", step: checkpoint * 100,
                    factors: ["observations": observations, "network": network],
                    statistics: [
                        "flipping": sign * loss + 0.5 * source.normal(), "steady": loss + 0.5 * source.normal(),
                        "constant": 0, "noise": source.normal(),
                    ], plasticityLoss: loss)
            }
        }
    }()

    /// Oracle: how the table was made. The population's correlations are ±√(1.09/1.34) = ±0.902 per condition.
    @Test func findsTheSignThatFlips() throws {
        let result = Self.analysis.analyse(Self.samples)
        for kind in CorrelationKind.allCases {
            let flips = result.comparisons("flipping", factor: "observations", kind)
            #expect(flips.count == 1 && flips[0].verdict == .flips)
            let difference = try #require(flips[0].difference)
            #expect(difference.lowerBound > 1 && difference.upperBound < 2)
            // Between the networks, each of which has both image sets, there is no such sign.
            let others = result.comparisons("flipping", factor: "network", kind)
            #expect(others.count == 1 && others[0].verdict != .flips && others[0].verdict != .differ)
            for factor in ["observations", "network"] {
                #expect(result.comparisons("steady", factor: factor, kind).map(\.verdict) == [.same])
                #expect(result.comparisons("constant", factor: factor, kind).map(\.verdict) == [.undefined])
            }
        }
        let digits = Condition(factor: "observations", level: "digits")
        let found = try #require(result.correlation("flipping", digits, .pearson))
        #expect(found.clusters == 48 && found.pairs == 144)
        let interval = try #require(found.interval)
        // Fisher's z of 48 independent pairs has a deviation of 1/√45 = 0.15: 0.902 is z 1.48 ± 4 · 0.15.
        #expect(interval.contains(0.902) || abs((found.value ?? 0) - 0.902) < 0.1)
        let objects = try #require(
            result.correlation("flipping", .init(factor: "observations", level: "objects"), .pearson))
        #expect((objects.interval?.upperBound ?? 0) < 0)
        #expect(try #require(result.correlation("constant", .everything, .spearman)).value == nil)
    }

    /// Noise flips nothing with both intervals away from zero, in any of two pairs and two coefficients of this seed.
    @Test func noiseDoesNotFlip() {
        let result = Self.analysis.analyse(Self.samples)
        let noise = result.comparisons.filter { $0.statistic == "noise" }
        #expect(noise.count == 4)
        #expect(noise.allSatisfy { $0.verdict != .flips })
    }

    /// Oracle: the definitions of the verdicts, on intervals given by hand.
    @Test func verdictsFollowTheirDefinitions() {
        func found(_ value: Double?, _ interval: ClosedRange<Double>?) -> BootstrapCorrelation {
            BootstrapCorrelation(value: value, interval: interval, pairs: 20, clusters: 20, replicates: [])
        }
        let verdict = FalsificationAnalysis.verdict
        #expect(verdict(found(0.5, 0.1...0.8), found(-0.4, -0.7...(-0.1)), 0.3...1.4) == .flips)
        #expect(verdict(found(0.5, 0.1...0.8), found(-0.2, -0.6...0.2), 0.1...1.2) == .differ)
        #expect(verdict(found(0.2, -0.1...0.5), found(-0.2, -0.6...0.2), -0.1...0.9) == .estimates)
        #expect(verdict(found(0.2, -0.1...0.5), found(-0.2, nil), nil) == .estimates)
        #expect(verdict(found(0.5, 0.1...0.8), found(0.4, 0.1...0.7), -0.3...0.4) == .same)
        #expect(verdict(found(nil, nil), found(0.4, 0.1...0.7), nil) == .undefined)
    }

    @Test func workersChangeNothing() {
        let one = Self.analysis.analyse(Self.samples)
        let two = Self.analysis.analyse(Self.samples, workers: Workers(2))
        #expect(one.correlations.map(\.found.interval) == two.correlations.map(\.found.interval))
        #expect(one.comparisons.map(\.verdict) == two.comparisons.map(\.verdict))
    }
}
