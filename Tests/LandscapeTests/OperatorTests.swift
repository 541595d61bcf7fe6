import Checkpoints
import Files
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Every operator against its matrix, formed from its definition and Jacobians of single gradients.
@Suite struct OperatorTests {
    static let families = ArchitectureFamily.allCases
    static let seeds = Array(301...304 as ClosedRange<UInt64>)
    static let kinds: [OperatorKind] = [
        .gaussNewton, .fisher, .monteCarloFisher, .empiricalFisher, .gradientCovariance, .tangentKernel,
    ]

    @Test(arguments: families, seeds)
    func operatorsAreTheirMatrices(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try check(OperatorBench(RandomProblem(family, seed: seed, mostParameters: 200)))
    }

    @Test(arguments: seeds) func operatorsOfTwoHotAreTheirMatrices(_ seed: UInt64) throws {
        try check(OperatorBench.twoHot(seed: seed))
    }

    /// Sums of some hundred products of numbers with the Frobenius norm `size`, each to rounding.
    private func check(_ bench: OperatorBench) throws {
        for kind in Self.kinds {
            let configuration = OperatorConfiguration(kind, samples: 3, seed: 8)
            guard let expected = try bench.matrix(configuration) else {
                let fault = #expect(throws: Fault.self) { try configuration.make(of: bench.linearised) }
                #expect(fault?.kind == .usage && bench.linearised.loss.kind == .huber)
                continue
            }
            let target = try configuration.make(of: bench.linearised)
            #expect(target.dimension == expected.rows && target.blockSize == 3)
            let found = try target.dense()
            let size = max(expected.elements.norm, 1e-6)
            #expect(distance(found.elements.doubles, expected.elements.doubles) <= 1e-12 * size, "\(kind)")
        }
    }

    /// Oracle: H less its Gauss-Newton part.
    @Test(arguments: families) func residualIsTheDifference(_ family: ArchitectureFamily) throws {
        let linearised: LinearisedNetwork<Double> = try RandomProblem(family, seed: 311, mostParameters: 200)
            .linearised(directions: 4)
        func matrix(_ kind: OperatorKind) throws -> Matrix<Double> {
            try OperatorConfiguration(kind).make(of: linearised).dense()
        }
        let (hessian, found) = (try matrix(.hessian), try matrix(.residual))
        hessian.add(-1, try matrix(.gaussNewton))
        #expect(distance(found.array, hessian.array) <= 1e-12 * max(hessian.elements.norm, 1e-3))
    }

    /// Oracle: J of single gradients; the transpose is its transpose.
    @Test(arguments: families) func jacobianIsThatOfTheOutputs(_ family: ArchitectureFamily) throws {
        let bench = try OperatorBench(RandomProblem(family, seed: 321, mostParameters: 200))
        let jacobian = JacobianOperator(of: bench.linearised)
        #expect(jacobian.inputCount == bench.parameters && jacobian.outputCount == bench.examples * bench.outputs)
        #expect(jacobian.transpose.inputCount == jacobian.outputCount)
        #expect(jacobian.transpose.outputCount == jacobian.inputCount)
        let size = max(bench.jacobian.elements.norm, 1e-6)
        let v: Vector<Double> = try RandomProblem(family, seed: 321, mostParameters: 200).direction(2)
        let expected = (0..<bench.jacobian.rows).map { bench.jacobian.row($0).dot(v) }
        #expect(distance(try jacobian.product(with: v).array, expected) <= 1e-12 * size)
        let units = (0..<jacobian.outputCount).map { index in
            let unit = Vector<Double>(count: jacobian.outputCount)
            unit[index] = 1
            return unit
        }
        let rows = Matrix<Double>(rows: units.count, columns: bench.parameters)
        try jacobian.transpose.apply(to: units, into: units.indices.map { rows.row($0) })
        #expect(distance(rows.array, bench.jacobian.array) <= 1e-12 * size)
    }

