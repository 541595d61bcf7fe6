import Agents
import Figures
import Krylov

extension OptimiserInstability {
    public func report(_ outcome: Outcome) -> StudyReport {
        var report = StudyReport(title: "Optimiser instability on a sequence of memorisation tasks")
        report.blocks = [
            .text(
                """
                A perceptron with hidden layers of \(hidden.map { "\($0)" }.joined(separator: " and ")) units learns \
                random labels of \(images) images (\(data)) for \(stepsPerTask) updates; then the labels are drawn \
                again, \(tasks) times in all. \(seeds) seeds, each with labels, batches and initial parameters of its \
                own that are the same for both optimisers. Accuracy is on the current labels of the first \
                \(evaluation) of these images; a unit is dead when it is zero on all of them.
                """),
            .figure(figure(outcome), "Accuracy and dead units over \(tasks) tasks; thin lines are seeds."),
            .heading("At the first and the last tasks"),
            .text(
                "Means over \(seeds) seeds with 95 % intervals (Student's t); in brackets after them the least and the "
                    + "greatest. The last accuracy is the mean of the ends of the last \(lastTasks) tasks."),
            .table(summary(outcome)),
            .heading("By seed"),
            .table(bySeed(outcome)),
        ]
        report.claims = claims(outcome)
        report.tables = [("series.csv", series(outcome))]
        report.cautions = [
            "Labels are random, so accuracy says how well a task was memorised; chance is 0.1.",
            "The tuned Adam learns the first tasks slowly, since its constant inside the root shortens steps while gradients "
                + "are small. Over many more tasks its units die as well, only later.",
            "A run whose loss or parameters were no longer finite ends there: its later tasks count as chance, its dead "
                + "units as last seen.",
        ]
        return report
    }

    private func figure(_ outcome: Outcome) -> SeedSeriesFigure {
        func panel(_ label: String, _ value: (MemorisationMetrics) -> Double?) -> SeedSeriesFigure.Panel {
            let groups = outcome.groups.map { group in
                SeedSeriesFigure.Group(
                    Self.title(group.variant),
                    lines: group.runs.map { run in
                        let points = run.lines.compactMap { line in value(line).map { (Double(line.step), $0) } }
                        return .init(steps: points.map(\.0), values: points.map(\.1))
                    }.filter { !$0.steps.isEmpty })
            }
            return SeedSeriesFigure.Panel(label, groups: groups.filter { !$0.lines.isEmpty }, range: 0...1.02)
        }
        var figure = SeedSeriesFigure(
            name: "optimizer-instability", title: "Random labels of \(tasks) tasks, one after another",
            subtitle: "MLP \(hidden.map { "\($0)" }.joined(separator: "-")) on \(images) of \(data), batch \(batch), "
                + "α \(learningRate); band: least to greatest of the seeds",
            panels: [panel("accuracy", \.accuracy), panel("share of dead units", \.deadFraction)])
        figure.events = ("labels drawn again", (1..<max(2, tasks)).map { Double($0 * stepsPerTask) })
        return figure
    }

    private static func title(_ variant: Variant) -> String {
        switch variant {
        case .standard: "Adam, default"
        case .tuned: "Adam, tuned"
        }
    }

    private func summary(_ outcome: Outcome) -> StudyTable {
        var table = StudyTable(["optimiser", "first accuracy", "last accuracy", "dead units at the end", "diverged"])
        for group in outcome.groups {
            table.append([
                "\(Self.title(group.variant)): \(group.optimiser)",
                Self.spread(group.runs.map(\.firstAccuracy)), Self.spread(group.runs.map(\.lastAccuracy)),
                Self.spread(group.runs.compactMap(\.deadFraction)),
                "\(group.runs.count { $0.divergence != nil }) of \(group.runs.count)",
            ])
        }
        return table
    }

    private static func spread(_ values: [Double]) -> String {
        guard !values.isEmpty else { return "–" }
        let estimate = Estimate(mean: values)
        let ends = "(\(StudyText.number(values.min() ?? 0)) to \(StudyText.number(values.max() ?? 0)))"
        return "\(StudyText.number(estimate.value)) \(StudyText.interval(estimate.interval())) \(ends)"
    }

    private func bySeed(_ outcome: Outcome) -> StudyTable {
        var table = StudyTable(["seed"])
        for group in outcome.groups {
            let name = group.variant.rawValue
            table.columns += ["\(name): first", "\(name): last", "\(name): dead"]
        }
        for seed in 0..<seeds {
            let cells = outcome.groups.flatMap { group in
                let run = group.runs[seed]
                return [run.firstAccuracy, run.lastAccuracy, run.deadFraction].map {
                    $0.map { StudyText.number($0) } ?? "–"
                }
            }
            table.append(["\(firstSeed + UInt64(seed))"] + cells)
        }
        return table
    }

    private func series(_ outcome: Outcome) -> StudyTable {
        var table = StudyTable(
            ["optimiser", "seed", "step", "task", "loss", "accuracy", "dead_fraction", "weight_norm"])
        for group in outcome.groups {
            for run in group.runs {
                for line in run.lines {
                    table.append([
                        group.variant.rawValue, "\(run.seed)", "\(line.step)", "\(line.task)", "\(line.loss)",
                        "\(line.accuracy)", line.deadFraction.map { "\($0)" } ?? "", "\(line.weightNorm)",
                    ])
                }
            }
        }
        return table
    }
}
