import Foundation
import LinearAlgebra
import Testing

/// Oracle: a run that nothing disturbed.
@Suite(.serialized) struct ResumptionTests {
    @Test func killedRunEndsInTheSameBytes() throws {
        let folder = try TemporaryFolder()
        let whole = try ChildProcess(Binary.agents.path, SmallRun.arguments(in: folder.path + "/whole")).end()
        try #require(whole.code == 0, "\(whole.errors)")

        // The other run has another number of threads in each of its lives.
        let path = folder.path + "/killed"
        var random = RandomSource(seed: 11, stream: "moments of death")
        var killed = 0
        for life in 0..<6 {
            let arguments =
                FileManager.default.fileExists(atPath: path + "/run.json")
                ? ["resume", path, "--threads", "\(1 + life % 2)"] : SmallRun.arguments(in: path, threads: 1)
            let process = try ChildProcess(Binary.agents.path, arguments)
            usleep(UInt32(1000 * (20 + random.index(below: 300))))
            process.send(SIGKILL)
            if try process.end().code == -SIGKILL { killed += 1 }
        }
        #expect(killed >= 3, "the run is too short to be killed in its midst")

        let resumed = try Binary.agents.run("resume", path)
        try #require(resumed.code == 0, "\(resumed.errors)")
        let expected = try folder.contents(of: "whole")
        let found = try folder.contents(of: "killed")
        #expect(found.keys.sorted() == expected.keys.sorted())
        // 5 checkpoints of 3 files, and state, metrics and configuration.
        #expect(expected.count >= 18)
        for (name, bytes) in expected { #expect(found[name] == bytes, "\(name) differs") }
    }

    @Test func interruptedRunSaysHowToGoOnAndEndsInTheSameBytes() throws {
        let folder = try TemporaryFolder()
        let whole = try ChildProcess(Binary.agents.path, SmallRun.arguments(in: folder.path + "/whole")).end()
        try #require(whole.code == 0, "\(whole.errors)")

        let path = folder.path + "/stopped"
        let process = try ChildProcess(Binary.agents.path, SmallRun.arguments(in: path))
        try #require(SmallRun.hasBegun(in: path))
        process.send(SIGINT)
        let stopped = try process.end()
        #expect(stopped.code == 130, "\(stopped.errors)")
        #expect(stopped.output.isEmpty)
        #expect(stopped.errors.contains("agents resume \(path)"))
        #expect(try folder.partialFiles() == [])

        let shown = try Binary.agents.run("show", path)
        #expect(shown.code == 0)
        #expect(shown.output.contains("Go on with the run"))
        let resumed = try Binary.agents.run("resume", path)
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(try folder.contents(of: "stopped") == folder.contents(of: "whole"))
    }

    @Test func completeRunIsLeftAsItIs() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        #expect(try ChildProcess(Binary.agents.path, SmallRun.arguments(in: path, steps: 40)).end().code == 0)
        let before = try folder.contents(of: "run")
        #expect(try Binary.agents.run("resume", path).code == 0)
        #expect(try folder.contents(of: "run") == before)
    }
}
