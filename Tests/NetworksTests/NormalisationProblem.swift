import LinearAlgebra
import Networks
import TestSupport
import Testing

/// A network, random data and a random point, in double precision, and the properties that its derivatives must have.
struct NormalisationProblem {
    let network: Network<Double>
    let inputs: Matrix<Double>
    let loss: SquaredError<Double>
    let parameters: Parameters<Double>
    let mode: PassMode

    init(_ architecture: Architecture, examples: Int = 5, mode: PassMode = .analysis, seed: UInt64 = 1) throws {
        network = try Network(architecture)
        self.mode = mode
        var source = RandomSource(seed: seed, stream: "normalisation")
        inputs = Matrix(rows: examples, columns: network.inputCount)
        inputs.elements.fillNormal(using: &source)
        let targets = Matrix<Double>(rows: examples, columns: network.outputCount)
        targets.elements.fillNormal(using: &source)
        loss = SquaredError(targets: targets)
        parameters = Parameters(initialising: network.layout, seed: seed)
        // Away from γ = 1 and β = 0, and from means of 0 and variances of 1.
        let noise = Vector<Double>(count: network.layout.count)
        noise.fillNormal(using: &source)
        parameters.vector.add(0.3, noise)
        for index in 0..<network.layout.bufferCount { parameters.buffers[index] += 0.4 * source.uniform() }
    }

    func linearised(
        along v: Vector<Double>? = nil, step: Double = 0, examples: Range<Int>? = nil, directions: Int = 1,
        workers: Workers = .one
    ) throws -> LinearisedNetwork<Double> {
        let point = parameters.copy()
        if let v { point.vector.add(step, v) }
        let rows = examples ?? 0..<inputs.rows
        return try LinearisedNetwork(
            network, at: point, inputs: inputs.rows(rows), loss: SquaredError(targets: loss.targets.rows(rows)),
            LinearisationConfiguration(directions: directions, mode: mode, workers: workers))
    }

    func direction(_ number: UInt64) -> Vector<Double> {
        let result = Vector<Double>(count: network.layout.count)
        var source = RandomSource(seed: number, stream: "direction")
        result.fillNormal(using: &source)
        result.scale(by: 1 / result.norm)
        return result
    }

    func product(
        _ curvature: Curvature, _ v: Vector<Double>, _ linearised: LinearisedNetwork<Double>
    ) -> Vector<Double> {
        let result = Vector<Double>(count: v.count)
        linearised.multiply(curvature, by: [v], into: [result])
        return result
    }

    /// Oracle: central differences of the loss, whose error is h²/6 of a third derivative, here of order 10, and 2⁻⁵³/h
    /// of rounding.
    func checkGradient() throws {
        let gradient = try linearised(directions: 0).gradient()
        let h = 1e-5
        for number in 0..<3 as Range<UInt64> {
            let v = direction(number)
            let ahead = try linearised(along: v, step: h, directions: 0).lossValue
            let behind = try linearised(along: v, step: -h, directions: 0).lossValue
            #expect(abs((ahead - behind) / (2 * h) - gradient.dot(v)) < 1e-8 * max(1, gradient.norm))
        }
    }

    /// Oracle: central differences of the gradient, whose error falls with h²: by four when h is halved, while far above
    /// rounding.
    func checkProduct() throws {
        let v = direction(3)
        let product = try product(.hessian, v, linearised())
        func error(_ h: Double) throws -> Double {
            let difference = try linearised(along: v, step: h, directions: 0).gradient()
            difference.add(-1, try linearised(along: v, step: -h, directions: 0).gradient())
            difference.scale(by: 1 / (2 * h))
            return relativeError(difference, product)
        }
        let coarse = try error(2e-3)
        let fine = try error(1e-3)
        #expect(coarse < 1e-2)
        #expect(coarse / fine > 3.8 && coarse / fine < 4.2, "errors \(coarse) and \(fine)")
    }

