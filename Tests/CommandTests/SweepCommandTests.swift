import Foundation
import GRDB
import Testing

/// `agents sweep`, `status` and `export` as a user meets them.
@Suite(.serialized) struct SweepCommandTests {
    /// Oracle: `agents train` with the same options; every file but the pictures is equal to the byte.
    @Test func runsAreThoseOfTrain() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: 1, steps: 80).write(toFile: file, atomically: true, encoding: .utf8)
        let swept = try Binary.agents.run("sweep", file, "--output", folder.path + "/sweep", "--jobs", "2", "-q")
        #expect(swept.code == 0 && swept.errors.isEmpty, "\(swept.errors)")
        #expect(swept.output.contains("4 of 4 runs done"))
        let name = "random-label_hidden=48_rmsprop_seed=0"
        let trained = try Binary.agents.run(
            "train", folder.path + "/run", "--images", "300", "--evaluation", "100", "--batch", "32", "--steps", "80",
            "--checkpoint-period", "20", "--state-period", "2", "--log-period", "1", "--target-period", "100",
            "--replay", "500", "--warm-up", "100", "--checkpoint-transitions", "64", "--environment", "random-label",
            "--hidden", "48", "--optimiser", "rmsprop", "--quiet")
        #expect(trained.code == 0, "\(trained.errors)")
        let expected = try folder.contents(of: "run").filter { !$0.key.hasPrefix("training.") }
        let found = try folder.contents(of: "sweep/runs/" + name)
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (file, bytes) in expected { #expect(found[file] == bytes, "\(file) differs") }

        let status = try Binary.agents.run("status", folder.path + "/sweep", "--json")
        #expect(status.code == 0 && status.output.contains("\"done\" : 4"))
        let metrics = try Binary.agents.run("export", folder.path + "/sweep", "--table", "metrics")
        #expect(metrics.output.split(separator: "\n").count == 1 + 4 * 80)
        let runs = try Binary.agents.run(
            "export", folder.path + "/sweep", "--format", "json", "--output", folder.path + "/runs.json")
        #expect(runs.code == 0 && runs.output.isEmpty)
        let list = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/runs.json")))
        #expect((list as? [[String: Any]])?.map { $0["status"] as? String } == Array(repeating: "done", count: 4))
    }

    @Test func dryRunsOnlyTell() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: 2, steps: 50).write(toFile: file, atomically: true, encoding: .utf8)
        let told = try Binary.agents.run("sweep", file, "--dry-run", "--output", folder.path + "/sweep")
        #expect(told.code == 0 && told.output.contains("8 runs"))
        #expect(told.output.contains("true-label_hidden=64,32_seed=0"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/sweep"))
    }

    /// Rates at which training would diverge, and numbers of steps that no sum holds.
    @Test func dryRunsTakeAnyNumbers() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        let text = """
            defaults: {images: 16, evaluation: 16, batch: 2, hidden: 2, probe-period: 1}
            grid: {learning-rate: [1e30, 0.01], steps: [9223372036854775807, 10]}
            runs:
            - {name: rare, probe-period: 9223372036854775807, checkpoint-period: 9223372036854775807}
            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let told = try Binary.agents.run("sweep", file, "--dry-run")
        #expect(told.code == 0 && told.output.contains("5 runs"), "\(told.errors)")
        #expect(told.output.contains("years"))
    }

    /// Another program's database, and an empty file, are told from a sweep's and stay as they are.
    @Test func lookingChangesNothing() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/sweep.sqlite"
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: 1, steps: 40).write(toFile: file, atomically: true, encoding: .utf8)
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE t (a)") }
        try other.close()
        let foreign = try Data(contentsOf: URL(fileURLWithPath: path))
        for bytes in [foreign, Data()] {
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(try Binary.agents.run("status", folder.path).code == 65)
            #expect(try Binary.agents.run("export", folder.path).code == 65)
            if !bytes.isEmpty {
                #expect(try Binary.agents.run("sweep", file, "--output", folder.path, "--quiet").code == 65)
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
            for end in ["-wal", "-shm"] { #expect(!FileManager.default.fileExists(atPath: path + end)) }
        }
    }

    /// A disk that cannot be written: a sweep that ended there can be looked at.
    @Test(.enabled(if: SmallDisk.canBeMounted)) func sweepsAreReadWhereNothingCanBeWritten() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: 1, steps: 40).write(toFile: file, atomically: true, encoding: .utf8)
        let disk = folder.path + "/disk"
        try #require(try SmallDisk.mount(at: disk))
        defer { SmallDisk.unmount(disk) }
        try #require(try ChildProcess("/usr/bin/env", ["mount", "-o", "remount,size=100M", disk]).end().code == 0)
        let swept = try Binary.agents.run("sweep", file, "--output", disk + "/sweep", "--quiet")
        try #require(swept.code == 0, "\(swept.errors)")
        try #require(try ChildProcess("/usr/bin/env", ["mount", "-o", "remount,ro", disk]).end().code == 0)
        let status = try Binary.agents.run("status", disk + "/sweep")
        #expect(status.code == 0 && status.output.contains("4 of 4 runs done"), "\(status.errors)")
        let table = try Binary.agents.run("export", disk + "/sweep")
        #expect(table.code == 0 && table.output.split(separator: "\n").count == 5, "\(table.errors)")
    }

    @Test func slipsHaveTheirExitCodes() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try "grid:\n  sed: [1]\n".write(toFile: file, atomically: true, encoding: .utf8)
        let slip = try Binary.agents.run("sweep", file, "--output", folder.path + "/sweep")
        #expect(slip.code == 65 && slip.errors.contains("sweep.yaml, line 2") && slip.output.isEmpty)
        #expect(try Binary.agents.run("sweep").code == 64)
        #expect(try Binary.agents.run("sweep", file).code == 64)
        #expect(try Binary.agents.run("sweep", folder.path + "/none.yaml", "--dry-run").code == 65)
        #expect(try Binary.agents.run("status", folder.path).code == 65)
        #expect(try Binary.agents.run("export", folder.path).code == 65)
    }

    /// Every option of `agents train` that decides what a run computes is a setting of a sweep. Oracle: the help.
    @Test func everyOptionOfTrainIsASetting() throws {
        let help = try Binary.agents.run("train", "--help").output
        let settings = try Binary.agents.run("sweep", "--keys").output.split(separator: "\n").dropFirst().compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
        // Where a run lies, and how it is shown and computed, is the sweep's.
        let others = [
            "output", "data-dir", "threads", "json", "quiet", "log-level", "version", "help", "optimizer",
            "tensorboard",
        ]
        let options = help.split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap { line in
            line.prefix { $0 != "<" }.split(whereSeparator: { " ,/".contains($0) })
                .filter { $0.hasPrefix("--") }.prefix(1).map { String($0.dropFirst(2)) }
        }
        #expect(options.count > 30, "the help is not read rightly")
        for option in options where !others.contains(option) {
            #expect(settings.contains(option), "--\(option) is no setting of a sweep")
        }
    }

    /// Ctrl-C saves everything; the same command goes on to the bytes of an undisturbed sweep.
    @Test func interruptsAreResumed() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: 1, steps: 1000).write(toFile: file, atomically: true, encoding: .utf8)
        let whole = try Binary.agents.run("sweep", file, "--output", folder.path + "/whole", "--quiet")
        #expect(whole.code == 0, "\(whole.errors)")
        let process = try ChildProcess(
            Binary.agents.path, ["sweep", file, "--output", folder.path + "/sweep", "--jobs", "2"])
        #expect(SmallRun.hasBegun(in: folder.path + "/sweep/runs/true-label_hidden=64,32_seed=0"))
        process.send(SIGINT)
        let ended = try process.end()
        #expect(ended.code == 130 && ended.errors.contains("Go on with the same command"), "\(ended.errors)")
        #expect(SmallSweep.processes(in: folder.path + "/sweep").isEmpty)
        let status = try Binary.agents.run("status", folder.path + "/sweep", "--json")
        #expect(status.output.contains("\"running\" : 0"))
        let resumed = try Binary.agents.run("sweep", file, "--output", folder.path + "/sweep", "--quiet")
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(try SmallSweep.files(of: "sweep", in: folder) == SmallSweep.files(of: "whole", in: folder))
        #expect(try SmallSweep.results(of: "sweep", in: folder) == SmallSweep.results(of: "whole", in: folder))
    }

    /// A disk of 400 KiB: one message, exit code 74, and nothing half-written; with room it goes on.
    @Test(.enabled(if: SmallDisk.canBeMounted)) func fullDisksAreTold() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: 1, steps: 40).write(toFile: file, atomically: true, encoding: .utf8)
        let whole = try Binary.agents.run("sweep", file, "--output", folder.path + "/whole", "--quiet")
        #expect(whole.code == 0, "\(whole.errors)")
        let disk = folder.path + "/disk"
        try #require(try SmallDisk.mount(at: disk))
        defer { SmallDisk.unmount(disk) }
        // Room for the database, for a run's first checkpoint and its state, but not for a run.
        try #require(try ChildProcess("/usr/bin/env", ["mount", "-o", "remount,size=2M", disk]).end().code == 0)
        let full = try Binary.agents.run("sweep", file, "--output", disk + "/sweep", "--quiet", "--jobs", "1")
        #expect(full.code == 74, "\(full.errors)")
        #expect(full.errors.contains("No space left") || full.errors.contains("full"), "\(full.errors)")
        #expect(try folder.partialFiles() == [])
        try #require(try ChildProcess("/usr/bin/env", ["mount", "-o", "remount,size=100M", disk]).end().code == 0)
        let resumed = try Binary.agents.run("sweep", file, "--output", disk + "/sweep", "--quiet")
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(try SmallSweep.files(of: "disk/sweep", in: folder) == SmallSweep.files(of: "whole", in: folder))
        #expect(try SmallSweep.results(of: "disk/sweep", in: folder) == SmallSweep.results(of: "whole", in: folder))
    }
}
