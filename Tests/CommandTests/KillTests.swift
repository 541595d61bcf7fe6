import Foundation
import LinearAlgebra
import Testing

/// `kill -9` at random moments of a long run, each life going on where the last one was. Oracle: a run that nothing
/// disturbed; every file but the time that it took is equal to the byte.
@Suite(.serialized) struct KillTests {
    @Test(.enabled(if: KilledRun.canResume("hessian"))) func spectrum() throws {
        // A second or two of products; a state at each, so that a life has something to leave.
        let options = ["--examples", "64", "--top", "4", "--probes", "4", "--steps", "40", "--seed", "3"]
        try KilledRun.check("hessian", options, seed: 21)
    }

    @Test(.enabled(if: KilledRun.canResume("surface"))) func surface() throws {
        try KilledRun.check("surface", ["--examples", "64", "--points", "15", "--seed", "3"], seed: 22)
    }

    @Test(.enabled(if: KilledRun.canResume("evolution"))) func evolution() throws {
        let options = ["--examples", "64", "--top", "3", "--probes", "2", "--steps", "20", "--seed", "3"]
        try KilledRun.check("evolution", options, checkpoint: "run", seed: 23)
    }
}

/// One command, killed and resumed until it is whole.
enum KilledRun {
    /// 20 deaths are what is promised; 3 show within seconds that it works at all.
    static let deaths = ProcessInfo.processInfo.environment["LANDSCAPE_LONG_TESTS"] == nil ? 3 : 20

    /// Whether the command is there and keeps states.
    static func canResume(_ command: String) -> Bool {
        guard let help = try? Binary.landscape.run(command, "--help"), help.code == 0 else { return false }
        return help.output.contains("--state-period")
    }

    static func check(
        _ command: String, _ options: [String], checkpoint: String = "run/checkpoints/step_00000040.safetensors",
        seed: UInt64
    ) throws {
        let folder = try TemporaryFolder()
        let trained = try ChildProcess(
            Binary.agents.path, SmallRun.arguments(in: folder.path + "/run", steps: 40)
        ).end()
        try #require(trained.code == 0, "\(trained.errors)")
        let arguments = [command, "--checkpoint", folder.path + "/" + checkpoint] + options

        let began = ContinuousClock().now
        let whole = try ChildProcess(
            Binary.landscape.path, arguments + ["--output", folder.path + "/whole", "--quiet"]
        ).end(within: 120)
        try #require(whole.code == 0, "\(whole.errors)")
        let seconds = began.duration(to: ContinuousClock().now) / .seconds(1)
        let expected = try files(of: "whole", in: folder)

        var random = RandomSource(seed: seed, stream: "moments of death")
        var killed = 0
        var lives = 0
        var hasResumed = false
        while killed < deaths {
            lives += 1
            try #require(lives < 10 * deaths + 20, "the run is too short to be killed in its midst")
            let path = folder.path + "/killed"
            let process = try ChildProcess(
                Binary.landscape.path,
                arguments + ["--output", path, "--state-period", "0s", "--threads", "\(1 + lives % 2)"])
            usleep(UInt32(1e6 * seconds * (0.05 + 0.75 * random.uniform())))
            process.send(SIGKILL)
            let ended = try process.end()
            hasResumed = hasResumed || ended.errors.contains("goes on from")
            if ended.code == -SIGKILL {
                killed += 1
            } else {
                // It was quicker: whole already, and the next one begins anew.
                #expect(ended.code == 0, "\(ended.errors)")
                try compare(files(of: "killed", in: folder), expected)
                try FileManager.default.removeItem(atPath: path)
            }
        }
        let last = try ChildProcess(
            Binary.landscape.path, arguments + ["--output", folder.path + "/killed", "--quiet"]
        ).end(within: 120)
        try #require(last.code == 0, "\(last.errors)")
        try compare(files(of: "killed", in: folder), expected)
        #expect(hasResumed, "no life went on from a state")
        #expect(try folder.partialFiles() == [])
    }

    private static func compare(_ found: [String: Data], _ expected: [String: Data]) {
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, bytes) in expected { #expect(found[name] == bytes, "\(name) differs") }
    }

    /// Every file's bytes, those of JSON without the lines that say how long it took.
    private static func files(of name: String, in folder: TemporaryFolder) throws -> [String: Data] {
        try folder.contents(of: name).reduce(into: [:]) { files, file in
            guard file.key.hasSuffix(".json") else {
                files[file.key] = file.value
                return
            }
            let lines = String(decoding: file.value, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            files[file.key] = Data(lines.filter { !$0.contains("\"seconds\"") }.joined(separator: "\n").utf8)
        }
    }
}
