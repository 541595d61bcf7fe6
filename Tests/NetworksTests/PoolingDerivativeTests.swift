import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Networks with pooling layers between layers with parameters: derivatives against differences.
@Suite struct PoolingDerivativeTests {
    static let pools: [LayerDescription] = [
        LayerDescription("max_pool2d", ["kernel": .integer(2)]),
        LayerDescription("max_pool2d", ["kernel": .integer(3), "stride": .integer(2), "padding": .integer(1)]),
        LayerDescription("max_pool2d", ["kernel": .integer(3), "stride": .integer(1), "padding": .integer(1)]),
        LayerDescription("avg_pool2d", ["kernel": .integer(3), "stride": .integer(2), "padding": .integer(1)]),
        LayerDescription("avg_pool2d", ["kernel": .integer(2), "stride": .integer(1)]),
        LayerDescription("global_avg_pool"),
    ]
    static let cases = pools.indices

    /// Oracle: central differences of the loss, wrong by h²/6 times a third derivative of order one and 2⁻⁵³/h. No window
    /// has two largest numbers so close that a step of 1e-5 would exchange them.
    @Test(arguments: cases) func gradientIsTheDerivativeOfTheLoss(_ index: Int) throws {
        let problem = try Problem(Self.pools[index])
        let gradient = try problem.linearised().gradient()
        let v = problem.direction(1)
        let h = 1e-5
        let difference = try (problem.linearised(v, h).lossValue - problem.linearised(v, -h).lossValue) / (2 * h)
        #expect(abs(gradient.dot(v) - difference) < 1e-8 * max(1, gradient.norm))
    }

    /// Oracle: central differences of the gradient, whose error falls with h²: halving h divides it by four. At h = 1e-4 it
    /// is some 1e-9 of the product, above rounding (2⁻⁵³/h = 1e-12), and no window's largest number changes.
    @Test(arguments: cases) func productIsTheSecondOrderLimitOfDifferences(_ index: Int) throws {
        let problem = try Problem(Self.pools[index])
        let v = problem.direction(2)
        let product = try problem.products(.hessian, [v])[0]
        func error(_ h: Double) throws -> Double {
            let difference = try problem.linearised(v, h).gradient()
            difference.add(-1, try problem.linearised(v, -h).gradient())
            difference.scale(by: 1 / (2 * h))
            difference.add(-1, product)
            return difference.norm
        }
        let (coarse, fine) = try (error(1e-4), error(5e-5))
        #expect(coarse < 1e-6 * product.norm && coarse > 1e-10 * product.norm)
        #expect(coarse / fine > 3.5 && coarse / fine < 4.5, "errors \(coarse) and \(fine)")
    }

    /// Oracle: uᵀHv = vᵀHu, and three directions at once as one at a time.
    @Test(arguments: cases) func productsAreSymmetricAndDirectionsGoTogether(_ index: Int) throws {
        let problem = try Problem(Self.pools[index])
        let vectors = (3...5).map { problem.direction($0) }
        for curvature in Curvature.allCases {
            let together = try problem.products(curvature, vectors)
            for (one, expected) in zip(vectors, together) {
                #expect(relativeError(try problem.products(curvature, [one])[0], expected) < 1e-13)
            }
            let scale = max(together[0].norm, together[1].norm, 1e-300)
            #expect(abs(vectors[1].dot(together[0]) - vectors[0].dot(together[1])) < 1e-13 * scale)
        }
    }

    /// Oracle: gradients formed one by one.
    @Test(arguments: cases) func innerProductsAreThoseOfSingleGradients(_ index: Int) throws {
        let problem = try Problem(Self.pools[index])
        let gram = try problem.linearised().gradientInnerProducts()
        let gradients = try (0..<problem.inputs.rows).map { try problem.linearised(example: $0).gradient() }
        let size = gradients.map { $0.dot($0) }.max() ?? 1
        for row in gradients.indices {
            for column in gradients.indices {
                #expect(abs(gram[row, column] - gradients[row].dot(gradients[column])) < 1e-12 * size)
            }
        }
    }

    /// Oracle: the bytes of one worker.
    @Test(arguments: cases) func workersChangeNoByte(_ index: Int) throws {
        let problem = try Problem(Self.pools[index], examples: 300)
        let v = problem.direction(1)
        let seen = try [1, 2, 3].map { workers in
            try problem.products(.hessian, [v], workers: workers)[0].array
                + problem.linearised(workers: workers).gradient().array
        }
        #expect(Set(seen).count == 1)
    }

