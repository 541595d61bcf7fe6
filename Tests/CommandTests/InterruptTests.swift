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
