import Checkpoints
import Files
import Foundation
import LinearAlgebra
import Networks
import Testing
import Training

@testable import Agents

@Suite struct PlasticityInjectionTests {
    private let folder = TemporaryFolder()
    private static let step = 12

    /// Oracle: the run without it. Until its step the fresh branches add to exactly zero, so that every number of the
    /// network itself is the same (a zero's sign apart), the metrics too; and the fresh branches do not move.
    @Test func untilItsStepTheRunIsTheSame() throws {
        let plain = try stopped(after: Self.step, [])
        let run = try stopped(after: Self.step, ["plasticity-injection:step=\(Self.step)"])
        let (expected, found) = (AgentSnapshot(plain.agent), AgentSnapshot(run.agent))
        for (name, values) in expected.parameters { #expect(found.parameters[name] == values, "\(name)") }
        for (name, values) in expected.target { #expect(found.target[name] == values, "target \(name)") }
        for (name, values) in expected.moments { #expect(found.moments[name] == values, "\(name)") }
        #expect(run.agent.network.layout.entries.count == plain.agent.network.layout.entries.count + 8)
        let fresh = Parameters<Float>(initialising: run.agent.network.layout, seed: 1)
        for tensor in ["fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"] {
            let name = tensor.replacing(".", with: ".injected.")
            let twin = tensor.replacing(".", with: ".subtracted.")
            #expect(found.parameters[name] == fresh[name]?.array)
            let sign: Float = tensor.hasPrefix("fc3") ? -1 : 1
            #expect(found.parameters[twin] == fresh[name]?.array.map { sign * $0 })
            for moment in ["first ", "second "] {
                for mark in [name, twin] { #expect(found.moments[moment + mark]?.allSatisfy { $0 == 0 } == true) }
            }
        }
        // But for the norm of all parameters, and for the units, of which those in branches are not counted.
        let lines = ["[]", run.name].map { name in
            String(decoding: folder.files(in: name)["metrics.csv"] ?? Data(), as: UTF8.self).split(separator: "\n")
                .map { $0.split(separator: ",").prefix(4) }
        }
        #expect(lines[0] == lines[1] && lines[0].count == 3)
    }

    /// Oracle: the bytes at its step. Then the old head and the subtracted branch stay, moments included; the fresh
    /// branch and the layers before the head learn.
    @Test func fromItsStepOnTheFreshHeadLearns() throws {
        let texts = ["plasticity-injection:step=\(Self.step)"]
        let before = AgentSnapshot(try stopped(after: Self.step, texts).agent)
        let run = try stopped(after: 24, texts)
        let after = AgentSnapshot(run.agent)
        let moved = after.changes(from: before)
        let parts = ["weight", "bias"]
        let learning = parts.flatMap { part in ["fc1.\(part)", "fc2.injected.\(part)", "fc3.injected.\(part)"] }
        #expect(
            moved.filter { !$0.hasPrefix("target") && $0 != "step" }
                == Set(
                    learning.flatMap {
                        [$0, "first \($0)", "second \($0)"]
                    }))
    }

    /// Oracle: h(φ) + h′(φ) − h″(φ) from three plain networks in double precision, with the tensors of the last
    /// checkpoint; the network in double, to rounding.
    @Test func checkpointsAreTheSumOfTheirHeads() throws {
        let run = try stopped(after: 24, ["plasticity-injection:step=\(Self.step)"])
        try run.run()
        let path = "\(folder.path)/\(run.name)/checkpoints/step_00000024.safetensors"
        let checkpoint = try Checkpoint(reading: path)
        let network = try Network<Double>(checkpoint.architecture)
        let parameters: Parameters<Double> = try checkpoint.parameters(of: network)
        let inputs = Matrix<Double>(rows: 5, columns: 16)
        var source = RandomSource(seed: 9)
        inputs.elements.fillNormal(using: &source)
        let plain = try Network<Double>(Self.configuration([]).architecture)
        func outputs(_ network: Network<Double>, _ parameters: Parameters<Double>) -> [Double] {
            let passes = Backpropagation(network, examples: 5, workers: .one)
            passes.load(inputs)
            passes.forward(at: parameters)
            return passes.outputs.array
        }
        func head(_ mark: String) throws -> [Double] {
            let single = Parameters<Double>(layout: plain.layout, vector: Vector(count: plain.layout.count))
            for entry in plain.layout.entries {
                let name = entry.name.hasPrefix("fc1") ? entry.name : entry.name.replacing(".", with: mark + ".")
                single.vector[entry.range].assign(try #require(parameters[name]))
            }
            return outputs(plain, single)
        }
        let (old, new, negated) = try (head(""), head(".injected"), head(".subtracted"))
        let whole = outputs(network, parameters)
        // The last layer of the third has the other sign already.
        #expect(whole.indices.allSatisfy { abs(whole[$0] - (old[$0] + new[$0] + negated[$0])) < 1e-13 })
        #expect(zip(new, negated).contains { abs($0 + $1) > 1e-4 }, "the fresh head has not moved")
        #expect(checkpoint.run.intervention == "plasticity-injection:layers=2,step=12")
    }

    /// What is frozen the other interventions leave alone, before its step and after.
    @Test(arguments: [6, 18]) func theOthersLeaveTheFrozenAlone(_ steps: Int) throws {
        let others = ["shrink-and-perturb:period=1", "reset-last-layer:period=1", "redo:tau=2,period=1"]
        let run = try stopped(after: steps, ["plasticity-injection:step=\(Self.step)"] + others)
        let snapshot = AgentSnapshot(run.agent)
        let fresh = Parameters<Float>(initialising: run.agent.network.layout, seed: 1)
        for tensor in ["fc2.weight", "fc3.bias"] {
            let name = tensor.replacing(".", with: ".injected.")
            let twin = tensor.replacing(".", with: ".subtracted.")
            let sign: Float = tensor.hasPrefix("fc3") ? -1 : 1
            #expect(snapshot.parameters[twin] == fresh[name]?.array.map { sign * $0 })
            #expect((snapshot.parameters[name] == fresh[name]?.array) == (steps < Self.step))
        }
    }

    @Test func headsThatCannotBeAreRefused() throws {
        func text(_ kind: NetworkPreset.Kind, _ texts: [String], _ set: (inout NetworkPreset) -> Void = { _ in }) throws
            -> String
        {
            var preset = NetworkPreset(kind)
            set(&preset)
            var configuration = RunConfiguration(
                architecture: try preset.architecture(input: [3, 36, 36], outputs: 10))
            let settings = try texts.map { try InterventionSetting(parsing: $0) }
            do throws(Fault) {
                try configuration.intervene(with: settings)
                return "nothing"
            } catch {
                return error.description
            }
        }
        #expect(try text(.resnet18, ["plasticity-injection"]).contains("'residual'"))
        #expect(try text(.vit, ["plasticity-injection"]).contains("'tokens'"))
        #expect(try text(.mlp, ["plasticity-injection:layers=1"]).contains("from 2"))
        #expect(try text(.mlp, ["plasticity-injection:layers=4"]).contains("3 layers"))
        #expect(try text(.mlp, ["spectral-norm", "plasticity-injection:layers=3"]).contains("spectral norm"))
        #expect(try text(.mlp, ["spectral-norm", "plasticity-injection"]) == "nothing")
        #expect(try text(.nature, ["layer-norm", "crelu", "two-hot", "plasticity-injection:layers=4"]) == "nothing")
        #expect(try text(.mlp, ["plasticity-injection", "two-hot"]).contains("last"))
        #expect(try text(.mlp, ["plasticity-injection", "layer-norm"]).contains("last"))
        #expect(try text(.mlp, ["plasticity-injection:step=100000"]).contains("the run has 100000"))
    }

    private struct Run {
        let name: String
        let inner: ClassificationRun
        var agent: DQNAgent { inner.agent }
        func run() throws { try inner.run() }
    }

    private static func configuration(_ texts: [String]) throws -> RunConfiguration {
        var configuration = SmallRun.configuration()
        configuration.architecture = .perceptron(input: [1, 4, 4], widths: [12, 9], outputs: 10)
        try configuration.intervene(with: texts.map { try InterventionSetting(parsing: $0) })
        return configuration
    }

    private func stopped(after steps: Int, _ texts: [String]) throws -> Run {
        let name = texts.isEmpty ? "[]" : "\(texts.count) \(steps)"
        let run = try SmallRun.make(Self.configuration(texts), in: folder.path + "/" + name)
        if steps < 24 {
            _ = #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= steps }) }
        } else {
            try run.run()
        }
        return Run(name: name, inner: run)
    }
}
