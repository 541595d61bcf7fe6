import Checkpoints
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Testing

@testable import Agents

@Suite struct BrownianTwinsTests {
    private let folder = TemporaryFolder()

    private static func configuration(twins: Int) -> RunConfiguration {
        var configuration = SmallRun.configuration()
        configuration.brownianTwins = twins
        return configuration
    }

    private func run(_ name: String, twins: Int, companions: [any RunCompanion<ClassificationMDP>] = []) throws {
        let configuration = Self.configuration(twins: twins)
        let environment = try ClassificationMDP(
            images: .labelled(count: 100), rewards: .trueLabel, seed: configuration.seed)
        try AgentRun(
            configuration, environment: environment, evaluation: nil, directory: folder.path + "/" + name,
            mode: .start, companions: companions, workers: .one
        ).run()
    }

    /// Oracle: the agent's own updates, seen from beside. Two floats hold a place to 2⁻⁴⁸: see `BrownianTwinTests`. The
    /// observer also jumps before and after each update, as interventions do: jumps are no steps of the twins.
    @Test(arguments: [false, true])
    func stepsAreAsLongAsTheUpdates(_ jumps: Bool) throws {
        let observer = Observer(jumps: jumps)
        try run("run", twins: 2, companions: [observer])
        #expect(observer.steps == 24 && observer.worst < 1e-9, "\(observer.worst)")
        #expect(observer.cosines.allSatisfy { abs($0) < 0.5 })
    }

    /// The agent does not know of its twins: the same metrics and checkpoints, byte by byte.
    @Test func theAgentIsTheSame() throws {
        try run("alone", twins: 0)
        try run("with", twins: 2)
        let alone = folder.files(in: "alone")
        let with = folder.files(in: "with")
        for (name, bytes) in alone where name != "run.json" && name != "state.safetensors" {
            #expect(with[name] == bytes, "\(name)")
        }
        #expect(Set(with.keys).subtracting(alone.keys).count == 2 * 4)
    }

    @Test func moreTwinsDoNotChangeTheFirst() throws {
        try run("one", twins: 1)
        try run("two", twins: 2)
        let one = folder.files(in: "one")
        let two = folder.files(in: "two")
        let name = "checkpoints/step_00000024.twin_1.safetensors"
        #expect(one[name] != nil && one[name] == two[name])
        #expect(two[name] != two["checkpoints/step_00000024.twin_2.safetensors"])
    }

    /// The twins begin where the agent does, and their files say whose they are and which loss they are seen with.
    @Test func checkpointsSayWhatTheyAre() throws {
        try run("run", twins: 2)
        let checkpoints = folder.path + "/run/checkpoints/"
        let agent = try Checkpoint(reading: checkpoints + "step_00000000.safetensors")
        let twin = try Checkpoint(reading: checkpoints + "step_00000000.twin_2.safetensors")
        let network = try Network<Float>(agent.architecture)
        let (first, second): (Parameters<Float>, Parameters<Float>) =
            (try agent.parameters(of: network), try twin.parameters(of: network))
        #expect(first.vector.array == second.vector.array)
        var expected = agent.run
        expected.brownianTwin = 2
        #expect(twin.run == expected && agent.run.brownianTwin == nil)
        #expect(twin.run.targetNetwork == "step_00000000.target.safetensors")
    }

    /// Oracle: a run that was never interrupted; every file of both, the twins' and the state included.
    @Test(arguments: [1, 8, 13, 23])
    func aStoppedRunEndsTheSame(_ stop: Int) throws {
        let configuration = Self.configuration(twins: 2)
        try SmallRun.make(configuration, in: folder.path + "/whole").run()
        try interrupt(configuration, after: stop)
        try resume("part", configuration)
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    /// Killed before the twin's own files of a checkpoint, too.
    @Test(arguments: 0..<8)
    func aRunKilledBeforeATwinsFileEndsTheSame(_ writes: Int) throws {
        let configuration = Self.configuration(twins: 2)
        try SmallRun.make(configuration, in: folder.path + "/whole").run()
        try kill(configuration, beforeTwinFile: writes)
        try resume("part", configuration)
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    @Test func anImpossibleNumberIsRefused() throws {
        let fault = #expect(throws: Fault.self) { try run("run", twins: -1) }
        #expect(fault?.kind == .usage && fault?.place == "brownian_twins")
    }

    /// In a function of its own: the folder's lock goes with the run.
    private func interrupt(_ configuration: RunConfiguration, after stop: Int) throws {
        let run = try SmallRun.make(configuration, in: folder.path + "/part")
        #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= stop }) }
    }

    private func resume(_ name: String, _ configuration: RunConfiguration) throws {
        try SmallRun.make(configuration, in: folder.path + "/" + name, workers: 3).run()
    }

    private func kill(_ configuration: RunConfiguration, beforeTwinFile limit: Int) throws {
        let run = try SmallRun.make(configuration, in: folder.path + "/part")
        var writes = 0
        run.willWrite = { path throws(Fault) in
            guard path.contains(".twin_") else { return }
            if writes == limit { throw Fault(.software, "killed") }
            writes += 1
        }
        let fault = #expect(throws: Fault.self) { try run.run() }
        #expect(fault?.kind == .software)
    }
}

/// Compares the twins' steps with the agent's, and jumps where interventions do.
private final class Observer: RunCompanion {
    typealias Surroundings = ClassificationMDP

    let name = "observer"
    let jumps: Bool
    var steps = 0
    /// The largest relative difference of a twin's step from the agent's, in length.
    var worst = 0.0
    /// Between the agent's step and each twin's.
    var cosines: [Double] = []
    private var agent: [Double] = []
    private var twins: [[Double]] = []

    init(jumps: Bool) { self.jumps = jumps }

    private func places(_ run: ClassificationRun) -> [[Double]] {
        let tensors = run.companions.first { $0.name == "brownian_twins" }?.tensors ?? []
        return stride(from: 0, to: tensors.count, by: 2).map { index in
            zip(tensors[index].values.doubles, tensors[index + 1].values.doubles).map { $0 + $1 }
        }
    }

    func willUpdate(_ run: ClassificationRun) {
        if jumps { run.agent.parameters.vector.scale(by: 0.9) }
        agent = run.agent.parameters.vector.doubles
        twins = places(run)
    }

    func didUpdate(_ run: ClassificationRun) {
        let update = zip(run.agent.parameters.vector.doubles, agent).map { $0 - $1 }
        let length = update.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for (before, after) in zip(twins, places(run)) {
            let moved = zip(after, before).map { $0 - $1 }
            let found = moved.reduce(0) { $0 + $1 * $1 }.squareRoot()
            worst = max(worst, abs(found / length - 1))
            cosines.append(zip(moved, update).reduce(0) { $0 + $1.0 * $1.1 } / (found * length))
        }
        if jumps { run.agent.parameters.vector.scale(by: 1.1) }
        steps += 1
    }
}
