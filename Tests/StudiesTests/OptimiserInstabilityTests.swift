import Agents
import Files
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing

@testable import Studies

@Suite struct OptimiserInstabilityTests {
    private static let study: OptimiserInstability = {
        var study = OptimiserInstability(scale: .small)
        (study.steps, study.stepsPerTask, study.lastTasks) = (40, 10, 2)
        return study
    }()

    /// Runs that do what the paper says, from numbers alone: default accuracies fall from 1 to `last`, units die.
    private static func outcome(
        last: Double = 0.2, dead: Double = 0.7, tunedFirst: Double = 0.99, tunedLast: Double = 0.98,
        tunedDead: Double = 0.05
    ) -> OptimiserInstability.Outcome {
        func run(_ seed: Int, _ ends: [Double], _ dead: Double) -> OptimiserInstability.Outcome.Run {
            // A little of the seed's own, so that there is a spread.
            let wiggle = 0.001 * Double(seed)
            let lines = ends.enumerated().map { task, accuracy in
                MemorisationMetrics(
                    step: (task + 1) * 10, task: task, loss: 1, accuracy: accuracy - wiggle,
                    deadFraction: dead * Double(task) / 3 + wiggle, weightNorm: 10)
            }
            return .init(seed: UInt64(seed), lines: lines, divergence: nil, study)
        }
        return .init(groups: [
            .init(
                variant: .standard, optimiser: "adam (default)",
                runs: (0..<5).map { run($0, [1, 0.6, last, last], dead) }),
            .init(
                variant: .tuned, optimiser: "adam (tuned)",
                runs: (0..<5).map { run($0, [tunedFirst, 0.99, tunedLast, tunedLast], tunedDead) }),
        ])
    }

    @Test func claimsHoldWhereTheNumbersBearThemOut() {
        let claims = Self.study.claims(Self.outcome())
        #expect(claims.count == 6)
        #expect(claims.filter { !$0.holds }.isEmpty)
        #expect(Self.study.report(Self.outcome()).check().isEmpty)
    }

    /// Each number that the paper's figure does not have fails the claims that are about it, and no other.
    @Test func claimsFailWhereTheNumbersDoNot() {
        func failed(_ outcome: OptimiserInstability.Outcome) -> [String] {
            Self.study.report(outcome).check().map { String($0.statement.prefix(24)) }
        }
        #expect(failed(Self.outcome(last: 0.9)) == ["the default Adam loses a", "on the last tasks the tu"])
        #expect(failed(Self.outcome(dead: 0.4)) == ["the default Adam loses m"])
        #expect(failed(Self.outcome(tunedLast: 0.9)) == ["the tuned Adam loses no "])
        // Badly learnt at first, then well, and lost again: the best task is what counts.
        #expect(failed(Self.outcome(tunedFirst: 0.2, tunedLast: 0.85)) == ["the tuned Adam loses no "])
        #expect(failed(Self.outcome(tunedDead: 0.3)) == ["the tuned Adam keeps its"])
    }

    /// A single seed has no interval, and bears nothing out.
    @Test func oneSeedBearsNothingOut() {
        var outcome = Self.outcome()
        for index in outcome.groups.indices { outcome.groups[index].runs = [outcome.groups[index].runs[0]] }
        #expect(Self.study.claims(outcome).allSatisfy { !$0.holds })
    }

    /// What diverged counts as chance from there on.
    @Test func aDivergedRunCountsAsChance() {
        let line = MemorisationMetrics(step: 10, task: 0, loss: 1, accuracy: 0.9, deadFraction: 0.2, weightNorm: 1)
        let run = OptimiserInstability.Outcome.Run(
            seed: 0, lines: [line], divergence: Divergence(step: 15, reason: "the loss is nan"), Self.study)
        #expect(run.taskEndAccuracies == [0.9, 0.1, 0.1, 0.1])
        #expect(run.lastAccuracy == 0.1 && run.firstAccuracy == 0.9 && run.deadFraction == 0.2)
    }

