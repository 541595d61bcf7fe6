import Files
import Foundation
import Krylov
import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@testable import Plasticity

/// What networks make of the tasks.
@Suite struct PlasticityProbeTests {
    private func probe(
        _ configuration: ProbeConfiguration = ProbeSupport.configuration(), workers: Int = 1,
        optimiser: OptimiserConfiguration = .adam()
    ) throws -> PlasticityProbe<Float> {
        PlasticityProbe(
            try ProbeSupport.tasks(ProbeSupport.perceptron, configuration, in: Float.self), optimiser: optimiser,
            workers: Workers(workers))
    }

    @Test func theNumberOfWorkersChangesNoByte() throws {
        let found = try [1, 2, 3, 9].map { workers in
            let probe = try probe(workers: workers)
            return try probe.measure(ProbeSupport.start(probe.tasks))
        }
        for other in found.dropFirst() { #expect(other == found[0]) }
    }

    /// P(θ₀) − P(θ₀) is 0 to the bit, task by task, and its interval is that point.
    @Test func nothingIsLostBetweenANetworkAndItself() throws {
        let probe = try probe()
        let start = ProbeSupport.start(probe.tasks)
        let before = start.parameters.vector.array
        let loss = try #require(try probe.measure(start).loss(since: try probe.measure(start)))
        #expect(loss.value == 0 && loss.standardError == 0 && loss.interval() == 0...0)
        // It was a copy that learnt.
        #expect(start.parameters.vector.array == before)
    }

    /// Oracle: another network measured alone has the same tasks; the pairing is of equal tasks, and b cancels.
    @Test func lossIsTheDifferenceOfPlasticities() throws {
        let probe = try probe()
        let first = try probe.measure(ProbeSupport.start(probe.tasks, seed: 1))
        let later = try probe.measure(ProbeSupport.start(probe.tasks, seed: 2))
        let loss = try #require(later.loss(since: first))
        let difference = try #require(first.plasticity).value - (try #require(later.plasticity)).value
        // b − ℓ of four tasks, of size 1 each, rounded a few times.
        #expect(abs(loss.value - difference) < 16 * 0x1p-53)
        #expect(loss.value != 0)
    }

    /// A task that diverges is told with its step, and left out; nothing that is not finite comes out.
    @Test func divergenceIsToldAndLeftOut() throws {
        let probe = try probe(optimiser: .sgd(learningRate: 1e20))
        let found = try probe.measure(ProbeSupport.start(probe.tasks))
        #expect(found.failures.count == 4 && found.plasticity == nil && found.isWhole)
        for (_, failure) in found.failures { #expect((1...10).contains(failure.step) && !failure.message.isEmpty) }
        for outcome in found.outcomes { #expect(outcome.curve.allSatisfy { $0.isFinite }) }
        let whole = try self.probe().measure(ProbeSupport.start(probe.tasks))
        #expect(found.loss(since: whole) == nil)
    }

    /// A run that is stopped after any step and taken up again from its snapshot ends in the bytes of one that was not.
    @Test(arguments: [OptimiserConfiguration.adam(), .sgd(learningRate: 0.01)])
    func aTaskThatIsTakenUpEndsInTheSameBytes(_ optimiser: OptimiserConfiguration) throws {
        let json = """
            {"input": [2, 4, 4], "layers": [
                {"kind": "conv2d", "name": "conv", "in": 2, "out": 4, "kernel": 3, "padding": 1},
                {"kind": "batch_norm2d", "name": "bn", "channels": 4}, {"kind": "relu"}, {"kind": "flatten"},
                {"kind": "linear", "name": "fc", "in": 64, "out": 3}]}
            """
        let architecture = try Architecture(parsing: Data(json.utf8), from: "test")
        let tasks = try ProbeSupport.tasks(
            architecture, ProbeSupport.configuration(tasks: 1, steps: 12), in: Float.self)
        func learner() throws -> ProbeLearner<Float> {
            try ProbeLearner(
                tasks, task: 0, from: ProbeSupport.start(tasks), offset: 0.25, optimiser: optimiser, workers: .one)
        }
        let expected = try learner().run(RunControl()) { _ in }
        for stop in 1..<12 {
            let kept = Kept()
            let ended = try learner().run(
                RunControl(
                    isOver: { kept.snapshot != nil },
                    offer: { make in
                        let snapshot = make()
                        if snapshot.numbers["step"] == [Double(stop)] { kept.keep(snapshot) }
                    })
            ) { _ in }
            #expect(ended == nil)
            #expect(try learner().run(RunControl(resumed: kept.snapshot)) { _ in } == expected)
        }
    }

    private final class Kept: @unchecked Sendable {
        private(set) var snapshot: Snapshot<Float>?

        /// The task's memory goes on to change.
        func keep(_ other: Snapshot<Float>) {
            var copy = other
            for (name, matrix) in other.matrices {
                copy.matrices[name] = matrix.elements.copy().matrix(rows: matrix.rows, columns: matrix.columns)
            }
            snapshot = copy
        }
    }

    /// Own offsets centre every network: adding a constant to the last bias moves its values and nothing else, so that
    /// the loss at the start is the same but for rounding of outputs of size 100 in single precision, and under a
    /// common offset it is 100².
    @Test func ownOffsetsCentreANetwork() throws {
        var configuration = ProbeSupport.configuration(tasks: 2, steps: 1)
        let start = try ProbeSupport.start(probe(configuration).tasks)
        let moved = ProbeStart(start.parameters.copy())
        let bias = try #require(moved.parameters["fc2.bias"])
        for index in 0..<bias.count { bias[index] += 100 }
        let own = try probe(configuration)
        let (first, drifted) = (try own.measure(start), try own.measure(moved))
        #expect(abs(drifted.offset - first.offset - 100) < 100 * 0x1p-23)
        for (one, other) in zip(first.outcomes, drifted.outcomes) {
            // d(f − y)² = 2 (f − y) · 100 ε, with f − y below 4.
            #expect(abs(one.curve[0] - other.curve[0]) < 8 * 100 * 0x1p-23)
        }
        configuration.offset = .common
        let common = try probe(configuration)
        let offset = common.offset(of: moved.parameters, first: start.parameters)
        #expect(offset == common.offset(of: start.parameters, first: start.parameters))
        let far = try common.measure(moved, offset: offset)
        for (one, other) in zip(first.outcomes, far.outcomes) {
            // The mean of (f + 100 − y)² is 10⁴ + 200 · mean(f − y) + ℓ, and |mean(f − y)| ≤ √ℓ.
            #expect(abs(other.curve[0] - 1e4) <= 200 * one.curve[0].squareRoot() + 2 * one.curve[0] + 1e-2)
        }
    }

    /// An optimiser that has gathered its moments moves on from them; one that has none begins anew.
    @Test func carriedStateIsTakenUp() throws {
        let probe = try probe(ProbeSupport.configuration(tasks: 1, steps: 3))
        var start = ProbeSupport.start(probe.tasks)
        let fresh = try probe.measure(start)
        let count = start.parameters.vector.count
        start.state = OptimiserState(
            step: 0,
            moments: ["first": [Float](repeating: 0, count: count), "second": [Float](repeating: 0, count: count)])
        #expect(try probe.measure(start) == fresh)
        // One that began afresh at step 900 counts from there.
        start.state?.step = 900
        start.state?.restartStep = 900
        #expect(try probe.measure(start) == fresh)
        start.state = OptimiserState(
            step: 900,
            moments: ["first": [Float](repeating: 0, count: count), "second": [Float](repeating: 1, count: count)])
        let carried = try probe.measure(start)
        // With v = 1 a step of Adam is some √1000 times smaller, so that hardly anything is learnt.
        let learnt = { (found: PlasticityMeasurement) in found.outcomes[0].curve[0] - (found.outcomes[0].finalLoss ?? 0)
        }
        #expect(abs(learnt(carried)) < abs(learnt(fresh)) / 3)
        start.state = OptimiserState(step: 1, moments: [:])
        #expect(throws: Fault.self) { try probe.measure(start) }
    }

    @Test func recordsReadBack() throws {
        let folder = try TemporaryFolder()
        let probe = try probe()
        let first = try probe.measure(ProbeSupport.start(probe.tasks))
        let record = PlasticityRecord(step: 3, first, since: first)
        try record.write(to: folder.file("record.json"))
        let read = try PlasticityRecord(reading: folder.file("record.json"))
        #expect(read == record)
        #expect(read.measurement.plasticity == first.plasticity)
        #expect(read.measurement.loss(since: first)?.value == 0)
    }
}