    /// Oracle: a pooling of the data alone, where nothing depends on a parameter, is the same network on data pooled before.
    @Test func poolingOfTheDataHasNoDerivative() throws {
        let layers = [
            LayerDescription("max_pool2d", ["kernel": .integer(2)]), .flatten, .linear("fc", in: 2 * 3 * 2, out: 3),
        ]
        let network = try Network<Double>(Architecture(input: [2, 6, 5], layers: layers))
        let plain = try Network<Double>(Architecture(input: [2, 3, 2], layers: Array(layers[1...])))
        let parameters = Parameters<Double>(initialising: network.layout, seed: 1)
        let inputs = Problem.normal(4, 60, seed: 8)
        let pooled = Matrix<Double>(rows: 4, columns: 12)
        for (example, channel, y, x) in (0..<48).map({ ($0 / 12, $0 / 6 % 2, $0 / 2 % 3, $0 % 2) }) {
            let first = channel * 30 + 2 * y * 5 + 2 * x
            pooled[example, channel * 6 + y * 2 + x] = [0, 1, 5, 6].map { inputs[example, first + $0] }.max() ?? 0
        }
        let loss = SquaredError(targets: Problem.normal(4, 3, seed: 9))
        let found = try LinearisedNetwork(
            network, at: parameters, inputs: inputs, loss: loss, directions: 0, workers: .one)
        let expected = try LinearisedNetwork(
            plain, at: Parameters(layout: plain.layout, vector: parameters.vector, buffers: parameters.buffers),
            inputs: pooled, loss: loss, directions: 0, workers: .one)
        #expect(found.outputs.array == expected.outputs.array)
        #expect(found.gradient().array == expected.gradient().array)
    }
}

/// Linear on the image's rows, tanh, the pooling, and a head; in double precision, on random data.
private struct Problem {
    let network: Network<Double>
    let inputs: Matrix<Double>
    let targets: Matrix<Double>

    init(_ pool: LayerDescription, examples: Int = 6) throws {
        let front: [LayerDescription] = [.linear("rows", in: 5, out: 6), LayerDescription("tanh"), pool]
        let sides = pool.keys["kernel"] == nil ? 1 : Self.places(pool, 6)
        let layers = front + [.flatten, .linear("head", in: 3 * sides * sides, out: 4), LayerDescription("tanh")]
        network = try Network(Architecture(input: [3, 6, 5], layers: layers))
        inputs = Self.normal(examples, 90, seed: 1)
        targets = Self.normal(examples, 4, seed: 2)
    }

    func linearised(
        _ v: Vector<Double>? = nil, _ h: Double = 0, example: Int? = nil, directions: Int = 3, workers: Int = 1
    ) throws -> LinearisedNetwork<Double> {
        let parameters = Parameters<Double>(initialising: network.layout, seed: 3)
        if let v { parameters.vector.add(h, v) }
        let rows = example.map { $0..<$0 + 1 } ?? 0..<inputs.rows
        return try LinearisedNetwork(
            network, at: parameters, inputs: inputs.rows(rows), loss: SquaredError(targets: targets.rows(rows)),
            directions: directions, workers: Workers(workers))
    }

    func products(
        _ curvature: Curvature, _ vectors: [Vector<Double>], workers: Int = 1
    ) throws -> [Vector<Double>] {
        let results = vectors.map { Vector<Double>(count: $0.count) }
        try linearised(workers: workers).multiply(curvature, by: vectors, into: results)
        return results
    }

    /// A unit direction.
    func direction(_ number: UInt64) -> Vector<Double> {
        let result = Self.normal(1, network.layout.count, seed: 100 + number).elements
        result.scale(by: 1 / result.norm)
        return result
    }

    static func normal(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix<Double> {
        let result = Matrix<Double>(rows: rows, columns: columns)
        var source = RandomSource(seed: seed, stream: "pooling")
        result.elements.fillNormal(using: &source)
        return result
    }

    private static func places(_ pool: LayerDescription, _ extent: Int) -> Int {
        func key(_ name: String, _ standard: Int) -> Int {
            if case .integer(let value)? = pool.keys[name] { value } else { standard }
        }
        let kernel = key("kernel", 1)
        return (extent + 2 * key("padding", 0) - kernel) / key("stride", kernel) + 1
    }
}
