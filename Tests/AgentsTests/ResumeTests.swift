import Agents
import Datasets
import Files
import Foundation
import LinearAlgebra
import Testing
import Training

@Suite struct ResumeTests {
    private let folder = TemporaryFolder()

    /// Oracle: a run that was never interrupted; every file of both, byte by byte.
    @Test(arguments: [0, 1, 7, 8, 9, 13, 20, 23])
    func aStoppedRunEndsTheSame(_ stop: Int) throws {
        try SmallRun.make(in: folder.path + "/whole").run()
        let fault = try interrupt("part", after: stop)
        #expect(fault.kind == .interrupted)
        let resumed = try SmallRun.make(in: folder.path + "/part")
        #expect(resumed.step == stop)
        try resumed.run()
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    /// Every file written is a place to be killed at: three files of each of four checkpoints, four states and five
    /// lines, 21 in all (`run.json` comes before them, whole or not at all). Killed twice, the second time two files further on or after.
    @Test(arguments: 0..<21)
    func aRunKilledBetweenItsFilesEndsTheSame(_ writes: Int) throws {
        try SmallRun.make(in: folder.path + "/whole").run()
        let wasKilled = try kill("part", beforeWrite: writes)
        #expect(wasKilled)
        _ = try kill("part", beforeWrite: writes + 2)
        try SmallRun.make(in: folder.path + "/part").run()
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    /// A finished run that is resumed has nothing to do, and changes nothing.
    @Test func aFinishedRunStaysAsItIs() throws {
        try SmallRun.make(in: folder.path + "/run").run()
        let files = folder.files(in: "run")
        try SmallRun.make(in: folder.path + "/run").run()
        #expect(folder.files(in: "run") == files)
    }

    @Test func anotherConfigurationIsRefusedByItsKey() throws {
        _ = try interrupt("run", after: 3)
        let files = folder.files(in: "run")
        var changed: [(String, RunConfiguration)] = []
        for key in ["agent.discount", "optimiser.epsilon", "seed", "schedule.steps", "environment.rewards"] {
            var configuration = SmallRun.configuration()
            switch key {
            case "agent.discount": configuration.agent.discount = 0.5
            case "optimiser.epsilon": configuration.optimiser.epsilon = 1e-3
            case "seed": configuration.seed = 7
            case "schedule.steps": configuration.schedule.steps = 30
            default: configuration.environment.rewards = .sparseReward
            }
            changed.append((key, configuration))
        }
        for (key, configuration) in changed {
            let fault = #expect(throws: Fault.self) { _ = try SmallRun.make(configuration, in: folder.path + "/run") }
            #expect(fault?.kind == .usage)
            #expect(fault?.place.contains("'\(key)'") == true, "\(fault?.description ?? "")")
        }
        #expect(folder.files(in: "run") == files)
    }

    @Test func aDirectoryWithARunIsNotBegunAgain() throws {
        _ = try interrupt("run", after: 3)
        let fault = #expect(throws: Fault.self) { _ = try SmallRun.make(in: folder.path + "/run", mode: .start) }
        #expect(fault?.kind == .usage)
        #expect(fault?.what.contains("holds a run") == true)
    }

    @Test func twoProcessesDoNotShareADirectory() throws {
        let holder = try SmallRun.make(in: folder.path + "/run")
        let fault = #expect(throws: Fault.self) { _ = try SmallRun.make(in: folder.path + "/run") }
        #expect(fault?.what.contains("another process") == true)
        withExtendedLifetime(holder) {}
    }

    @Test func damagedStatesAreFaults() throws {
        _ = try interrupt("run", after: 9)
        let path = folder.path + "/run/state.safetensors"
        let state = try #require(FileManager.default.contents(atPath: path))
        for length in [0, 7, 100, state.count / 2, state.count - 1] {
            try state.prefix(length).write(to: URL(fileURLWithPath: path))
            let fault = #expect(throws: Fault.self) { _ = try SmallRun.make(in: folder.path + "/run") }
            #expect(fault?.kind == .data)
        }
        try state.write(to: URL(fileURLWithPath: path))
        try Data().write(to: URL(fileURLWithPath: folder.path + "/run/metrics.csv"))
        let fault = #expect(throws: Fault.self) { _ = try SmallRun.make(in: folder.path + "/run") }
        #expect(fault?.place.hasSuffix("metrics.csv") == true)
        try FileManager.default.removeItem(atPath: folder.path + "/run/metrics.csv")
        let missing = #expect(throws: Fault.self) { _ = try SmallRun.make(in: folder.path + "/run") }
        #expect(missing?.kind == .data && missing?.what.contains("is missing") == true)
        #expect(missing?.place.hasSuffix("metrics.csv") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/run/metrics.csv"))
    }

    /// Stopped while the first transitions are gathered, where nothing is saved yet, or right after it: the run ends in
    /// the same bytes, taken up by another process or gone on with in this one.
    @Test(arguments: [0, 16, 20])
    func aRunStoppedInItsWarmUpEndsTheSame(_ gathered: Int) throws {
        try SmallRun.make(in: folder.path + "/whole").run()
        try interruptWarmUp("part", after: gathered, goingOn: false)
        #expect(FileManager.default.fileExists(atPath: folder.path + "/part/state.safetensors") == (gathered == 20))
        try SmallRun.make(in: folder.path + "/part").run()
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
        try interruptWarmUp("same", after: gathered, goingOn: true)
        #expect(folder.files(in: "same") == folder.files(in: "whole"))
    }

    /// In a function of its own: the folder's lock goes with the run.
    private func interruptWarmUp(_ name: String, after gathered: Int, goingOn: Bool) throws {
        let run = try SmallRun.make(in: folder.path + "/" + name)
        let fault = #expect(throws: Fault.self) { try run.run(shouldStop: { run.replay.count >= gathered }) }
        #expect(fault?.kind == .interrupted && fault?.remedy.contains("agents resume") == true)
        #expect(run.replay.count == gathered && run.step == 0)
        if goingOn { try run.run() }
    }

    /// Whether the run came to that write. The lock goes with the run, as it does with a process.
    private func kill(_ name: String, beforeWrite limit: Int) throws -> Bool {
        let run = try SmallRun.make(in: folder.path + "/" + name)
        var writes = 0
        run.willWrite = { path throws(Fault) in
            if writes == limit {
                leavePartial(of: path)
                throw Fault(.software, "killed")
            }
            writes += 1
        }
        do {
            try run.run()
            return false
        } catch {
            guard error.kind == .software else { throw error }
            return true
        }
    }

    /// The state of a run on 100 images does not fit a task of 60: an image that is not there is a fault, not a crash.
    @Test func transitionsOfAnotherTaskAreFaults() throws {
        _ = try interrupt("run", after: 9)
        // The environment's own state would be refused first, unless its image is among the first 60.
        var environment = try ClassificationMDP(images: .labelled(count: 60), rewards: .trueLabel, seed: 1)
        let saved = try SmallRun.make(in: folder.path + "/run").environment.state
        var state = environment.state
        state.state = saved.state
        state.image = saved.state
        try environment.restore(state)
        #expect(!environment.contains(ImageIndex(60)) && !environment.contains(ImageIndex(-1)))
        let fault = #expect(throws: Fault.self) {
            _ = try AgentRun(
                SmallRun.configuration(), environment: environment, evaluation: nil, directory: folder.path + "/run",
                mode: .resume, workers: .one)
        }
        #expect(fault?.kind == .data)
        #expect(fault?.place.contains("state.safetensors") == true)
    }

    private func interrupt(_ name: String, after steps: Int) throws -> Fault {
        let run = try SmallRun.make(in: folder.path + "/" + name)
        let fault = #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= steps }) }
        return try #require(fault)
    }
}

/// Half a hidden file, as a process leaves it that is killed while writing `path`.
private func leavePartial(of path: String) {
    let name = URL(fileURLWithPath: path).lastPathComponent
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard name != "metrics.csv" else { return }
    _ = FileManager.default.createFile(atPath: "\(folder)/.\(name).1-0.partial", contents: Data([1, 2, 3]))
}
