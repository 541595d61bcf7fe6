import Checkpoints
import Datasets
import Files
import Foundation
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// The two-hot loss of a checkpoint, bound from what its record says. Oracle: scalar loops over two outputs on three atoms.
@Suite struct TwoHotProblemTests {
    static let architecture: Architecture = {
        var layer = LayerDescription.linear("w", in: 2, out: 6)
        layer.keys["bias"] = .flag(false)
        return Architecture(input: [2], layers: [layer])
    }()
    /// `[logit][input]`, of the online and of the target network.
    static let online: [Float] = [1, 2, 0, -1, 0.5, 0.5, -1, 0, 2, 1, 0, 0.25]
    static let target: [Float] = [0, 1, 1, 0, 0.5, -1, 2, 0, -1, 1, 1, 1]
    static let sample = TransitionSample(
        input: [2], inputs: [1, 0, 0, 1, 1, 1], actions: [0, 1, 1], rewards: [0.5, -1, 2],
        nextInputs: [1, 2, 2, -1, 1, 1], terminals: [false, false, true])

    /// The support −2, 0, 2 and γ = ½ come from the record: y = r + γ maxₐ Σ p z. Third target: 2 alone, an end. Sums of six
    /// numbers of order one: 1e-14.
    @Test(arguments: ["max", "double"]) func theRecordSaysLossAndSupport(_ nextAction: String) throws {
        let bench = try Bench()
        let path = try write(bench) { $0.nextAction = nextAction }
        let problem = try Problem<Double>(ProblemConfiguration(checkpoint: path))
        #expect(problem.loss.kind == .twoHot && problem.warnings.isEmpty)
        let losses = try problem.linearised(directions: 0).exampleLosses
        for example in 0..<3 {
            let next = Array(Self.sample.nextInputs[2 * example..<2 * example + 2]).map(Double.init)
            let valued = (0..<2).map { mean(Self.target, next, $0) }
            let chosen = nextAction == "max" ? valued : (0..<2).map { mean(Self.online, next, $0) }
            let best = chosen[1] > chosen[0] ? 1 : 0
            let y = Self.sample.rewards[example] + (Self.sample.terminals[example] ? 0 : 0.5 * valued[best])
            let here = Array(Self.sample.inputs[2 * example..<2 * example + 2]).map(Double.init)
            let p = probabilities(Self.online, here, Self.sample.actions[example])
            var expected = 0.0
            for atom in 0..<3 {
                let distance: Double = abs(y - 2 * Double(atom - 1)) / 2
                expected -= max(0, 1 - distance) * log(p[atom])
            }
            #expect(abs(losses[example] - expected) < 1e-14)
        }
    }

    /// What the command line says goes before the record; values outside are moved, and said.
    @Test func theSupportMayBeGiven() throws {
        let bench = try Bench()
        var configuration = ProblemConfiguration(checkpoint: try write(bench) { _ in })
        configuration.supportEnds = (-0.25, 0.25)
        let problem = try Problem<Double>(configuration)
        let loss = try #require(problem.loss as? TwoHot<Double>)
        #expect(loss.support == Support(low: -0.25, high: 0.25, atoms: 3) && loss.clippedTargets > 0)
        #expect(problem.warnings.first?.contains("\(loss.clippedTargets) targets lie outside") == true)
        // Two atoms a value make three outputs of the six logits.
        configuration.atoms = 2
        #expect(((try Problem<Double>(configuration)).loss as? TwoHot<Double>)?.support.atoms == 2)
    }

    /// Class labels are regressed on as one-hot values, as `mse` does: a loss for other data than the run's own.
    @Test func otherDataTakesTheRunsLoss() throws {
        let bench = try Bench()
        let data = try bench.labelled("d.safetensors", count: 6)
        let problem = try Problem<Double>(ProblemConfiguration(checkpoint: try write(bench) { _ in }, data: data))
        #expect(problem.loss.kind == .twoHot && problem.labels == [0, 1, 0, 1, 0, 1])
    }

    @Test func whatATwoHotLossLacksIsSaid() throws {
        let bench = try Bench()
        func text(_ change: (inout RunRecord) -> Void) throws -> String {
            let fault = try #require(bench.fault(ProblemConfiguration(checkpoint: write(bench, change))))
            return fault.kind == .data ? fault.description : "\(fault.kind)"
        }
        #expect(try text { $0.supportLow = nil }.contains("does not say the support"))
        #expect(try text { $0.atoms = 4 }.contains("6 outputs, which are no whole number of supports of 4 atoms"))
        #expect(try text { $0.atoms = nil }.contains("supports of 101 atoms"))
        #expect(try text { $0.supportHigh = -3 }.contains("goes from -2.0 to -3.0"))
    }

    private func write(_ bench: Bench, _ change: (inout RunRecord) -> Void) throws -> String {
        try Self.sample.write(to: bench.folder.file("sample.safetensors"))
        try bench.checkpoint("target.safetensors", Self.architecture, Self.target)
        var run = RunRecord()
        run.loss = "two-hot"
        run.discount = 0.5
        (run.supportLow, run.supportHigh, run.atoms) = (-2, 2, 3)
        run.transitions = "sample.safetensors"
        run.targetNetwork = "target.safetensors"
        change(&run)
        return try bench.checkpoint("c.safetensors", Self.architecture, Self.online, run: run)
    }

    private func probabilities(_ weights: [Float], _ input: [Double], _ output: Int) -> [Double] {
        let exponentials = (0..<3).map { atom in
            let row = 2 * (3 * output + atom)
            return exp(Double(weights[row]) * input[0] + Double(weights[row + 1]) * input[1])
        }
        return exponentials.map { $0 / exponentials.reduce(0, +) }
    }

    private func mean(_ weights: [Float], _ input: [Double], _ output: Int) -> Double {
        let p = probabilities(weights, input, output)
        return 2 * (p[2] - p[0])
    }
}
