/// The tables of the falsification report.
enum FalsificationTables {
    /// `-0.42 [-0.6, -0.1]`.
    static func cell(_ found: BootstrapCorrelation?) -> String {
        guard let value = found?.value else { return "–" }
        return "\(StudyText.number(value, digits: 2)) \(StudyText.interval(found?.interval, digits: 2))"
    }

    /// What the paper says of each explanation, and what is found here: the pairs of the factor that it names.
    static func explanations(
        _ explanations: [FalsificationStatistics.Explanation], _ outcome: Falsification.Outcome
    ) -> StudyTable {
        var table = StudyTable(["explanation", "statistic", "the paper: flips between", "here, Spearman", "verdict"])
        for explanation in explanations {
            let pairs = outcome.analysis.comparisons(
                explanation.statistic, factor: explanation.factor, .spearman)
            for pair in pairs {
                table.append([
                    explanation.words, "`\(explanation.statistic)`",
                    "\(explanation.factor) \(pair.first.condition.level), \(pair.second.condition.level)",
                    "\(cell(pair.first.found)), \(cell(pair.second.found))", pair.verdict.rawValue,
                ])
            }
            if pairs.isEmpty {
                table.append([
                    explanation.words, "`\(explanation.statistic)`", explanation.factor, "–", "not measured",
                ])
            }
        }
        return table
    }

    static func correlations(
        _ statistics: [String], _ study: Falsification, _ outcome: Falsification.Outcome
    ) -> StudyTable {
        let conditions =
            [Condition.everything]
            + study.factors.flatMap { factor in factor.levels.map { Condition(factor: factor.name, level: $0) } }
        var table = StudyTable(["condition", "agents"] + statistics.map { "`\($0)`" })
        for condition in conditions {
            let found = statistics.map { outcome.analysis.correlation($0, condition, .spearman) }
            let agents = found.compactMap { $0?.clusters }.max() ?? 0
            table.append([condition.description, "\(agents)"] + found.map(cell))
        }
        return table
    }

    /// Pairs of opposite signs, the certain ones first.
    static func flips(_ statistics: [String], _ outcome: Falsification.Outcome) -> StudyTable {
        var table = StudyTable([
            "statistic", "condition", "correlation", "condition", "correlation", "difference", "verdict",
        ])
        for verdict in [SignComparison.Verdict.flips, .differ, .estimates] {
            for pair in outcome.analysis.comparisons
            where pair.first.kind == .spearman && pair.verdict == verdict && statistics.contains(pair.statistic) {
                table.append([
                    "`\(pair.statistic)`", pair.first.condition.description, cell(pair.first.found),
                    pair.second.condition.description, cell(pair.second.found),
                    StudyText.interval(pair.difference, digits: 2), verdict.rawValue,
                ])
            }
        }
        return table
    }

    /// One row a statistic: over all agents, and in how many pairs of conditions the sign flips.
    static func others(
        _ leading: [String], _ study: Falsification, _ outcome: Falsification.Outcome
    ) -> StudyTable {
        var table = StudyTable([
            "statistic", "all agents", "pairs", "flips", "opposite, which differ", "estimates alone", "flips between",
        ])
        for statistic in outcome.statistics where !leading.contains(statistic) {
            let pairs = outcome.analysis.comparisons.filter { $0.statistic == statistic && $0.first.kind == .spearman }
            func count(_ verdict: SignComparison.Verdict) -> String { "\(pairs.count { $0.verdict == verdict })" }
            let certain = pairs.filter { $0.verdict == .flips }.map {
                "\($0.first.condition), \($0.second.condition.level)"
            }
            table.append([
                "`\(statistic)`", cell(outcome.analysis.correlation(statistic, .everything, .spearman)),
                "\(pairs.count)", count(.flips), count(.differ), count(.estimates), certain.joined(separator: "; "),
            ])
        }
        return table
    }

    static func samples(_ study: Falsification, _ outcome: Falsification.Outcome) -> StudyTable {
        let factors = study.factors.map(\.name)
        var table = StudyTable(["run"] + factors + ["step", "plasticity_loss"] + outcome.statistics)
        for sample in outcome.samples {
            table.append(
                [sample.run] + factors.map { sample.factors[$0] ?? "" } + [
                    "\(sample.step)", "\(sample.plasticityLoss)",
                ]
                    + outcome.statistics.map { sample.statistics[$0].map { "\($0)" } ?? "" })
        }
        return table
    }

    static func allCorrelations(_ outcome: Falsification.Outcome) -> StudyTable {
        var table = StudyTable([
            "statistic", "factor", "level", "coefficient", "agents", "measurements", "value", "lower", "upper",
        ])
        for found in outcome.analysis.correlations {
            table.append([
                found.statistic, found.condition.factor, found.condition.level, found.kind.rawValue,
                "\(found.found.clusters)", "\(found.found.pairs)", text(found.found.value),
                text(found.found.interval?.lowerBound), text(found.found.interval?.upperBound),
            ])
        }
        return table
    }

    static func allComparisons(_ outcome: Falsification.Outcome) -> StudyTable {
        var table = StudyTable([
            "statistic", "coefficient", "factor", "first", "second", "value_first", "value_second", "difference_lower",
            "difference_upper", "verdict",
        ])
        for pair in outcome.analysis.comparisons {
            table.append([
                pair.statistic, pair.first.kind.rawValue, pair.first.condition.factor, pair.first.condition.level,
                pair.second.condition.level, text(pair.first.found.value), text(pair.second.found.value),
                text(pair.difference?.lowerBound), text(pair.difference?.upperBound), pair.verdict.rawValue,
            ])
        }
        return table
    }

    private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
