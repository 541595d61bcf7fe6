extension Falsification {
    /// What the paper concludes, as sentences that the intervals decide: no statistic explains the loss of plasticity under
    /// all conditions.
    func claims(_ outcome: Outcome) -> [StudyClaim] {
        let found = outcome.agents - outcome.missing.count
        var claims = [
            StudyClaim(
                "plasticity was measured in nearly all agents", holds: 20 * outcome.missing.count <= outcome.agents,
                evidence: "\(found) of \(outcome.agents) agents to their end, at least 95 % needed")
        ]
        for explanation in FalsificationStatistics.explanations(rank: rank) {
            let pairs = outcome.analysis.comparisons.filter {
                $0.statistic == explanation.statistic && $0.first.kind == .spearman
            }
            let certain = pairs.filter { $0.verdict == .flips }
            let likely = pairs.filter { $0.verdict == .likely }
            claims.append(
                StudyClaim(
                    "\(explanation.words) (\(explanation.statistic)) goes with plasticity loss under one condition and "
                        + "against it under another",
                    holds: !certain.isEmpty || !likely.isEmpty,
                    evidence: Self.evidence(pairs.count, certain, likely)))
        }
        return claims
    }

    private static func evidence(
        _ pairs: Int, _ certain: [SignComparison], _ likely: [SignComparison]
    ) -> String {
        let words = (certain + likely).map { pair in
            "\(pair.first.condition) \(FalsificationTables.cell(pair.first.found)) against \(pair.second.condition.level) "
                + FalsificationTables.cell(pair.second.found)
        }
        return "\(certain.count) of \(pairs) pairs of conditions flip, \(likely.count) more are likely to"
            + (words.isEmpty ? "" : ": " + words.joined(separator: "; "))
    }

    func cautions(_ outcome: Outcome) -> [String] {
        let pairs = outcome.analysis.comparisons.filter { $0.first.kind == .spearman && $0.verdict != .undefined }.count
        // Were all correlations 0, each interval would lie on one side with 2.5 %: of a pair on opposite ones, twice that
        // squared.
        let byChance = Double(pairs) * 2 * 0.025 * 0.025
        return [
            "\(pairs) pairs of conditions are compared, over \(outcome.statistics.count) statistics. Were no statistic "
                + "correlated at all, about \(StudyText.number(byChance, digits: 2)) of these would be called \"flips\" by "
                + "chance; single ones in the long tables prove nothing.",
            "Statistics that are definitions of the same thing (ranks above all) are not independent findings.",
            "Measurements of one agent at several steps share its course: a correlation over all of them is also one with "
                + "time. `points=last` takes each agent's end alone.",
            "Conditions are pooled over all other factors; what differs between them (scale of the weights, say) is part of "
                + "each correlation.",
            "Plasticity is measured over \(probeTasks) tasks, with an error that weakens every correlation.",
            "A correlation says what goes together, and not what causes what.",
        ]
    }
}
