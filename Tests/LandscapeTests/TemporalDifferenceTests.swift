import Checkpoints
import Datasets
import Files
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Oracle: targets of a temporal-difference loss worked out by hand, for f(s) = W s with W = [[1, 2], [3, −1]] and the
/// target network's W′ = [[0, 1], [2, 0]].
@Suite struct TemporalDifferenceTests {
    /// s′ = (1, 2), (2, 1), (1, 1): the target network values its actions (2, 2), (1, 4), (1, 2).
    static let sample = TransitionSample(
        input: [2], inputs: [1, 0, 0, 1, 1, 1], actions: [0, 1, 1], rewards: [0.5, -1, 2],
        nextInputs: [1, 2, 2, 1, 1, 1], terminals: [false, false, true])

    /// With γ = ½: y = ½ + ½·2, −1 + ½·4, and 2 alone (terminal). Q: 1, −1, 2. Errors −½, −2, 0.
    @Test func theTargetNetworksBestActionIsValued() throws {
        let problem = try problem(nextAction: "max")
        let loss = try #require(problem.loss as? TemporalDifference<Double>)
        #expect(loss.actions == [0, 1, 1] && loss.targets == [1.5, 1, 2])
        let linearised = try problem.linearised(directions: 0)
        #expect(linearised.exampleLosses == [0.25, 4, 0])
        #expect(abs(linearised.lossValue - 4.25 / 3) < 1e-15)
        // 2/N Σ error · s in the row of the action: 2/3 (−½ (1, 0)) and 2/3 (−2 (0, 1)).
        let gradient = linearised.gradient().array
        let expected = [-1.0 / 3, 0, 0, -4.0 / 3]
        #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    /// For s′ = (−1, 0) the online network gives (−1, −3), action 0, and W′ (0, −2): 0. For s′ = (1, −1) it gives (−1, 4),
    /// action 1, and W′ (−1, 2): 2. For s′ = (2, 3) it gives (8, 3), action 0, and W′ (3, 4): 3, where the target
    /// network's own best is 4.
    @Test func doubleLearningLetsTheOnlineNetworkChoose() throws {
        var sample = Self.sample
        sample.nextInputs = [-1, 0, 1, -1, 2, 3]
        sample.terminals = [false, false, false]
        let double = try problem(nextAction: "double", sample)
        #expect((double.loss as? TemporalDifference<Double>)?.targets == [0.5, 0, 3.5])
        let single = try problem(nextAction: nil, sample)
        #expect((single.loss as? TemporalDifference<Double>)?.targets == [0.5, 0, 4])
    }

    /// W itself values (5, 1), (4, 5), (3, 2): y = ½ + ½·5, −1 + ½·5, and 2 alone.
    @Test func aNetworkMayBeItsOwnTarget() throws {
        let bench = try Bench()
        var configuration = ProblemConfiguration(
            // It need not name another then.
            checkpoint: try write(bench, Self.sample) { $0.targetNetwork = nil })
        configuration.target = .own
        let loss = try #require(Problem<Double>(configuration).loss as? TemporalDifference<Double>)
        #expect(loss.targets == [3, 1.5, 2])
        configuration.loss = .probe
        let fault = #expect(throws: Fault.self) { try Problem<Double>(configuration) }
        #expect(fault?.kind == .usage && fault?.description.contains("--target own") == true)
    }

    @Test func anUnknownRuleForTheNextActionIsRefused() throws {
        let fault = #expect(throws: Fault.self) { try problem(nextAction: "softmax") }
        #expect(fault?.kind == .data && fault?.description.contains("'softmax'") == true)
    }

    @Test func whatATemporalDifferenceLossLacksIsSaid() throws {
        let noTarget = #expect(throws: Fault.self) { try problem { $0.targetNetwork = nil } }
        #expect(noTarget?.kind == .data && noTarget?.description.contains("names no target network") == true)
        let lost = #expect(throws: Fault.self) { try problem { $0.targetNetwork = "gone.safetensors" } }
        #expect(lost?.kind == .data && lost?.description.contains("gone.safetensors: no such file") == true)
        let noDiscount = #expect(throws: Fault.self) { try problem { $0.discount = nil } }
        #expect(noDiscount?.kind == .data && noDiscount?.description.contains("discount") == true)
        let noData = #expect(throws: Fault.self) { try problem { $0.transitions = nil } }
        #expect(noData?.kind == .usage && noData?.description.contains("--data") == true)
        var sample = Self.sample
        sample.actions[2] = 2
        let action = #expect(throws: Fault.self) { try problem(nextAction: nil, sample) }
        #expect(action?.kind == .data && action?.description.contains("action 2 of example 2 has no output") == true)
    }

    /// Transitions given with --data are still the temporal-difference loss, against the checkpoint's own target network.
    @Test func transitionsMayBeGiven() throws {
        let bench = try Bench()
        let path = try write(bench, Self.sample) { $0.transitions = nil }
        let problem = try Problem<Float>(
            ProblemConfiguration(checkpoint: path, data: bench.folder.file("sample.safetensors")))
        #expect((problem.loss as? TemporalDifference<Float>)?.targets == [1.5, 1, 2] && problem.labels == nil)
    }

    /// Oracle: the mean of ε² over all outputs, ε being the target less the output; the network's own outputs plus noise.
    @Test func theProbeLossIsTheMeanSquareOfItsNoise() throws {
        let bench = try Bench()
        let path = try bench.checkpoint("c.safetensors", Bench.mlp(2, 5, 3, "tanh"), nil as [Double]?)
        var configuration = ProblemConfiguration(
            checkpoint: path, data: try bench.labelled("d.safetensors", count: 700), loss: .probe, seed: 4)
        let problem = try Problem<Double>(configuration)
        let linearised = try problem.linearised(directions: 1)
        let targets = try #require(problem.loss as? SquaredError<Double>).targets
        let noise = zip(targets.elements.doubles, linearised.outputs.elements.doubles).map { $0 - $1 }
        let square = noise.reduce(0) { $0 + $1 * $1 } / 2100
        #expect(abs(linearised.lossValue - square) < 1e-14)
        // 2100 standard normal numbers: mean within 5/√2100 = 0.11, mean square within 5 √(2/2100) = 0.16 of 1.
        #expect(abs(noise.reduce(0, +) / 2100) < 0.11 && abs(square - 1) < 0.16)
        // Another seed, other noise; the same seed, the same.
        #expect(try Problem<Double>(configuration).linearised(directions: 0).lossValue == linearised.lossValue)
        configuration.seed = 5
        #expect(try Problem<Double>(configuration).linearised(directions: 0).lossValue != linearised.lossValue)
    }

    /// H = G + (1/N) Σ (∂ℓ/∂f)ₖ ∇²fₖ: where every residual f − y is 0 the last term is gone, to the bit of its zero.
    @Test func hessianAndGaussNewtonAgreeWhereTheResidualIsZero() throws {
        let problem = RandomProblem(seed: 31, smooth: true, examples: 12)
        let network: Network<Double> = try problem.network()
        let inputs: Matrix<Double> = try problem.inputs()
        let passes = Backpropagation(network, examples: 12, workers: .one)
        passes.load(inputs)
        let parameters: Parameters<Double> = try problem.parameters()
        passes.forward(at: parameters)
        let linearised = try LinearisedNetwork(
            network, at: parameters, inputs: inputs, loss: SquaredError(targets: passes.outputs), workers: .one)
        #expect(linearised.lossValue == 0 && linearised.gradient().norm == 0)
        let v: Vector<Double> = try problem.direction(0)
        let products = Curvature.allCases.map { curvature in
            let result = Vector<Double>(count: v.count)
            linearised.multiply(curvature, by: [v], into: [result])
            return result
        }
        #expect(relativeError(products[0], products[1]) < 1e-14 && products[1].norm > 0)
        #expect(products[2].norm == 0 && products[3].norm == 0)
    }

    private func problem(
        nextAction: String? = nil, _ sample: TransitionSample = Self.sample,
        _ change: (inout RunRecord) -> Void = { _ in }
    ) throws -> Problem<Double> {
        let bench = try Bench()
        let path = try write(bench, sample) {
            $0.nextAction = nextAction
            change(&$0)
        }
        return try Problem<Double>(ProblemConfiguration(checkpoint: path))
    }

    private func write(
        _ bench: Bench, _ sample: TransitionSample, _ change: (inout RunRecord) -> Void
    ) throws -> String {
        try sample.write(to: bench.folder.file("sample.safetensors"))
        try bench.checkpoint("target.safetensors", Bench.linear, [0, 1, 2, 0] as [Float])
        var run = RunRecord()
        run.loss = "td"
        run.discount = 0.5
        run.transitions = "sample.safetensors"
        run.targetNetwork = "target.safetensors"
        change(&run)
        return try bench.checkpoint("c.safetensors", Bench.linear, [1, 2, 3, -1] as [Float], run: run)
    }
}
