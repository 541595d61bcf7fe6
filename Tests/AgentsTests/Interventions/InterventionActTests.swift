import Files
import LinearAlgebra
import Networks
import Testing
import Training

@testable import Agents

/// What each intervention does to parameters, target network, moments and buffers at the moment when it acts: that, and
/// nothing else.
@Suite struct InterventionActTests {
    /// Oracle: the initialisation of a layer of 12 inputs, uniform on ±1/√12, with variance 1/36. The 130 numbers' mean
    /// square has a standard deviation of √(4/45)/12/√130 = 0.0022 around it: four of them allowed.
    @Test func theLastLayerIsDrawnAfresh() throws {
        let bench = try InterventionBench()
        let before = bench.snapshot
        let reset = try bench.intervention("reset-last-layer")
        reset.act(bench.moment(step: 6))
        #expect(bench.snapshot == before, "6 is no update of the target network")
        reset.act(bench.moment(step: 0))
        #expect(bench.snapshot == before)
        reset.act(bench.moment())
        let after = bench.snapshot
        #expect(after.changes(from: before) == ["fc2.weight", "fc2.bias"])
        let drawn = try #require(after.parameters["fc2.weight"]) + #require(after.parameters["fc2.bias"])
        #expect(drawn.allSatisfy { abs($0) <= Float(1 / 12.0.squareRoot()) })
        let meanSquare = drawn.reduce(0) { $0 + Double($1 * $1) } / Double(drawn.count)
        #expect(abs(meanSquare - 1.0 / 36) < 4 * 0.0022)
        // Another step draws other numbers; the same step the same.
        reset.act(bench.moment(step: 14))
        #expect(bench.snapshot.parameters["fc2.weight"] != after.parameters["fc2.weight"])
        reset.act(bench.moment())
        #expect(bench.snapshot == after)
    }

    @Test func itsMomentsAreForgottenWhereAsked() throws {
        let bench = try InterventionBench()
        let before = bench.snapshot
        try bench.intervention("reset-last-layer:moments=1,period=7").act(bench.moment())
        let after = bench.snapshot
        let moments = ["first", "second"].flatMap { moment in ["weight", "bias"].map { "\(moment) fc2.\($0)" } }
        #expect(after.changes(from: before) == Set(["fc2.weight", "fc2.bias"] + moments))
        #expect(moments.allSatisfy { after.moments[$0]?.allSatisfy { $0 == 0 } == true })
    }

    @Test func theOptimiserBeginsAgain() throws {
        let bench = try InterventionBench()
        let before = bench.snapshot
        try bench.intervention("reset-optimiser").act(bench.moment())
        let after = bench.snapshot
        #expect(after.changes(from: before) == Set(after.moments.keys).union(["restart"]))
        #expect(after.moments.values.allSatisfy { $0.allSatisfy { $0 == 0 } })
        #expect(after.restartStep == 7 && after.step == 7)
    }

    /// Oracle: 0.7 θ + 0.4 θ_fresh in double precision, with θ_fresh what `Parameters(initialising:)` draws from the
    /// moment's seed. In single: three roundings of terms no larger than |θ| + |θ_fresh|.
    @Test func shrinkAndPerturbIsItsFormula() throws {
        let bench = try InterventionBench()
        let before = bench.snapshot
        let theta = bench.run.agent.parameters.copy().vector
        let moment = bench.moment()
        // The hidden layer's bias and a part of its weight may not move.
        let frozen = [100..<204]
        bench.run.agent.restraint = Restraint(frozen: frozen)
        try bench.intervention("shrink-and-perturb:lambda=0.7,sigma=0.4").act(moment)
        let fresh = Parameters<Float>(
            initialising: bench.run.agent.network.layout, seed: moment.freshSeed(for: "shrink-and-perturb"))
        for index in 0..<theta.count {
            let (old, new) = (Double(theta[index]), Double(fresh.vector[index]))
            let expected = frozen[0].contains(index) ? old : 0.7 * old + 0.4 * new
            let tolerance = frozen[0].contains(index) ? 0 : 3 * 0x1p-24 * (abs(old) + abs(new))
            #expect(abs(Double(bench.run.agent.parameters.vector[index]) - expected) <= tolerance)
        }
        #expect(bench.snapshot.changes(from: before) == ["fc1.weight", "fc2.weight", "fc2.bias"])
    }

    /// Oracle: AdamW's definition, θ −= αλθ beside the step that it takes without. α λ = 1/4, and four roundings of
    /// numbers below 2.
    @Test func weightDecayIsDecoupledWithAdamW() throws {
        func parameters(_ text: String?, steps: Int) throws -> [Float] {
            let settings = try text.map { [try InterventionSetting(parsing: $0)] } ?? []
            let bench = try InterventionBench(settings, steps: steps) {
                $0.optimiser = .adamW(learningRate: 0.5, weightDecay: 0)
            }
            return bench.run.agent.parameters.vector.array
        }
        let start = try parameters(nil, steps: 0)
        let free = try parameters(nil, steps: 1)
        let decayed = try parameters("weight-decay:lambda=0.5", steps: 1)
        for index in start.indices { #expect(abs(free[index] - decayed[index] - start[index] / 4) < 4 * 0x1p-23) }
        #expect(WeightDecay.summary.contains("adamw") && WeightDecay.summary.contains("decoupled"))
    }

    /// Oracle: the gradients' difference between two runs of one plain-descent step from the same point: λθ, and λ(θ
    /// − θ₀), which is zero at θ₀ itself.
    @Test func decaysPullTowardsTheirPoints() throws {
        func parameters(_ text: String?, steps: Int) throws -> [Float] {
            let settings = try text.map { [try InterventionSetting(parsing: $0)] } ?? []
            let bench = try InterventionBench(settings, steps: steps) { $0.optimiser = .sgd(learningRate: 0.5) }
            return bench.run.agent.parameters.vector.array
        }
        let start = try parameters(nil, steps: 0)
        let free = try parameters(nil, steps: 1)
        let decayed = try parameters("weight-decay:lambda=0.5", steps: 1)
        let anchored = try parameters("l2-init:lambda=0.5", steps: 1)
        // α λ = 1/4, and four roundings of numbers below 2.
        for index in start.indices { #expect(abs(free[index] - decayed[index] - start[index] / 4) < 4 * 0x1p-23) }
        for index in start.indices { #expect(abs(anchored[index] - free[index]) < 4 * 0x1p-24) }
        let later = try (free: parameters(nil, steps: 9), anchored: parameters("l2-init:lambda=0.5", steps: 9))
        func distance(_ values: [Float]) -> Float {
            zip(values, start).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        #expect(distance(later.anchored) < distance(later.free))
    }
}