    /// The report word for word, from made-up numbers: a change of what users read must be meant.
    @Test func theReportReadsAsItShould() throws {
        let folder = try TemporaryFolder()
        let place = try StudyFolder(folder.file("study"))
        var study = Self.study
        study.seeds = 5
        _ = try study.report(Self.outcome()).write(
            to: place, settings: StudyTable(["setting", "here"]), about: "About.")
        let text = try String(contentsOfFile: place.reportPath, encoding: .utf8)
        for words in [
            "# Optimiser instability on a sequence of memorisation tasks\n\nAbout.\n\n## Findings\n\n",
            "* **Holds**: the default Adam loses accuracy from the first to the last tasks. (loss 0.8, 95 % interval over "
                + "5 seeds [0.8, 0.8], to lie above 0.2)\n",
            "\n![Accuracy and dead units over 4 tasks; thin lines are seeds.](figures/optimizer-instability.svg)\n",
            "| Adam, tuned: adam (tuned) | 0.988 [0.986, 0.99] (0.986 to 0.99) | 0.978 [0.976, 0.98] (0.976 to 0.98) | "
                + "0.052 [0.05, 0.054] (0.05 to 0.054) | 0 of 5 |\n",
            "| 4 | 0.996 | 0.196 | 0.704 | 0.986 | 0.976 | 0.054 |\n",
            "The numbers in full: [series.csv](tables/series.csv).\n",
        ] { #expect(text.contains(words), "\(words)") }
        let series = try String(contentsOfFile: place.tables + "/series.csv", encoding: .utf8)
        #expect(series.split(separator: "\n").count == 1 + 2 * 5 * 4)
    }

    /// Oracle: an execution that nobody interrupted; every file that people and programs read, byte by byte.
    @Test func goesOnAfterAnInterruption() throws {
        let folder = try TemporaryFolder()
        try execute(in: folder.file("whole"))
        let count = Counter()
        var session = StudySession()
        session.shouldStop = { count.next() > 55 }
        let fault = #expect(throws: Fault.self) { try execute(in: folder.file("part"), session) }
        #expect(fault?.kind == .interrupted)
        session.shouldStop = { false }
        session.workers = Workers(2)
        let ending = try execute(in: folder.file("part"), session)
        #expect(ending.claims.count == 6)
        for name in [
            "report.md", "result.json", "study.json", "tables/series.csv", "figures/optimizer-instability.dat",
        ] {
            let files = try ["whole", "part"].map {
                try Data(contentsOf: URL(fileURLWithPath: folder.file("\($0)/\(name)")))
            }
            #expect(files[0] == files[1], "\(name)")
        }
    }

    /// A folder keeps its settings; others are refused by their key, its own need not be repeated.
    @Test func aFolderKeepsItsSettings() throws {
        let folder = try TemporaryFolder()
        try execute(in: folder.file("study"))
        let again = try StudyExecution(OptimiserInstability.self, in: folder.file("study"))
        #expect(again.study.images == 40 && again.study.seeds == 2)
        let other = try StudyExecution(
            OptimiserInstability.self, settings: [StudySetting("batch", "9")], in: folder.file("study"))
        let fault = #expect(throws: Fault.self) { _ = try other.run(StudySession()) }
        #expect(fault?.kind == .usage)
        #expect(fault?.place.contains("'settings.batch'") == true)
        let paper = try StudyExecution(OptimiserInstability.self, scale: .paper, in: folder.file("study"))
        #expect(throws: Fault.self) { _ = try paper.run(StudySession()) }
    }

    @Test func settingsAreGivenByTheirKeys() throws {
        var study = OptimiserInstability(scale: .small)
        try study.apply([
            StudySetting("hidden", "[7,5]"), StudySetting("tuned_epsilon_in_root", "1e-4"),
            StudySetting("data", "objects"), StudySetting("first_seed", "11"),
        ])
        #expect(study.hidden == [7, 5] && study.tunedEpsilonInRoot == 1e-4 && study.data == "objects")
        #expect(study.firstSeed == 11)
        for (key, value, words) in [
            ("widht", "3", "steps_per_task"), ("seeds", "many", "standard value"), ("seeds", "0", "from 1"),
            ("steps", "1001", "multiple"), ("data", "imagenet", "objects"),
            ("evaluation", "1001", "evaluation: is 1001 and must be from 1 to 1000"),
            ("learning_rate", "-1", "above 0"),
        ] {
            var changed = OptimiserInstability(scale: .small)
            let fault = #expect(throws: Fault.self) { try changed.apply([StudySetting(key, value)]) }
            #expect(fault?.kind == .usage)
            #expect(fault?.description.contains(words) == true, "\(key): \(fault?.description ?? "")")
        }
    }

    /// Every setting is in the report: what decides the result must be read there.
    @Test func everySettingIsAChoice() {
        for scale in StudyScale.allCases {
            let study = OptimiserInstability(scale: scale)
            #expect(Set(study.choices.map(\.key)) == Set(OptimiserInstability.keys))
        }
    }

    @discardableResult
    private func execute(in path: String, _ session: StudySession = StudySession()) throws(Fault) -> StudyEnding {
        let study = try StudyExecution(
            OptimiserInstability.self,
            settings: [
                StudySetting("images", "40"), StudySetting("evaluation", "40"), StudySetting("hidden", "[8]"),
                StudySetting("batch", "8"), StudySetting("steps_per_task", "10"), StudySetting("last_tasks", "1"),
                StudySetting("steps", "30"), StudySetting("seeds", "2"), StudySetting("log_period", "5"),
            ], in: path)
        return try study.run(session)
    }
}

/// Counts from any thread.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
