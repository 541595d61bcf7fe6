import LinearAlgebra

/// An agent at one checkpoint: what was logged about it, and what it had lost.
struct AgentSample: Sendable, Equatable, Codable {
    var run: String
    var step: Int
    /// By factor: `task`, `observations`, `network`, `optimiser`.
    var factors: [String: String]
    /// By name; what was not finite is left out.
    var statistics: [String: Double]
    /// P(θ₀) − P(θₜ), positive where plasticity was lost.
    var plasticityLoss: Double
    /// How many of the probe's tasks diverged, and are not in it.
    var failedTasks = 0

    enum CodingKeys: String, CodingKey {
        case run, step, factors, statistics
        case plasticityLoss = "plasticity_loss"
        case failedTasks = "failed_tasks"
    }
}

/// The agents that one factor has in common; all agents, where it is of no factor.
struct Condition: Sendable, Hashable, Codable, CustomStringConvertible {
    static let everything = Condition(factor: "all", level: "all")

    var factor: String
    var level: String

    var description: String { self == .everything ? "all" : "\(factor) \(level)" }

    func holds(for sample: AgentSample) -> Bool {
        self == .everything || sample.factors[factor] == level
    }
}

/// A statistic's correlation with plasticity loss, in one condition.
struct ConditionedCorrelation: Sendable {
    var statistic: String
    var condition: Condition
    var kind: CorrelationKind
    var found: BootstrapCorrelation
}

/// Correlations of one statistic in two conditions of one factor.
struct SignComparison: Sendable {
    /// How far the data say that the signs differ.
    enum Verdict: String, Sendable, Codable, CaseIterable {
        /// Both intervals are on their own side of 0.
        case flips
        /// The estimates have opposite signs and differ for certain; one of the correlations may be 0 all the same.
        case differ = "opposite estimates, which differ"
        /// The estimates have opposite signs; that may be chance.
        case estimates = "estimates alone"
        case same = "same sign"
        /// One of the correlations does not exist.
        case undefined
    }

    var first: ConditionedCorrelation
    var second: ConditionedCorrelation
    /// Of the first less the second.
    var difference: ClosedRange<Double>?
    var verdict: Verdict

    var statistic: String { first.statistic }
}

/// From a table of agents to correlations and the signs that flip: a pure function of the table and a seed.
struct FalsificationAnalysis: Sendable {
    var bootstrap = ClusterBootstrap()
    /// The factors, in the order of the report, each with its levels.
    var factors: [(name: String, levels: [String])]
    var statistics: [String]

    struct Result: Sendable {
        var correlations: [ConditionedCorrelation]
        var comparisons: [SignComparison]

        func correlation(
            _ statistic: String, _ condition: Condition, _ kind: CorrelationKind
        ) -> BootstrapCorrelation? {
            correlations.first { $0.statistic == statistic && $0.condition == condition && $0.kind == kind }?.found
        }

        func comparisons(_ statistic: String, factor: String, _ kind: CorrelationKind) -> [SignComparison] {
            comparisons.filter {
                $0.statistic == statistic && $0.first.condition.factor == factor && $0.first.kind == kind
            }
        }
    }

    var conditions: [Condition] {
        [.everything]
            + factors.flatMap { factor in factor.levels.map { Condition(factor: factor.name, level: $0) } }
    }

    /// Every statistic in every condition, by both coefficients; then every pair of conditions of one factor.
    func analyse(_ samples: [AgentSample], workers: Workers = .one) -> Result {
        let conditions = conditions
        let tasks = statistics.flatMap { statistic in
            conditions.flatMap { condition in CorrelationKind.allCases.map { (statistic, condition, $0) } }
        }
        let correlations = workers.map(tasks.count) { task in
            let (statistic, condition, kind) = tasks[task]
            return correlation(statistic, condition, kind, samples)
        }
        var places: [String: ConditionedCorrelation] = [:]
        for found in correlations { places[Self.key(found.statistic, found.condition, found.kind)] = found }
        var comparisons: [SignComparison] = []
        for statistic in statistics {
            for kind in CorrelationKind.allCases {
                for factor in factors {
                    for (first, second) in Self.pairs(factor.levels) {
                        let found = [first, second].compactMap {
                            places[Self.key(statistic, Condition(factor: factor.name, level: $0), kind)]
                        }
                        if found.count == 2 { comparisons.append(compare(found[0], found[1])) }
                    }
                }
            }
        }
        return Result(correlations: correlations, comparisons: comparisons)
    }

    private func correlation(
        _ statistic: String, _ condition: Condition, _ kind: CorrelationKind, _ samples: [AgentSample]
    ) -> ConditionedCorrelation {
        let chosen = samples.filter { condition.holds(for: $0) && $0.statistics[statistic] != nil }
        let pairs = ClusteredPairs(
            x: chosen.compactMap { $0.statistics[statistic] }, y: chosen.map(\.plasticityLoss),
            clusters: chosen.map(\.run))
        // Both coefficients of one condition see the same draws.
        let stream = "\(statistic) \(condition)"
        return ConditionedCorrelation(
            statistic: statistic, condition: condition, kind: kind,
            found: bootstrap.correlation(kind, of: pairs, stream: stream))
    }

    private func compare(_ first: ConditionedCorrelation, _ second: ConditionedCorrelation) -> SignComparison {
        let difference = bootstrap.difference(first.found, second.found)
        return SignComparison(
            first: first, second: second, difference: difference,
            verdict: Self.verdict(first.found, second.found, difference: difference))
    }

    static func verdict(
        _ first: BootstrapCorrelation, _ second: BootstrapCorrelation, difference: ClosedRange<Double>?
    ) -> SignComparison.Verdict {
        guard let a = first.value, let b = second.value else { return .undefined }
        guard a * b < 0 else { return .same }
        if let one = first.interval, let other = second.interval, !one.contains(0), !other.contains(0) {
            return .flips
        }
        if let difference, !difference.contains(0) { return .differ }
        return .estimates
    }

    private static func pairs(_ levels: [String]) -> [(String, String)] {
        levels.indices.flatMap { first in levels[(first + 1)...].map { (levels[first], $0) } }
    }

    private static func key(_ statistic: String, _ condition: Condition, _ kind: CorrelationKind) -> String {
        "\(statistic)\n\(condition)\n\(kind.rawValue)"
    }
}
