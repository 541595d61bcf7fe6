import Checkpoints
import Files
import Foundation
import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@testable import Plasticity

/// How a checkpoint was trained, as the checkpoint or its run says it.
@Suite struct TrainingRecordTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func checkpoint(_ record: RunRecord, in path: String = "checkpoint.safetensors") throws -> Checkpoint {
        let network = try Network<Float>(ProbeSupport.perceptron)
        try Checkpoint.write(
            Parameters<Float>(initialising: network.layout, seed: 1), architecture: network.architecture, run: record,
            to: folder.file(path))
        return try Checkpoint(reading: folder.file(path))
    }

    @Test(arguments: [
        OptimiserConfiguration.adam(learningRate: 0.1 / 3, decay2: 0.9, epsilonInRoot: 1e-3), .rmsProp(),
        .sgd(learningRate: 1e-3),
    ]) func optimisersReadBack(_ optimiser: OptimiserConfiguration) throws {
        var record = RunRecord()
        record.optimiserSettings = optimiser.recorded
        record.batchSize = 32
        record.loss = "two-hot"
        (record.supportLow, record.supportHigh, record.atoms) = (-3, 3, 7)
        let read = try TrainingRecord(of: checkpoint(record))
        #expect(read.optimiser == optimiser && read.batchSize == 32)
        #expect(read.support == Support(low: -3, high: 3, atoms: 7))
    }

    @Test func whatTheCheckpointDoesNotSayItsRunMay() throws {
        let optimiser = OptimiserConfiguration.momentum(learningRate: 0.5)
        let settings = String(decoding: try JSONEncoder().encode(optimiser), as: UTF8.self)
        _ = try folder.write(#"{"optimiser": \#(settings), "agent": {"batch_size": 9}, "more": 1}"#, to: "run.json")
        try FileManager.default.createDirectory(
            atPath: folder.file("checkpoints"), withIntermediateDirectories: true)
        let read = try TrainingRecord(of: checkpoint(RunRecord(), in: "checkpoints/step.safetensors"))
        #expect(read.optimiser == optimiser && read.batchSize == 9 && read.support == nil)
    }

    @Test func nobodySays() throws {
        let read = try TrainingRecord(of: checkpoint(RunRecord()))
        #expect(read.optimiser == nil && read.batchSize == nil && read.support == nil)
    }

    @Test func anUnknownOptimiserIsRefused() throws {
        var record = RunRecord()
        record.optimiserSettings = ["kind": .text("wibble"), "learning_rate": .number(1)]
        let checkpoint = try checkpoint(record)
        let fault = #expect(throws: Fault.self) { try TrainingRecord(of: checkpoint) }
        #expect(fault?.kind == .data && fault?.place.contains("optimiser_settings") == true)
    }
}
