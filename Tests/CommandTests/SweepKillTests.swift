import Foundation
import LinearAlgebra
import Testing

/// `kill -9` at random moments of a sweep: of the whole group, of the sweep alone, of one of its runs, and with two
/// sweeps at work in the same folder. Oracle: a sweep that nothing disturbed; every file of every run and every row of
/// results is equal to the byte.
@Suite(.serialized) struct SweepKillTests {
    /// 30 deaths over 12 runs are what is promised; 4 over 4 show within seconds that it works at all.
    private static let isLong = ProcessInfo.processInfo.environment["LANDSCAPE_LONG_TESTS"] != nil
    private static let deaths = isLong ? 30 : 4
    private static let seeds = isLong ? 3 : 1
    private static let steps = isLong ? 6000 : 1500

    private enum Victim: String, CaseIterable {
        case group, sweep, run, twoSweeps
    }

    @Test func everyRunEndsInItsBytes() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: Self.seeds, steps: Self.steps)
            .write(toFile: file, atomically: true, encoding: .utf8)
        let began = ContinuousClock.now
        let whole = try ChildProcess(
            Binary.agents.path, ["sweep", file, "--output", folder.path + "/whole", "--quiet"]
        ).end(within: 600)
        try #require(whole.code == 0, "\(whole.errors)")
        let seconds = (ContinuousClock.now - began) / .seconds(1)

        var random = RandomSource(seed: 41, stream: "moments of death")
        var counts: [String: Int] = [:]
        var killed = 0
        var lives = 0
        while killed < Self.deaths {
            lives += 1
            try #require(lives < 4 * Self.deaths, "the sweep is too short to be killed in its midst")
            let victim = Victim.allCases[random.index(below: Victim.allCases.count)]
            let wait = (0.1 + random.uniform()) * max(0.5, 1.2 * seconds / Double(Self.deaths))
            if try kill(victim, after: wait, file, folder.path + "/killed", &random) {
                killed += 1
                counts[victim.rawValue, default: 0] += 1
            }
        }
        let last = try ChildProcess(
            Binary.agents.path, ["sweep", file, "--output", folder.path + "/killed", "--quiet"]
        ).end(within: 600)
        try #require(last.code == 0, "\(last.errors)")
        let found = try SmallSweep.files(of: "killed", in: folder)
        let expected = try SmallSweep.files(of: "whole", in: folder)
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, bytes) in expected { #expect(found[name] == bytes, "\(name) differs") }
        #expect(try SmallSweep.results(of: "killed", in: folder) == SmallSweep.results(of: "whole", in: folder))
        #expect(try folder.partialFiles() == [])
        #expect(SmallSweep.processes(in: folder.path + "/killed").isEmpty)
        let status = try Binary.agents.run("status", folder.path + "/killed")
        print("\(killed) deaths in \(lives) lives (\(counts)), undisturbed in \(seconds) s\n\(status.output)")
    }

    /// One life; false where it was over before its death.
    private func kill(
        _ victim: Victim, after seconds: Double, _ file: String, _ folder: String, _ random: inout RandomSource
    ) throws -> Bool {
        let arguments = ["sweep", file, "--output", folder, "--jobs", "2", "--quiet"]
        let process = try ChildProcess(Binary.agents.path, arguments)
        let other = victim == .twoSweeps ? try ChildProcess(Binary.agents.path, arguments) : nil
        usleep(UInt32(1e6 * seconds))
        switch victim {
        case .group:
            // Foundation gives a process a group of its own, and its children stay in it.
            process.sendToGroup(SIGKILL)
        case .sweep: process.send(SIGKILL)
        case .twoSweeps:
            process.send(SIGKILL)
            usleep(300_000)
            other?.send(SIGKILL)
        case .run:
            let runs = SmallSweep.processes(in: folder)
            guard !runs.isEmpty else { break }
            Foundation.kill(runs[random.index(below: runs.count)], SIGKILL)
            // The sweep takes the run up again by itself.
            usleep(UInt32(1e6 * seconds))
            let isAlive = process.isRunning
            process.sendToGroup(SIGKILL)
            _ = try process.end()
            return isAlive
        }
        let codes = [try process.end().code, try other?.end().code]
        return codes.contains(-SIGKILL)
    }

    /// The sweep dies alone: its runs see the end of their input, save themselves and end.
    @Test func runsEndWithTheirSweep() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/sweep.yaml"
        try SmallSweep.file(seeds: 1, steps: 200_000).write(toFile: file, atomically: true, encoding: .utf8)
        let process = try ChildProcess(
            Binary.agents.path, ["sweep", file, "--output", folder.path + "/sweep", "--jobs", "2", "--quiet"])
        #expect(SmallRun.hasBegun(in: folder.path + "/sweep/runs/true-label_hidden=64,32_seed=0"))
        #expect(!SmallSweep.processes(in: folder.path + "/sweep").isEmpty)
        process.send(SIGKILL)
        #expect(try process.end().code == -SIGKILL)
        var isQuiet = false
        // They have ten seconds before they end themselves.
        for _ in 0..<150 where !isQuiet {
            usleep(100_000)
            isQuiet = SmallSweep.processes(in: folder.path + "/sweep").isEmpty
        }
        #expect(isQuiet, "runs outlive their sweep")
    }
}