    /// Oracle: G = Jᵀ J · 2/(N K) for the mean square, so vᵀGv = 2/(N K) ‖Jv‖², with Jv from central differences of the
    /// outputs (error h² of a third derivative, here 1e-8).
    func checkGaussNewton() throws {
        let v = direction(4)
        let product = try product(.gaussNewton, v, linearised())
        let h = 1e-5
        let difference = try linearised(along: v, step: h, directions: 0).outputs.elements.copy()
        difference.add(-1, try linearised(along: v, step: -h, directions: 0).outputs.elements)
        let expected = 2 * difference.dot(difference) / (4 * h * h) / Double(difference.count)
        #expect(abs(product.dot(v) - expected) < 1e-7 * expected)
    }

    /// Oracle: uᵀHv = vᵀHu, and the bytes of one direction at a time.
    func checkSymmetryAndGroups() throws {
        let vectors = (5..<8 as Range<UInt64>).map { direction($0) }
        let together = try linearised(directions: 3)
        let alone = try linearised()
        for curvature in [Curvature.hessian, .gaussNewton] {
            let results = vectors.map { Vector<Double>(count: $0.count) }
            together.multiply(curvature, by: vectors, into: results)
            let left = vectors[0].dot(results[1])
            let right = vectors[1].dot(results[0])
            #expect(abs(left - right) < 1e-13 * max(results[0].norm, results[1].norm))
            // Other products share a GEMM with the first direction alone, so the last bits differ.
            for (v, result) in zip(vectors, results) {
                #expect(relativeError(result, product(curvature, v, alone)) < 1e-13)
            }
        }
    }

    /// Oracle: gradients of networks linearised on one example each.
    func checkGram() throws {
        let gram = try linearised(directions: 0).gradientInnerProducts()
        let gradients = try (0..<inputs.rows).map {
            try linearised(examples: $0..<$0 + 1, directions: 0).gradient()
        }
        let size = gradients.map { $0.dot($0) }.max() ?? 1
        for row in gradients.indices {
            for column in gradients.indices {
                #expect(abs(gram[row, column] - gradients[row].dot(gradients[column])) < 1e-13 * size)
            }
        }
    }

    /// Oracle: the bytes of one worker.
    func checkWorkers() throws {
        var seen: Set<[Double]> = []
        for workers in 1...3 {
            let linearised = try linearised(workers: Workers(workers))
            let product = product(.hessian, direction(9), linearised)
            seen.insert(product.array + linearised.gradient().array + linearised.outputs.array)
        }
        #expect(seen.count == 1)
    }

    func checkAll() throws {
        try checkGradient()
        try checkProduct()
        try checkGaussNewton()
        try checkSymmetryAndGroups()
        if !(mode.couplesExamples && network.couplesExamples) { try checkGram() }
        try checkWorkers()
    }
}

extension LayerDescription {
    static let tanh = LayerDescription("tanh")

    static func layerNorm(_ name: String, _ shape: [Int]) -> LayerDescription {
        LayerDescription("layer_norm", ["name": .text(name), "shape": .integers(shape)])
    }

    static func groupNorm(_ name: String, _ groups: Int, _ channels: Int) -> LayerDescription {
        LayerDescription(
            "group_norm", ["name": .text(name), "groups": .integer(groups), "channels": .integer(channels)])
    }

    static func batchNorm(_ name: String, _ channels: Int) -> LayerDescription {
        LayerDescription("batch_norm2d", ["name": .text(name), "channels": .integer(channels)])
    }
}

/// The outputs of a network whose layers all stand at their fresh parameters.
func freshOutputs<Element: Scalar>(
    _ architecture: Architecture, _ inputs: Matrix<Element>, mode: PassMode = .analysis, seed: UInt64 = 0
) throws -> (outputs: Matrix<Element>, parameters: Parameters<Element>) {
    let network = try Network<Element>(architecture)
    let parameters = Parameters<Element>(initialising: network.layout, seed: 1)
    let passes = Backpropagation(network, examples: inputs.rows, mode: mode, workers: .one)
    passes.load(inputs)
    passes.forward(at: parameters, seed: seed)
    return (passes.outputs, parameters)
}
