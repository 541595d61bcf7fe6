import Figures

extension Falsification {
    public func report(_ outcome: Outcome) -> StudyReport {
        var report = StudyReport(title: "What goes with the loss of plasticity, and under which condition")
        let explanations = FalsificationStatistics.explanations(rank: rank)
        let leading = explanations.map(\.statistic).filter { outcome.statistics.contains($0) }
        report.blocks = [
            .text(introduction(outcome)),
            .heading("The paper's four explanations"),
            .table(FalsificationTables.explanations(explanations, outcome)),
        ]
        if let figure = scatter(explanations, outcome) {
            report.blocks.append(
                .figure(figure, "Each point is an agent at one measurement; lines are least squares by condition."))
        }
        if let figure = forest(leading, outcome) {
            report.blocks.append(
                .figure(figure, "Spearman's correlations with their intervals, condition by condition."))
        }
        report.blocks += [
            .heading("Correlations with plasticity loss, by condition"),
            .text("Spearman's coefficient with its interval; Pearson's is in the full table."),
            .table(FalsificationTables.correlations(leading, self, outcome)),
            .heading("Where the sign flips"),
            .text(legend),
            .table(FalsificationTables.flips(leading, outcome)),
            .heading("Every other statistic"),
            .table(FalsificationTables.others(leading, self, outcome)),
        ]
        report.claims = claims(outcome)
        report.cautions = cautions(outcome)
        report.tables = [
            ("samples.csv", FalsificationTables.samples(self, outcome)),
            ("correlations.csv", FalsificationTables.allCorrelations(outcome)),
            ("sign_flips.csv", FalsificationTables.allComparisons(outcome)),
        ]
        return report
    }

    private func introduction(_ outcome: Outcome) -> String {
        let factors = factors.map { "\($0.levels.count) × \($0.name) (\($0.levels.joined(separator: ", ")))" }
        let lost =
            outcome.missing.isEmpty ? "" : " \(outcome.missing.count) of them diverged or failed and are left out."
        let which = points == .all ? "every \(measurePeriod) updates" : "at its end"
        return """
            \(agentCount) DQN agents: \(factors.joined(separator: ", ")), \(seeds) seeds each.\(lost) Each is trained for \
            \(steps) updates; \(which) its statistics are logged and its plasticity is measured by \(probeTasks) new \
            tasks of \(probeSteps) updates with its own optimiser. Plasticity loss is P(θ₀) − P(θₜ), paired task by task: \
            positive where plasticity was lost. \(outcome.samples.count) measurements; intervals (95 %) are by the \
            bias-corrected and accelerated bootstrap with \(bootstrapReplicates) replicates, in which whole agents are drawn \
            again, and not single measurements.
            """
    }

    private var legend: String {
        """
        Every pair of conditions of one factor (Spearman). **flips**: the two intervals lie on opposite sides of 0. \
        **opposite estimates, which differ**: the coefficients have opposite signs and the interval of their difference \
        (percentiles) leaves 0 out, but one of them may be 0. **estimates alone**: opposite signs that may be chance. Pairs of the same sign are in the full table.
        """
    }

    private func scatter(
        _ explanations: [FalsificationStatistics.Explanation], _ outcome: Outcome
    ) -> ScatterPanelsFigure? {
        let panels = explanations.compactMap { explanation -> ScatterPanelsFigure.Panel? in
            let levels = factors.first { $0.name == explanation.factor }?.levels ?? []
            let groups = levels.compactMap { level -> ScatterPanelsFigure.Group? in
                let condition = Condition(factor: explanation.factor, level: level)
                let chosen = outcome.samples.filter {
                    condition.holds(for: $0) && $0.statistics[explanation.statistic] != nil
                }
                guard !chosen.isEmpty else { return nil }
                return .init(
                    level, x: chosen.compactMap { $0.statistics[explanation.statistic] },
                    y: chosen.map(\.plasticityLoss))
            }
            return groups.isEmpty ? nil : .init("\(explanation.words) (\(explanation.statistic))", groups: groups)
        }
        guard !panels.isEmpty else { return nil }
        return ScatterPanelsFigure(
            name: "falsification", title: "What goes with the loss of plasticity, by condition",
            subtitle: "\(agentCount - outcome.missing.count) DQN agents, \(outcome.samples.count) measurements",
            verticalLabel: "plasticity loss P(θ₀) − P(θₜ)", panels: panels)
    }

    private func forest(_ leading: [String], _ outcome: Outcome) -> ForestFigure? {
        let groups = leading.map { statistic in
            ForestFigure.Group(
                statistic,
                rows: outcome.analysis.correlations.filter { $0.statistic == statistic && $0.kind == .spearman }
                    .compactMap { found in
                        found.found.value.map {
                            ForestFigure.Row(
                                found.condition.description, value: $0, interval: found.found.interval,
                                colour: colour(of: found.condition))
                        }
                    })
        }.filter { !$0.rows.isEmpty }
        guard !groups.isEmpty else { return nil }
        return ForestFigure(
            name: "correlations", title: "Correlation with plasticity loss, by condition",
            subtitle: "Spearman; 95 % intervals from \(bootstrapReplicates) resamples of the agents",
            label: "Spearman's correlation", groups: groups)
    }

    private func colour(of condition: Condition) -> Int {
        // Black for all agents, then a colour a factor.
        factors.firstIndex { $0.name == condition.factor } ?? 6
    }
}
