import Foundation
import Testing

/// Places that take nothing, or not enough. Oracle: exit code 74 with the system's reason, and no half-written file.
@Suite(.serialized) struct OutputTests {
    @Test func folderThatCannotBeMade() throws {
        let folder = try TemporaryFolder()
        // The user who runs the tests may be allowed everything, but no one can make a folder inside a file.
        _ = FileManager.default.createFile(atPath: folder.path + "/file", contents: Data())
        let ended = try Binary.agents.run("train", folder.path + "/file/run")
        #expect(ended.code == 74)
        #expect(ended.errors.contains("Not a directory"))
    }

    @Test func fullStandardOutput() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try #require(try ChildProcess(Binary.agents.path, SmallRun.arguments(in: path, steps: 40)).end().code == 0)
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let ended = try ChildProcess(Binary.agents.path, ["show", path], output: full).end()
        #expect(ended.code == 74)
        #expect(ended.errors.contains("No space left on device"))
    }

    /// A limit of 40 blocks of 512 or 1024 bytes is less than a state, and more than a configuration.
    @Test func fileThatGrowsTooLarge() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let line = SmallRun.arguments(in: path).map { "'\($0)'" }.joined(separator: " ")
        let ended = try ChildProcess("/bin/sh", ["-c", "ulimit -f 40; exec '\(Binary.agents.path)' \(line)"]).end()
        #expect(ended.code == 74)
        #expect(ended.errors.contains("File too large"))
        #expect(ended.errors.contains(path))
        #expect(try folder.partialFiles() == [])
        #expect(!FileManager.default.fileExists(atPath: path + "/state.safetensors"))

        // The folder is not spoilt: with room the run goes on, and is whole.
        #expect(try Binary.agents.run("resume", path).code == 0)
    }

    @Test(.enabled(if: SmallDisk.canBeMounted, "only root may mount a small disk")) func fullDisk() throws {
        let folder = try TemporaryFolder()
        let disk = folder.path + "/disk"
        try #require(try SmallDisk.mount(at: disk))
        defer { SmallDisk.unmount(disk) }
        let ended = try ChildProcess(Binary.agents.path, SmallRun.arguments(in: disk + "/run")).end()
        #expect(ended.code == 74)
        #expect(ended.errors.contains("No space left on device"))
        #expect(try folder.partialFiles() == [])
    }

    @Test func readerThatHasGoneAway() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let gone = Pipe()
        try gone.fileHandleForReading.close()
        // Neither its messages nor its result find a reader; its work is done all the same.
        let trained = try ChildProcess(
            Binary.agents.path, SmallRun.arguments(in: path, steps: 40), output: gone.fileHandleForWriting,
            errors: gone.fileHandleForWriting
        ).end()
        #expect(trained.code == 0)
        #expect(FileManager.default.fileExists(atPath: path + "/training.dat"))
        let shown = try ChildProcess(Binary.agents.path, ["show", path], output: gone.fileHandleForWriting).end()
        #expect(shown.code == 0)
        #expect(shown.errors.isEmpty)
    }

    @Test func standardOutputCarriesTheResultAlone() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let arguments = SmallRun.arguments(in: path, steps: 40) + ["--json"]
        let ended = try ChildProcess(Binary.agents.path, arguments).end()
        let document = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        #expect(document?["step"] as? Int == 40)
        #expect(document?["version"] as? String == "0.1.0")
        #expect((document?["checkpoints"] as? [Any])?.count == 5)
        #expect(ended.errors.contains("training: 40 steps"))
        let quiet = try ChildProcess(Binary.agents.path, ["resume", path, "--quiet", "--log-level", "error"]).end()
        #expect(quiet.errors.isEmpty)
    }
}