    /// Closed form: gradients that all are the same have no covariance, though ḡ ḡᵀ is large; what is left is rounding of
    /// the slopes, not of the squares.
    @Test func equalGradientsHaveNoCovariance() throws {
        let network = try Network<Float>(Bench.mlp(3, 8, 2, "tanh"))
        let inputs = Matrix<Float>(rows: 16, columns: 3)
        inputs.elements.fill(0.7)
        let targets = Matrix<Float>(rows: 16, columns: 2)
        targets.fill(1000)
        let linearised = try LinearisedNetwork(
            network, at: Parameters(initialising: network.layout, seed: 1), inputs: inputs,
            loss: SquaredError(targets: targets), directions: 1, workers: .one)
        let v = Vector<Float>(count: network.layout.count)
        v.fill(1)
        let product = try GradientCovarianceOperator(of: linearised).product(with: v)
        let gradient = linearised.gradient()
        #expect(product.norm <= 1e-6 * abs(gradient.dot(v)) * gradient.norm)
        #expect(gradient.norm > 1000)
    }

    @Test func operatorsSayWhatTheyAre() throws {
        let reference = try ReferenceCase("mlp_tanh_cross_entropy")
        let linearised: LinearisedNetwork<Float> = try reference.linearised(directions: 2)
        func text(_ kind: OperatorKind, _ place: String? = nil) throws -> String {
            try OperatorConfiguration(kind, samples: 2, seed: 7, place: place).make(of: linearised).provenance
        }
        #expect(
            try text(.hessian, "step_100.safetensors")
                == "hessian of cross-entropy on 20 examples at step_100.safetensors")
        #expect(try text(.fisher) == "fisher of cross-entropy on 20 examples")
        #expect(
            try text(.monteCarloFisher) == "fisher-mc with 2 samples of seed 7 of cross-entropy on 20 examples")
        #expect(try text(.tangentKernel) == "ntk on 20 examples with 4 outputs")
        #expect(
            JacobianOperator(of: linearised, at: "x").transpose.provenance
                == "transpose of the jacobian on 20 examples with 4 outputs at x")
        // 10-?-4 with a constant first input: 2 · 2 operations a weight of the first layer and 6 · 2 of the others.
        let count = OperationCount(reference.checkpoint.architecture)
        let hessian = try #require(try OperatorConfiguration(.hessian).make(of: linearised).operations)
        #expect(hessian == 20 * count.product(.hessian) && hessian > 20 * count.product(.gaussNewton))
    }

    /// By hand: a network of 2·3 and 3·4 weights has F = 2 (6 + 12) operations; a Hessian product 2 · 12 + 6 · 24, one of
    /// first order 2 · 12 + 4 · 24, J v and Jᵀ u half of it each.
    @Test func operationsAreCounted() {
        let count = OperationCount(Bench.mlp(2, 3, 4))
        #expect(count.forward == 36 && count.gradient == 2 * 12 + 3 * 24)
        #expect(count.product(.hessian) == 2 * 12 + 6 * 24 && count.product(.residual) == count.product(.hessian))
        #expect(count.product(.gaussNewton) == 2 * 12 + 4 * 24)
        #expect(count.jacobianProduct + count.jacobianTransposeProduct == count.product(.empiricalFisher))
        // For 5 examples 25 (2 + 3) in pairs against 5 · 12 + 25 · 6 formed, and 25 (3 + 4) against 5 · 24 + 25 · 12.
        #expect(count.innerProducts(examples: 5) == min(125, 210) + min(175, 420))
    }

    @Test func namesAreTheFieldsOwn() throws {
        #expect(
            OperatorKind.allCases.map(\.rawValue) == [
                "hessian", "ggn", "residual", "fisher", "fisher-mc", "empirical-fisher", "gradient-covariance", "ntk",
            ])
        #expect(OperatorKind.allCases.filter { !$0.actsOnParameters } == [.tangentKernel])
        #expect(OperatorKind.allCases.filter { !$0.isPositiveSemidefinite } == [.hessian, .residual])
        let linearised: LinearisedNetwork<Float> = try RandomProblem(
            .resnet, seed: 5, examples: 6, mode: .batchStatistics
        ).linearised()
        if linearised.network.couplesExamples {
            #expect(throws: Fault.self) { try GradientCovarianceOperator(of: linearised) }
        }
        #expect(throws: Fault.self) { try OperatorConfiguration(.monteCarloFisher, samples: 0).make(of: linearised) }
    }
}
