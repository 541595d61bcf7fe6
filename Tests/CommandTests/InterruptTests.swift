import Foundation
import Testing

/// Work that looks at no flag: the command waits for a pipe that nobody writes to.
@Suite(.serialized) struct InterruptTests {
    private func waiting(in folder: TemporaryFolder) throws -> ChildProcess {
        let pipe = folder.path + "/network.json"
        try #require(mkfifo(pipe, 0o600) == 0)
        let process = try ChildProcess(
            Binary.agents.path, ["train", folder.path + "/run", "--images", "100", "--architecture", pipe])
        usleep(500_000)
        try #require(process.isRunning)
        return process
    }

    @Test(arguments: [SIGINT, SIGTERM]) func secondSignalEndsAtOnce(signal: Int32) throws {
        let folder = try TemporaryFolder()
        let process = try waiting(in: folder)
        process.send(signal)
        usleep(300_000)
        #expect(process.isRunning, "the first signal asks only")
        process.send(signal)
        #expect(try process.end(within: 5).code == 130)
        #expect(try folder.partialFiles() == [])
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/run/run.json"))
    }

    /// Three million transitions take half a minute and more.
    @Test func longWarmUpIsInterrupted() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let process = try ChildProcess(
            Binary.agents.path,
            ["train", path, "--images", "100", "--evaluation", "50", "--warm-up", "3000000", "--replay", "3000000"])
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: path + "/metrics.csv") { usleep(10_000) }
        usleep(300_000)
        try #require(process.isRunning)
        process.send(SIGINT)
        let ended = try process.end(within: 5)
        #expect(ended.code == 130, "\(ended.errors)")
        #expect(ended.errors.contains("agents resume \(path)") && !ended.errors.contains("all is saved"))
        #expect(try folder.partialFiles() == [])
        #expect(!FileManager.default.fileExists(atPath: path + "/state.safetensors"))
        #expect(try Binary.agents.run("show", path).code == 0)
    }

    @Test func terminatedRunIsSavedToo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let process = try ChildProcess(Binary.agents.path, SmallRun.arguments(in: path, steps: 20_000))
        try #require(SmallRun.hasBegun(in: path))
        process.send(SIGTERM)
        #expect(try process.end().code == 130)
        #expect(try folder.partialFiles() == [])
        #expect(try Binary.agents.run("show", path).code == 0)
    }
}
