import Files
import Foundation
import LinearAlgebra
import Networks
import Testing

@testable import Agents

/// Runs with interventions: that they end in the same bytes however they are interrupted and by however many workers.
@Suite struct InterventionRunTests {
    private let folder = TemporaryFolder()

    static let settings = [
        "reset-last-layer", "reset-last-layer:period=3,moments=1", "reset-optimiser", "weight-decay:lambda=0.01",
        "l2-init:lambda=0.1", "layer-norm", "spectral-norm", "shrink-and-perturb", "two-hot:atoms=11", "crelu",
        "plasticity-injection", "plasticity-injection:step=7", "redo:tau=0.5,period=4",
        // All of them at once, in an order; then what changes the branches that another has made.
        "layer-norm spectral-norm two-hot:atoms=5 crelu l2-init weight-decay reset-optimiser reset-last-layer "
            + "shrink-and-perturb",
        "layer-norm crelu l2-init shrink-and-perturb:period=4 plasticity-injection:step=8 redo:tau=0.6,period=2 "
            + "reset-last-layer:period=3",
    ]

    /// Oracle: the run that was never interrupted, file by file; also by two workers.
    @Test(arguments: settings) func interruptionsAndWorkersChangeNoByte(_ texts: String) throws {
        let configuration = try Self.configuration(texts)
        try SmallRun.make(configuration, in: folder.path + "/whole").run()
        let whole = folder.files(in: "whole")
        for stop in [0, 7, 8, 15] {
            let run = try SmallRun.make(configuration, in: folder.path + "/\(stop)")
            _ = #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= stop }) }
        }
        for stop in [0, 7, 8, 15] {
            // As `agents resume` does it: with the configuration that the folder holds.
            let found = try RunConfiguration(readingRun: folder.path + "/\(stop)")
            #expect(found == configuration)
            try SmallRun.make(found, in: folder.path + "/\(stop)", workers: 2).run()
            #expect(folder.files(in: "\(stop)") == whole, "stopped after \(stop)")
        }
    }

    /// Oracle: the run without interventions. They act after the target network's update at step 7, and after what is
    /// written there: the files of step 7 are the same, those of step 8 are not; θ′ is the same until its next update.
    @Test(arguments: ["reset-last-layer", "reset-optimiser", "shrink-and-perturb"])
    func momentsComeAfterTheTargetsUpdate(_ text: String) throws {
        var plain = SmallRun.configuration()
        plain.schedule.checkpointPeriodSteps = 1
        var changed = plain
        try changed.intervene(with: [InterventionSetting(parsing: text)])
        var vectors: [[String: [Float]]] = [[:], [:]]
        for (number, configuration) in [plain, changed].enumerated() {
            let run = try SmallRun.make(configuration, in: folder.path + "/\(number)")
            for step in 1...14 {
                _ = #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= step }) }
                vectors[number]["\(step)"] = run.agent.parameters.vector.array
                vectors[number]["target \(step)"] = run.agent.target.vector.array
            }
        }
        for step in 1...7 { #expect(vectors[0]["\(step)"] == vectors[1]["\(step)"]) }
        for step in 8...14 { #expect(vectors[0]["\(step)"] != vectors[1]["\(step)"]) }
        for step in 1...13 { #expect(vectors[0]["target \(step)"] == vectors[1]["target \(step)"]) }
        #expect(vectors[0]["target 14"] != vectors[1]["target 14"])
    }

    /// The record of a checkpoint tells them in their order, with all constants.
    @Test func checkpointsTellTheirInterventions() throws {
        let configuration = try Self.configuration("layer-norm shrink-and-perturb:sigma=0.1")
        try SmallRun.make(configuration, in: folder.path + "/run").run()
        let files = folder.files(in: "run")
        let header = String(
            decoding: files["checkpoints/step_00000024.safetensors"]?.prefix(4000) ?? Data(), as: UTF8.self)
        #expect(header.contains("layer-norm shrink-and-perturb:lambda=0.8,sigma=0.1"))
        #expect(configuration.interventions.map(\.description).last == "shrink-and-perturb:lambda=0.8,sigma=0.1")
    }

    static func configuration(_ texts: String) throws -> RunConfiguration {
        var configuration = SmallRun.configuration()
        try configuration.intervene(
            with: texts.split(separator: " ").map { try InterventionSetting(parsing: String($0)) })
        return configuration
    }
}
