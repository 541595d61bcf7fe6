import Figures
import Krylov

extension BrownianMotion {
    public func report(_ outcome: Outcome) -> StudyReport {
        var report = StudyReport(title: "Gradient descent against Brownian motion")
        let last = hessianIterations.last ?? 0
        report.blocks = [
            .text(
                """
                A DQN agent with hidden layers of \(hidden.map { "\($0)" }.joined(separator: " and ")) units learns the \
                true-label MDP on \(images) images (\(data)) by stochastic gradient descent, learning rate \
                \(learningRate), batch \(batch); an iteration is \(targetPeriod) updates, after which the target network \
                is renewed. \(seeds) agents, each with \(twins) twins: random walks from the agent's first parameters \
                that take, after every update, a step of the same Euclidean length in a direction drawn anew. Twins and \
                agent are looked at on the same \(hessianExamples) replayed inputs, and the same \(covarianceExamples) \
                transitions.
                """),
            .text(conclusion(claims(outcome))),
            .heading("The Hessian of a new task's loss"),
            .text(
                """
                ℓ(θ) = mean over inputs and outputs of (f(θ, x) − sg[f(θ, x) + ε])², ε ~ N(0, 1). The mean over the \
                outputs makes eigenvalues a tenth of those of a sum. An outlier is an eigenvalue above the same agent's \
                λ₁ at step 0. Means with 95 % intervals (Student's t): of agents and twins over \
                \(seeds > 1 ? "the agents (of each, the mean of its twins)" : "the twins"); of the difference, paired, over \
                \(seeds > 1 ? "the agents" : "the twins").
                """),
            .table(table(outcome.spectra)),
            .figure(
                densities(outcome, after: last),
                "Spectral densities of the first agent and its twins after \(last) iterations, and at step 0."),
            .heading("The gradients' cosines"),
            .text(
                """
                Cosines between the gradients of \(covarianceExamples) single transitions' TD losses, rows and columns by \
                clusters. The twins' loss is the agent's: the same transitions, and the agent's target network of that \
                step. Under "own targets" each network is its own target network instead.
                """),
            .table(table(outcome.cosines)),
            .figure(cosines(outcome), "Cosines of the first agent and its first twin."),
        ]
        report.claims = claims(outcome)
        report.tables = [("contrasts.csv", everyNumber(outcome))]
        report.cautions =
            [
                "A twin's places are all as far along their path as the agent, not as far from the start: random steps do not "
                    + "add up as an agent's do.",
                "Interference is counted twice: the share of negative cosines counts pairs however small, the mean of "
                    + "min(cosine, 0) how negative they are.",
            ] + [caution(ofTargets: outcome)].compactMap { $0 } + outcome.warnings
        return report
    }

    /// One sentence that the claims decide.
    private func conclusion(_ claims: [StudyClaim]) -> String {
        let holding = claims.filter(\.holds).map(\.statement)
        let failing = claims.filter { !$0.holds }.map(\.statement)
        var sentences: [String] = []
        if !holding.isEmpty {
            sentences.append("The numbers bear out that " + holding.joined(separator: "; that ") + ".")
        }
        if !failing.isEmpty {
            sentences.append("They do not bear out that " + failing.joined(separator: "; that ") + ".")
        }
        return sentences.joined(separator: " ")
    }

    private func table(_ contrasts: [TwinContrast]) -> StudyTable {
        var table = StudyTable(["quantity", "iterations", "agent", "twins", "agent less twins"])
        for contrast in contrasts {
            table.append([
                Self.words(contrast.quantity), "\(contrast.iteration)", Self.text(contrast.agent),
                Self.text(contrast.twin), Self.text(contrast.difference),
            ])
        }
        return table
    }

    private static func text(_ estimate: Estimate) -> String {
        "\(StudyText.number(estimate.value)) \(StudyText.interval(estimate.interval()))"
    }

    private func densities(_ outcome: Outcome, after iteration: Int) -> GroupedDensitiesFigure {
        func members(_ isWanted: (Density) -> Bool) -> [GroupedDensitiesFigure.Member] {
            outcome.densities.filter(isWanted).map { .init(grid: $0.grid, density: $0.values) }
        }
        let groups: [GroupedDensitiesFigure.Group] = [
            .init("agent", members: members { $0.iteration == iteration && $0.twin == nil }),
            .init(
                twins == 1 ? "1 twin" : "\(twins) twins",
                members: members { $0.iteration == iteration && $0.twin != nil }),
            .init("both at step 0", members: iteration == 0 ? [] : members { $0.iteration == 0 }),
        ]
        return GroupedDensitiesFigure(
            name: "densities", title: "The Hessian of a new task's loss after \(iteration) iterations",
            subtitle: "MLP \(hidden.map { "\($0)" }.joined(separator: "-")) on \(data), SGD \(learningRate), "
                + "\(iteration * targetPeriod) updates; \(hessianExamples) inputs",
            groups: groups.filter { !$0.members.isEmpty })
    }

    private func cosines(_ outcome: Outcome) -> CosinePanelsFigure {
        let rows = [nil, 1].map { twin in
            outcome.matrices.filter { $0.twin == twin }.map { matrix in
                let iterations = matrix.iteration == 1 ? "1 iteration" : "\(matrix.iteration) iterations"
                return CosinePanelsFigure.Panel(
                    "\(twin == nil ? "agent" : "twin") after \(iterations)", matrix: matrix.entries)
            }
        }
        return CosinePanelsFigure(
            name: "cosines", title: "Cosines between the gradients of single transitions",
            subtitle: "\(covarianceExamples) transitions, by clusters; the first agent and its first twin", rows: rows)
    }

    private func everyNumber(_ outcome: Outcome) -> StudyTable {
        var table = StudyTable(["quantity", "iteration", "seed", "twin", "value"])
        for contrast in outcome.spectra + outcome.cosines {
            for (seed, agent) in contrast.agents.enumerated() {
                let name = "\(firstSeed + UInt64(seed))"
                table.append([contrast.quantity, "\(contrast.iteration)", name, "", "\(agent)"])
                for (twin, value) in contrast.twins[seed].enumerated() {
                    table.append([contrast.quantity, "\(contrast.iteration)", name, "\(twin + 1)", "\(value)"])
                }
            }
        }
        return table
    }
}
