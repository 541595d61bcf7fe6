import Agents
import Files
import Foundation
import TestSupport
import Testing

@testable import Sweeps

/// Sweeps whose runs are shell scripts: what becomes of runs that end well, badly, or not at all.
struct SweepTests {
    @Test func everyRunIsDoneOnce() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(5))
        let script = SmallSweep.honest + "\necho >> \"$1/../../count\""
        let counts = try sweep.run(jobs: 3, launcher: SmallSweep.launcher(script))
        #expect(counts.done == 5 && counts.isComplete)
        // Once more: nothing is left to do.
        try sweep.run(jobs: 3, launcher: SmallSweep.launcher(script))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("count"))).count == 5)
        for run in try sweep.database.runs() {
            let expected = [SweepValue(step: 10, layer: "", kind: "", name: "td_loss", value: Double(run.id) + 0.5)]
            #expect(try sweep.database.metrics(of: run) == expected)
            let written = try RunConfiguration(readingRun: folder.file("runs/\(run.name)"))
            #expect(try written == run.configuration)
            #expect(!written.environment.imageChecksum.isEmpty)
        }
    }

    /// A failure is told with its words and exit code, and the others go on; afterwards it can be tried again.
    @Test func failuresAreRecordedAndDoNotStopTheRest() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(4))
        let script = """
            case "$1" in
            *run-2) echo 'notice: hm' >&2; echo 'error: it diverged (step 3)' >&2; exit 65;;
            *run-3) kill -SEGV $$;;
            *run-4) echo nonsense > "$1/metrics.csv"; exit 0;;
            esac
            """
        let counts = try sweep.run(jobs: 2, launcher: SmallSweep.launcher(script + "\n" + SmallSweep.honest))
        #expect(counts.done == 1 && counts.failed == 3)
        let runs = try sweep.database.runs()
        #expect(runs.map(\.status) == [.done, .failed, .failed, .failed])
        #expect(runs[1].error == "it diverged (step 3)" && runs[1].exitCode == 65)
        #expect(runs[2].error == "killed by signal 11" && runs[2].exitCode == -11)
        #expect(runs[3].error?.contains("metrics.csv") == true && runs[3].exitCode == 65)
        try sweep.run(jobs: 2, launcher: SmallSweep.launcher(SmallSweep.honest))
        #expect(try sweep.database.counts().failed == 3)
        try sweep.run(jobs: 2, launcher: SmallSweep.launcher(SmallSweep.honest), retryFailed: true)
        #expect(try sweep.database.counts().done == 4)
    }

    /// What is killed from outside is taken up again; what dies always is given up.
    @Test func killedRunsAreTakenUpAgain() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(2))
        let script = """
            case "$1" in
            *run-1) [ -e "$1/tried" ] || { touch "$1/tried"; kill -KILL $$; };;
            *run-2) kill -KILL $$;;
            esac
            """
        try sweep.run(jobs: 2, launcher: SmallSweep.launcher(script + "\n" + SmallSweep.honest))
        let runs = try sweep.database.runs()
        #expect(runs.map(\.status) == [.done, .failed])
        #expect(runs[1].error?.contains("killed by signal 9") == true)
        #expect(try sweep.database.overview(in: folder.path).map(\.attempts) == [2, 5])
    }

    /// A full disk is not the runs' fault: they wait for the next time.
    @Test func fullDisksStopTheSweep() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(3))
        let script = "echo 'error: state: cannot be written (No space left on device)' >&2; exit 74"
        let fault = #expect(throws: Fault.self) { try sweep.run(jobs: 1, launcher: SmallSweep.launcher(script)) }
        #expect(fault?.kind == .inputOutput && fault?.description.contains("No space left") == true)
        #expect(try sweep.database.counts().waiting == 3)
        try sweep.run(jobs: 2, launcher: SmallSweep.launcher(SmallSweep.honest))
        #expect(try sweep.database.counts().done == 3)
    }

    /// Asked to stop, it ends its processes' input, and they their work.
    @Test func stoppingLeavesNothingClaimed() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(3))
        let script = "touch \"$1/begun\"; cat > /dev/null; exit 130"
        var reports: [SweepProgress] = []
        let fault = #expect(throws: Fault.self) {
            try sweep.run(
                jobs: 2, launcher: SmallSweep.launcher(script),
                shouldStop: {
                    (1...2).allSatisfy { FileManager.default.fileExists(atPath: folder.file("runs/run-\($0)/begun")) }
                }, progress: { reports.append($0) })
        }
        #expect(fault?.kind == .interrupted)
        #expect(try sweep.database.counts().waiting == 3)
        #expect(reports.allSatisfy { $0.steps == 30 })
    }

    /// A process that cannot be started is the machine's fault.
    @Test func missingProgramsAreTold() throws {
        let sweep = try TemporaryFolder().sweep(SmallSweep.plan(1))
        let launcher = RunLauncher(executable: "/no/such/program") { [$0] }
        let fault = #expect(throws: Fault.self) { try sweep.run(jobs: 1, launcher: launcher) }
        #expect(fault?.kind == .inputOutput)
        #expect(try sweep.database.counts().waiting == 1)
    }

    @Test func sweepsMayGainRunsButNotChange() throws {
        let folder = try TemporaryFolder()
        try folder.sweep(SmallSweep.plan(2)).run(jobs: 2, launcher: SmallSweep.launcher(SmallSweep.honest))
        let grown = try folder.sweep(SmallSweep.plan(4))
        #expect(try grown.database.runs().map(\.status) == [.done, .done, .waiting, .waiting])
        let changed = #expect(throws: Fault.self) { try folder.sweep(SmallSweep.plan(4, steps: 11)) }
        #expect(changed?.kind == .usage && changed?.description.contains("'schedule.steps' was 10") == true)
        #expect(changed?.place == "sweep.yaml, line 3, run run-1")
        let shrunk = #expect(throws: Fault.self) { try folder.sweep(SmallSweep.plan(3)) }
        #expect(shrunk?.place == "run run-4")
    }

    /// A new run may not take the folder of another.
    @Test func addedRunsTakeFreeNames() throws {
        let folder = try TemporaryFolder()
        let plan = { (runs: String) throws -> SweepPlan in
            try SweepPlan(
                parsing: "defaults: {steps: 1, images: 4, evaluation: 4}\nruns: [\(runs)]", from: "sweep.yaml")
        }
        _ = try folder.sweep(plan("{name: a, seed: 1}"))
        let sweep = try folder.sweep(plan("{name: b, seed: 1}, {name: a, seed: 2}"))
        #expect(try sweep.database.runs().map(\.name) == ["a", "a~2"])
    }

    /// Another run in a run's folder is not overwritten.
    @Test func foreignFoldersAreLeftAlone() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(1))
        let other = try SmallSweep.plan(2).runs[1].configuration
        try FileManager.default.createDirectory(atPath: folder.file("runs/run-1"), withIntermediateDirectories: true)
        _ = try folder.write(other.document, to: "runs/run-1/run.json")
        try sweep.run(jobs: 1, launcher: SmallSweep.launcher(SmallSweep.honest))
        let run = try #require(try sweep.database.runs().first)
        #expect(run.status == .failed && run.error?.contains("key 'environment.image_checksum'") == true)
    }
}
