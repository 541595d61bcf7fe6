import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Derivatives of every kind that works on tokens, in double precision unless said.
@Suite struct TokenTests {
    /// Oracle: central differences of the loss. Their error is h²/6 times a third derivative, at most in the hundreds
    /// here, and 2⁻⁵³/h of rounding: below 1e-6 at h = 1e-4.
    @Test(arguments: TokenProblem.all)
    func gradientIsTheDerivativeOfTheLoss(_ problem: TokenProblem) throws {
        let gradient = try (problem.linearised() as LinearisedNetwork<Double>).gradient()
        for number in 0..<3 {
            let direction: Vector<Double> = try problem.direction(number)
            let h = 1e-4
            let difference = try (moved(problem, direction, h).lossValue - moved(problem, direction, -h).lossValue)
            #expect(abs(gradient.dot(direction) - difference / (2 * h)) < 1e-6 * gradient.norm)
        }
    }

    /// Oracle: the error of central differences of the gradient falls with h²: halving h divides it by four.
    @Test(arguments: TokenProblem.all)
    func productIsTheSecondOrderLimitOfDifferences(_ problem: TokenProblem) throws {
        let direction: Vector<Double> = try problem.direction(0)
        let product = try (problem.linearised() as LinearisedNetwork<Double>).product(.hessian, direction)
        func error(_ h: Double) throws -> Double {
            let difference = try moved(problem, direction, h).gradient()
            difference.add(-1, try moved(problem, direction, -h).gradient())
            difference.scale(by: 1 / (2 * h))
            difference.add(-1, product)
            return difference.norm
        }
        let (coarse, fine) = try (error(2e-3), error(1e-3))
        #expect(fine < 1e-4 * product.norm)
        #expect(coarse / fine > 3.9 && coarse / fine < 4.1, "errors \(coarse) and \(fine)")
    }

    /// Oracle: H = G + Σ (f − y)∇²f: with targets that the network meets, H is G; and the G of squared error does not
    /// depend on the targets.
    @Test(arguments: TokenProblem.all)
    func gaussNewtonIsTheHessianWhereTheTargetsAreMet(_ problem: TokenProblem) throws {
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let met: LinearisedNetwork<Double> = try problem.linearised(targets: linearised.outputs)
        let direction: Vector<Double> = try problem.direction(1)
        let expected = met.product(.hessian, direction)
        #expect(relativeError(linearised.product(.gaussNewton, direction), expected) < 1e-12)
        #expect(relativeError(linearised.product(.hessian, direction), expected) > 1e-3)
    }

    /// Oracle: uᵀHv = vᵀHu, and the products of one direction at a time, to rounding.
    @Test(arguments: TokenProblem.all)
    func productsAreSymmetricAndDirectionsIndependent(_ problem: TokenProblem) throws {
        let together: LinearisedNetwork<Double> = try problem.linearised(
            LinearisationConfiguration(directions: 3, workers: .one))
        let alone: LinearisedNetwork<Double> = try problem.linearised()
        let directions: [Vector<Double>] = try (0..<3).map { try problem.direction($0) }
        for curvature in Curvature.allCases {
            let results = directions.map { Vector<Double>(count: $0.count) }
            together.multiply(curvature, by: directions, into: results)
            let scale = results.map { $0.norm }.max() ?? 1
            #expect(abs(directions[0].dot(results[1]) - directions[1].dot(results[0])) < 1e-13 * scale)
            for (result, direction) in zip(results, directions) {
                #expect(relativeError(result, alone.product(curvature, direction)) < 1e-13)
            }
        }
    }

    /// Oracle: gradients formed one by one, each from a network linearised on its own example.
    @Test(arguments: TokenProblem.all)
    func innerProductsAreThoseOfTheGradientsFormedOneByOne(_ problem: TokenProblem) throws {
        let gram = try (problem.linearised() as LinearisedNetwork<Double>).gradientInnerProducts()
        let gradients = try (0..<6).map {
            try (problem.linearised(range: $0..<$0 + 1) as LinearisedNetwork<Double>).gradient()
        }
        let size = gradients.map { $0.dot($0) }.max() ?? 1
        for row in gradients.indices {
            for column in gradients.indices {
                #expect(abs(gram[row, column] - gradients[row].dot(gradients[column])) < 1e-13 * size)
            }
        }
    }

