import Agents
public import Files
import LinearAlgebra
import Sweeps

extension Falsification {
    public func run(in folder: StudyFolder, _ session: StudySession) throws(Fault) {
        let agents = try agents
        guard let program = session.agentsProgram else { return try runHere(agents, in: folder, session) }
        let plan = try SweepPlan(
            agents.map { PlannedRun(name: $0.name, settings: $0.settings, configuration: $0.configuration) })
        let sweep = try Sweep(plan, folder: Self.sweep(in: folder), dataDirectory: session.dataDirectory)
        try sweep.run(
            jobs: session.workers.count,
            launcher: .agents(dataDirectory: session.dataDirectory, executable: program),
            shouldStop: session.shouldStop
        ) { progress in
            session.progress(
                StudyProgress(
                    "training", done: progress.stepsDone, of: progress.steps, unit: "steps", details: progress.details))
        }
    }

    /// Where the sweep of all agents lies: a folder that `agents status` and `agents export` take.
    private static func sweep(in folder: StudyFolder) -> String { folder.path + "/sweep" }

    private static func place(of agent: AgentPlan, in folder: StudyFolder) -> String {
        Sweep.folder(ofRun: agent.name, in: sweep(in: folder))
    }

    /// The same in this process, and without a database: for those who have no program `agents`.
    private func runHere(_ agents: [AgentPlan], in folder: StudyFolder, _ session: StudySession) throws(Fault) {
        let meter = StudyMeter("training", parts: agents.count, total: agents.count * steps, unit: "steps", session)
        try session.forEach(agents.count) { part, stop throws(Fault) in
            let run = try ClassificationRun(
                agents[part].configuration, dataDirectory: session.dataDirectory,
                directory: Self.place(of: agents[part], in: folder), mode: .resume, workers: .one)
            do throws(Fault) {
                try run.run(shouldStop: {
                    meter.advance(part, to: run.step, details: agents[part].name)
                    return stop()
                })
            } catch  where error.kind == .data {
                // One that diverged is a result: the report counts it.
                meter.advance(part, to: steps)
            }
        }
    }

    public func outcome(in folder: StudyFolder) throws(Fault) -> Outcome {
        var samples: [AgentSample] = []
        var missing: [String] = []
        for agent in try agents {
            let found = try FalsificationSamples.read(
                run: agent.name, in: Self.place(of: agent, in: folder), factors: agent.factors)
            // What an agent that diverged was before says nothing of where it ended.
            guard found.last?.step == steps else {
                missing.append(agent.name)
                continue
            }
            samples += points == .all ? found : found.suffix(1)
        }
        return Outcome(samples: samples, missing: missing, self)
    }

    /// What the agents were and what goes with what.
    public struct Outcome: Encodable, Sendable {
        var agents: Int
        /// Agents that diverged or failed, by name.
        var missing: [String]
        /// Not in `result.json`: `tables/samples.csv` has them.
        var samples: [AgentSample]
        /// Of all samples.
        var failedTasks: Int { samples.reduce(0) { $0 + $1.failedTasks } }
        var analysis: FalsificationAnalysis.Result
        /// Statistics that at least two agents differ in, the paper's first.
        var statistics: [String]

        init(samples: [AgentSample], missing: [String], _ study: Falsification) {
            self.samples = samples
            self.missing = missing
            agents = study.agentCount
            statistics = Self.statistics(of: samples, first: FalsificationStatistics.explanations(rank: study.rank))
            let analysis = FalsificationAnalysis(
                bootstrap: ClusterBootstrap(
                    replicates: study.bootstrapReplicates, confidence: 0.95, seed: study.bootstrapSeed),
                factors: study.factors, statistics: statistics)
            self.analysis = analysis.analyse(samples)
        }

        /// Those that vary at all, and that nearly all agents have: of what is there for some only, conditions could not be
        /// compared.
        private static func statistics(
            of samples: [AgentSample], first: [FalsificationStatistics.Explanation]
        ) -> [String] {
            var values: [String: (count: Int, least: Double, greatest: Double)] = [:]
            for sample in samples {
                for (name, value) in sample.statistics {
                    let old = values[name] ?? (0, value, value)
                    values[name] = (old.count + 1, min(old.least, value), max(old.greatest, value))
                }
            }
            let usable = values.filter {
                $0.value.least < $0.value.greatest && $0.value.count * 10 >= samples.count * 9
            }
            let leading = first.map(\.statistic).filter { usable[$0] != nil }
            return leading + usable.keys.filter { !leading.contains($0) }.sorted()
        }

        enum CodingKeys: String, CodingKey {
            case agents, missing, measurements, statistics, correlations, comparisons
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(agents, forKey: .agents)
            try container.encode(missing, forKey: .missing)
            try container.encode(samples.count, forKey: .measurements)
            try container.encode(statistics, forKey: .statistics)
            try container.encode(analysis.correlations.map(CorrelationRecord.init), forKey: .correlations)
            try container.encode(analysis.comparisons.map(ComparisonRecord.init), forKey: .comparisons)
        }
    }
}

/// A correlation in `result.json`.
private struct CorrelationRecord: Encodable {
    let statistic: String
    let condition: String
    let kind: CorrelationKind
    let value: Double?
    let interval: [Double]?
    let agents: Int
    let measurements: Int

    init(_ found: ConditionedCorrelation) {
        statistic = found.statistic
        condition = found.condition.description
        kind = found.kind
        value = found.found.value
        interval = found.found.interval.map { [$0.lowerBound, $0.upperBound] }
        agents = found.found.clusters
        measurements = found.found.pairs
    }
}

/// A comparison in `result.json`.
private struct ComparisonRecord: Encodable {
    let statistic: String
    let kind: CorrelationKind
    let conditions: [String]
    let values: [Double?]
    let difference: [Double]?
    let verdict: SignComparison.Verdict

    init(_ found: SignComparison) {
        statistic = found.statistic
        kind = found.first.kind
        conditions = [found.first.condition.description, found.second.condition.description]
        values = [found.first.found.value, found.second.found.value]
        difference = found.difference.map { [$0.lowerBound, $0.upperBound] }
        verdict = found.verdict
    }
}
