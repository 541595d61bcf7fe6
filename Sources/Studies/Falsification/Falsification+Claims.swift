extension Falsification {
    /// What the paper concludes, as sentences that the intervals decide: no statistic explains the loss of plasticity under
    /// all conditions. One explanation whose sign flips for certain bears that out; which of them do is found, not asserted.
    func claims(_ outcome: Outcome) -> [StudyClaim] {
        let measured = outcome.agents - outcome.missing.count
        let found = FalsificationStatistics.explanations(rank: rank).map { explanation in
            let pairs = outcome.analysis.comparisons.filter {
                $0.statistic == explanation.statistic && $0.first.kind == .spearman
            }
            return (explanation, pairs, pairs.filter { $0.verdict == .flips })
        }
        let flipping = found.filter { !$0.2.isEmpty }.map(\.0.words)
        return [
            StudyClaim(
                "plasticity was measured in nearly all agents", holds: 20 * outcome.missing.count <= outcome.agents,
                evidence: "\(measured) of \(outcome.agents) agents to their end, at least 95 % needed"),
            StudyClaim(
                "at least one of the paper's \(found.count) explanations goes with plasticity loss under one condition and "
                    + "against it under another", holds: !flipping.isEmpty,
                evidence: flipping.isEmpty ? "none does" : flipping.joined(separator: ", ")),
        ]
            + found.map { explanation, pairs, flips in
                StudyClaim(
                    "\(explanation.words) (\(explanation.statistic)) goes with plasticity loss under one condition and "
                        + "against it under another",
                    holds: !flips.isEmpty,
                    evidence: Self.evidence(pairs.count, flips, pairs.filter { $0.verdict == .differ }),
                    isAsserted: false)
            }
    }

    private static func evidence(_ pairs: Int, _ flips: [SignComparison], _ differing: [SignComparison]) -> String {
        func words(_ chosen: [SignComparison]) -> String {
            let each = chosen.map { pair in
                "\(pair.first.condition) \(FalsificationTables.cell(pair.first.found)) against "
                    + "\(pair.second.condition.level) \(FalsificationTables.cell(pair.second.found))"
            }
            return each.isEmpty ? "" : ": " + each.joined(separator: "; ")
        }
        return "\(flips.count) of \(pairs) pairs of conditions flip\(words(flips))"
            + (differing.isEmpty
                ? ""
                : "; \(differing.count) more have estimates of opposite signs that differ, one of them perhaps 0"
                    + words(differing))
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
            "Plasticity is measured over \(probeTasks) tasks, the same for all agents of an architecture and of one scale of "
                + "inputs: that these tasks were drawn and not others weakens correlations where it moves agents apart, and is "
                + "in none of the intervals where it moves them together.",
            "Agents of one seed and architecture begin at the same parameters, under every task and optimiser; the bootstrap "
                + "draws agents as if they did not.",
            "`dead_fraction` of a convolutional network counts units, each channel at each place: at an image's margins they are "
                + "dead from the start. `dead_channel_fraction` counts channels.",
            "A correlation says what goes together, and not what causes what.",
        ]
            + (outcome.failedTasks == 0
                ? []
                : [
                    "\(outcome.failedTasks) of \(outcome.samples.count * probeTasks) probe tasks diverged, in "
                        + "\(outcome.samples.count { $0.failedTasks > 0 }) measurements. A measurement is the mean over the tasks "
                        + "that did not, and so shows less loss than there is."
                ])
    }
}
