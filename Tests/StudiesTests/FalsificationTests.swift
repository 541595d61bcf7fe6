import Agents
import Files
import Foundation
import LinearAlgebra
import Plasticity
import Synchronization
import TestSupport
import Testing

@testable import Studies

@Suite struct FalsificationTests {
    private static let study: Falsification = {
        var study = Falsification(scale: .small)
        study.tasks = ["true-label", "sparse-reward"]
        study.optimisers = ["adam"]
        study.seeds = 10
        study.bootstrapReplicates = 300
        return study
    }()

    /// Agents as the paper has them: each explanation goes with plasticity loss on one side of its factor and against it on
    /// the other; with `isSteady`, on the same side everywhere.
    private static func outcome(isSteady: Bool = false, missing: Int = 0) throws -> Falsification.Outcome {
        var source = RandomSource(seed: 6)
        let names = ["weight_norm", "weight_srank", "dead_fraction", "feature_srank"]
        let agents = try study.agents
        let samples = agents.dropLast(missing).flatMap { agent -> [AgentSample] in
            (1...2).map { step in
                let loss = source.normal()
                let isFirst = [
                    agent.factors["observations"] == "digits", agent.factors["observations"] == "digits",
                    agent.factors["network"] == "mlp", agent.factors["task"] == "true-label",
                ]
                var statistics: [String: Double] = ["loss": source.normal(), "steady": 3]
                for (name, first) in zip(names, isFirst) {
                    statistics[name] = (first || isSteady ? 1 : -1) * loss + 0.3 * source.normal()
                }
                return AgentSample(
                    run: agent.name, step: step * 2000, factors: agent.factors, statistics: statistics,
                    plasticityLoss: loss)
            }
        }
        return Falsification.Outcome(
            samples: samples, missing: agents.suffix(missing).map(\.name), study)
    }

    @Test func claimsFollowTheNumbers() throws {
        #expect(Self.study.report(try Self.outcome()).check().isEmpty)
        let steady = Self.study.report(try Self.outcome(isSteady: true)).check()
        #expect(steady.map { String($0.statement.prefix(12)) } == ["at least one"])
        #expect(Self.study.report(try Self.outcome(isSteady: true)).claims.count { !$0.holds } == 5)
        let missing = Self.study.report(try Self.outcome(missing: 5)).check()
        #expect(missing.map { String($0.statement.prefix(10)) } == ["plasticity"])
    }

    /// What does not vary is no statistic of the table; the paper's come first.
    @Test func statisticsAreThoseThatVary() throws {
        #expect(
            try Self.outcome().statistics == [
                "weight_norm", "weight_srank", "dead_fraction", "feature_srank", "loss",
            ])
    }

    @Test func theReportSaysWhatFlips() throws {
        let folder = try TemporaryFolder()
        let place = try StudyFolder(folder.file("study"))
        _ = try Self.study.report(try Self.outcome()).write(
            to: place, settings: StudyTable(["setting"]), about: "About.")
        let text = try String(contentsOfFile: place.reportPath, encoding: .utf8)
        #expect(text.contains("| weight norm | `weight_norm` | observations digits, objects | 0.9"))
        #expect(text.contains("![Each point is an agent at one measurement"))
        #expect(text.contains("| flips |"))
        #expect(text.contains("pairs of conditions are compared, over 5 statistics"))
        #expect(text.contains("| `dead_fraction` | network mlp |"))
        let samples = try String(contentsOfFile: place.tables + "/samples.csv", encoding: .utf8)
        #expect(samples.split(separator: "\n").count == 1 + 2 * 80)
        let flips = try String(contentsOfFile: place.tables + "/sign_flips.csv", encoding: .utf8)
        // Five statistics, two coefficients, one pair of each of three factors; the optimiser has one level only.
        #expect(flips.split(separator: "\n").count == 1 + 5 * 2 * 3)
    }

    @Test func agentsAreAllCombinations() throws {
        for scale in StudyScale.allCases {
            let study = Falsification(scale: scale)
            let agents = try study.agents
            #expect(agents.count == study.agentCount && agents.count >= 128)
            #expect(Set(agents.map(\.name)).count == agents.count)
            #expect(Set(study.choices.map(\.key)) == Set(Falsification.keys))
            try study.validate()
        }
        let first = try #require(try Falsification(scale: .paper).agents.first)
        #expect(first.configuration.agent.batchSize == 512)
        #expect(first.configuration.plasticity?.probe.tasks == 10)
        #expect(first.configuration.plasticity?.probe.steps == 2000)
        #expect(first.configuration.plasticity?.periodSteps == 5000)
    }

    @Test func settingsOutOfRangeAreRefused() {
        for (key, value, words) in [
            ("tasks", "[\"no-label\"]", "true-label"), ("networks", "[]", "is empty"),
            ("optimisers", "[\"adam\",\"adam\"]", "twice"), ("rank", "my_rank", "srank"), ("points", "some", "kind"),
            ("measure_period", "5000", "4000"),
        ] {
            var study = Falsification(scale: .small)
            let fault = #expect(throws: Fault.self) { try study.apply([StudySetting(key, value)]) }
            #expect(fault?.kind == .usage)
            #expect(fault?.description.contains(words) == true, "\(key): \(fault?.description ?? "")")
        }
    }

    /// Oracle: an execution that nobody interrupted; a whole study of tiny agents, in this process.
    @Test func goesOnAfterAnInterruption() throws {
        let folder = try TemporaryFolder()
        try execute(in: folder.file("whole"))
        let count = Mutex(0)
        var session = StudySession()
        session.shouldStop = {
            count.withLock { count in
                count += 1
                return count > 70
            }
        }
        let fault = #expect(throws: Fault.self) { try execute(in: folder.file("part"), session) }
        #expect(fault?.kind == .interrupted)
        session.shouldStop = { false }
        session.workers = Workers(2)
        try execute(in: folder.file("part"), session)
        for name in ["report.md", "result.json", "tables/samples.csv", "tables/sign_flips.csv"] {
            let files = try ["whole", "part"].map {
                try Data(contentsOf: URL(fileURLWithPath: folder.file("\($0)/\(name)")))
            }
            #expect(files[0] == files[1], "\(name)")
        }
        let samples = try String(contentsOfFile: folder.file("whole/tables/samples.csv"), encoding: .utf8)
        #expect(samples.split(separator: "\n").count == 1 + 2 * 8)
        #expect(samples.contains("weight_srank"))
    }

    @discardableResult
    private func execute(in path: String, _ session: StudySession = StudySession()) throws(Fault) -> StudyEnding {
        let execution = try StudyExecution(
            Falsification.self,
            settings: [
                StudySetting("tasks", "[\"true-label\"]"), StudySetting("networks", "[\"mlp\"]"),
                StudySetting("optimisers", "[\"adam\"]"), StudySetting("seeds", "4"), StudySetting("images", "40"),
                StudySetting("width", "0.02"), StudySetting("batch", "8"), StudySetting("steps", "20"),
                StudySetting("measure_period", "10"), StudySetting("warm_up", "30"), StudySetting("target_period", "5"),
                StudySetting("probe_tasks", "2"), StudySetting("probe_steps", "4"),
                StudySetting("probe_examples", "20"),
                StudySetting("statistics_examples", "20"), StudySetting("bootstrap_replicates", "200"),
            ], in: path)
        return try execution.run(session)
    }
}