    /// Oracle: the bytes of one worker with all examples in memory. Six examples are one tile, whose work the workers
    /// share; 600 are several.
    @Test(arguments: TokenProblem.all, [6, 600])
    func workersAndMemoryChangeNoByte(_ problem: TokenProblem, _ examples: Int) throws {
        let v: Vector<Float> = try problem.direction(1)
        var seen: Set<[Float]> = []
        func look(_ configuration: LinearisationConfiguration) throws -> MemoryPlan {
            let linearised: LinearisedNetwork<Float> = try problem.linearised(range: 0..<examples, configuration)
            seen.insert(
                linearised.product(.hessian, v).array + linearised.gradient().array
                    + linearised.gradientInnerProducts().array)
            return linearised.memory
        }
        for workers in 1...3 {
            let plan = try look(LinearisationConfiguration(workers: Workers(workers)))
            if examples == 600 && workers < 3 {
                let limited = try look(
                    LinearisationConfiguration(memoryLimit: plan.bytesForAll * 2 / 3, workers: Workers(workers)))
                #expect(limited.recomputes)
            }
        }
        #expect(seen.count == 1)
    }

    /// Oracle: the outputs that the layers' definitions give, in plain loops.
    @Test func embeddingsAndReductionsAreWhatTheirDefinitionsSay() throws {
        let problem = TokenProblem(
            name: "embeddings", input: [2, 2, 3],
            layers: [
                LayerDescription("tokens"), .classToken("cls", 2), .positions("pos", 7, 2),
                LayerDescription("mean_tokens"),
            ])
        let point: Parameters<Double> = try problem.parameters()
        let (token, positions) = (try #require(point["cls"]), try #require(point["pos"]))
        let x: Matrix<Double> = problem.inputs(2)
        let network: Network<Double> = try problem.network()
        let passes = Backpropagation(network, examples: 2, workers: .one)
        passes.load(x)
        passes.forward(at: point)
        for example in 0..<2 {
            for feature in 0..<2 {
                // Position t of channel `feature` stands at feature · 6 + t of the image as written.
                var sum = token[feature] + positions[feature]
                for t in 0..<6 { sum += x[example, feature * 6 + t] + positions[(t + 1) * 2 + feature] }
                #expect(abs(passes.outputs[example, feature] - sum / 7) < 1e-15 * 16)
            }
        }
    }

    /// Oracle: the contract's names and shapes, and timm's initialisation.
    @Test func parametersAreNamedByTheLayerAlone() throws {
        let network: Network<Double> = try TokenProblem(
            name: "names", input: [4, 6],
            layers: [
                .classToken("cls_token", 6), .positions("pos_embed", 5, 6), .attention("blocks.0.attn", 6, heads: 2),
                LayerDescription("select_token"),
            ]
        ).network()
        let uniform = Initialisation.uniform(bound: 1 / 6.0.squareRoot())
        let expected: [(String, [Int], Initialisation)] = [
            ("cls_token", [1, 1, 6], .normal(deviation: 1e-6)), ("pos_embed", [1, 5, 6], .normal(deviation: 0.02)),
            ("blocks.0.attn.qkv.weight", [18, 6], uniform), ("blocks.0.attn.qkv.bias", [18], uniform),
            ("blocks.0.attn.proj.weight", [6, 6], uniform), ("blocks.0.attn.proj.bias", [6], uniform),
        ]
        #expect(network.layout.entries.count == expected.count)
        for (entry, expected) in zip(network.layout.entries, expected) {
            #expect((entry.name, entry.shape) == (expected.0, expected.1))
            #expect(entry.initialisation == expected.2)
        }
    }

    /// Oracle: the contract: a layer whose shape does not fit is named, with what it got and what it needs.
    @Test(arguments: [
        (LayerDescription("tokens"), "needs [channels, height, width]"),
        (.classToken("cls", 5), "needs [tokens, 5]"), (.positions("pos", 4, 6), "needs [4, 6]"),
        (.attention("attn", 5, heads: 1), "needs [tokens, 5]"),
        (.attention("attn", 6, heads: 4), "has 4 heads, which do not divide 6"),
        (LayerDescription("select_token", ["index": .integer(3)]), "with more than 3 tokens"),
        (LayerDescription("attention", ["name": .text("a"), "dim": .integer(6)]), "lacks the key 'heads'"),
    ])
    func shapesThatDoNotFitAreFaults(_ layer: LayerDescription, _ message: String) {
        let problem = TokenProblem(name: "fault", input: [3, 6], layers: [.linear("one", in: 6, out: 6), layer])
        #expect {
            _ = try problem.network() as Network<Double>
        } throws: { error in
            let text = String(describing: error)
            return text.contains(message) && text.contains("layer 1 (\(layer.kind)")
        }
    }

    private func moved(_ problem: TokenProblem, _ v: Vector<Double>, _ h: Double) throws -> LinearisedNetwork<Double> {
        let point = (try problem.parameters() as Parameters<Double>).vector
        point.add(h, v)
        return try problem.linearised(at: point)
    }
}
