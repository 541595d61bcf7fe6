import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

@Suite struct ConvolutionTests {
    /// Oracle: the definition, as five nested loops in another order of axes. Sums of at most 720 products of numbers of
    /// order one, rounded at 2⁻⁵³ each.
    @Test(arguments: ConvolutionCase.all)
    func forwardIsTheDefinition(_ shape: ConvolutionCase) throws {
        let problem = try ConvolutionProblem(shape.alone, examples: 3)
        let outputs = try problem.linearised(directions: 0).outputs
        let expected = definition(shape, problem)
        #expect(outputs.columns == expected[0].count)
        for example in expected.indices {
            for (found, needed) in zip(outputs.row(example).array, expected[example]) {
                #expect(abs(found - needed) < 1e-13 * 27)
            }
        }
    }

    /// Oracle: the same network in double precision. Each of the four passes rounds sums of at most a thousand products
    /// at 2⁻²⁴, with errors that add up like a random walk: 30 · 6e-8.
    @Test(arguments: ConvolutionCase.all)
    func singlePrecisionIsDoublePrecisionRounded(_ shape: ConvolutionCase) throws {
        let problem = try ConvolutionProblem(shape.network(inputIsConstant: false))
        let network = try Network<Float>(shape.network(inputIsConstant: false))
        let single = try LinearisedNetwork(
            network,
            at: Parameters(
                layout: network.layout, vector: Vector(converting: problem.parameters.vector),
                buffers: Vector(converting: problem.parameters.buffers)),
            inputs: Vector<Float>(converting: problem.inputs.elements).matrix(
                rows: problem.inputs.rows, columns: problem.inputs.columns),
            loss: SquaredError(
                targets: Vector<Float>(converting: problem.targets.elements).matrix(
                    rows: problem.targets.rows, columns: problem.targets.columns)), workers: .one)
        let double = try problem.linearised()
        let direction = problem.direction(0)
        let found = Vector<Float>(count: direction.count)
        single.multiply(.hessian, by: [Vector(converting: direction)], into: [found])
        #expect(relativeError(found, product(.hessian, direction, double)) < 1e-5)
        #expect(relativeError(single.gradient(), double.gradient()) < 2e-6)
    }

    /// Oracle: central differences of the loss with steps of h and h/2, combined so that the error falls with h⁴: 1e-13
    /// times a fifth derivative, which a small uᵀWv makes as large as 10⁴ times the gradient, and 2⁻⁵³/h of rounding.
    @Test(arguments: ConvolutionCase.all, [true, false])
    func gradientIsTheDerivativeOfTheLoss(_ shape: ConvolutionCase, inputIsConstant: Bool) throws {
        let problem = try ConvolutionProblem(shape.network(inputIsConstant: inputIsConstant))
        let gradient = try problem.linearised().gradient()
        for number in 0..<3 {
            let direction = problem.direction(number)
            let slopes = try [4e-4, 2e-4].map { h in
                let ahead = try problem.linearised(moved: h, along: direction).lossValue
                let behind = try problem.linearised(moved: -h, along: direction).lossValue
                return (ahead - behind) / (2 * h)
            }
            let slope = (4 * slopes[1] - slopes[0]) / 3
            #expect(abs(gradient.dot(direction) - slope) < 1e-9 * max(1, gradient.norm))
        }
    }

    /// Oracle: the error of central differences of the gradient falls with h², to a quarter from step to step.
    @Test(arguments: ConvolutionCase.all, [true, false])
    func productIsTheSecondOrderLimitOfDifferences(_ shape: ConvolutionCase, inputIsConstant: Bool) throws {
        let problem = try ConvolutionProblem(shape.network(inputIsConstant: inputIsConstant))
        let linearised = try problem.linearised()
        let direction = problem.direction(0)
        let exact = product(.hessian, direction, linearised)
        let errors = try [2e-2, 1e-2].map { h in
            let difference = try problem.linearised(moved: h, along: direction).gradient()
            difference.add(-1, try problem.linearised(moved: -h, along: direction).gradient())
            difference.scale(by: 1 / (2 * h))
            difference.add(-1, exact)
            return difference.norm
        }
        let scale = max(exact.norm, linearised.gradient().norm)
        #expect(errors[0] > 1e-9 * scale, "the loss must be curved for this test to say something")
        #expect(errors[0] / errors[1] > 3.5 && errors[0] / errors[1] < 4.5, "errors \(errors)")
    }

    /// Oracle: uᵀCv = vᵀCu; and a direction among others is as it is alone. Both to rounding.
    @Test(arguments: ConvolutionCase.all, Curvature.allCases)
    func productsAreSymmetricAndGoTogether(_ shape: ConvolutionCase, _ curvature: Curvature) throws {
        let problem = try ConvolutionProblem(shape.network(inputIsConstant: false))
        let directions = (0..<3).map { problem.direction($0) }
        let together = (0..<3).map { _ in Vector<Double>(count: directions[0].count) }
        try problem.linearised(directions: 3).multiply(curvature, by: directions, into: together)
        let (u, v) = (directions[1], directions[2])
        let scale = max(together[1].norm, together[2].norm)
        #expect(abs(v.dot(together[1]) - u.dot(together[2])) < 1e-13 * scale)
        let alone = try problem.linearised()
        for (direction, found) in zip(directions, together) {
            #expect(relativeError(found, product(curvature, direction, alone)) < 1e-13)
        }
    }

    /// Oracle: gradients of networks linearised on one example each.
    @Test(arguments: ConvolutionCase.all, [true, false])
    func innerProductsAreThoseOfTheGradientsFormedOneByOne(_ shape: ConvolutionCase, inputIsConstant: Bool) throws {
        let problem = try ConvolutionProblem(shape.network(inputIsConstant: inputIsConstant), examples: 7)
        let gram = try problem.linearised().gradientInnerProducts()
        let gradients = try (0..<7).map {
            try problem.linearised(examples: $0..<$0 + 1, directions: 0).gradient()
        }
        let size = gradients.map { $0.dot($0) }.max() ?? 1
        for row in gradients.indices {
            for column in gradients.indices {
                #expect(abs(gram[row, column] - gradients[row].dot(gradients[column])) < 1e-12 * size)
            }
        }
    }

    /// Oracle: the bytes of one worker. 20 examples of these sizes are several tiles, 5 are one whose examples the
    /// workers share.
    @Test(arguments: [5, 20])
    func workersChangeNoByte(_ examples: Int) throws {
        let shape = ConvolutionCase(inputs: 16, outputs: 40, height: 32, width: 32, stride: 2, padding: 1)
        let problem = try ConvolutionProblem(shape.network(inputIsConstant: false), examples: examples)
        let direction = problem.direction(0)
        let seen = try [1, 2, 3].map { workers in
            let linearised = try problem.linearised(workers: Workers(workers))
            return product(.hessian, direction, linearised).array + linearised.gradient().array
                + linearised.gradientInnerProducts().array
        }
        #expect(seen[0] == seen[1] && seen[0] == seen[2])
    }

    @Test func shapesThatDoNotFitNameTheLayer() throws {
        let tooSmall = ConvolutionCase(height: 2, width: 2, kernel: 5, padding: 1)
        let fault = try #require(throws: Fault.self) { try Network<Float>(tooSmall.alone) }
        #expect(fault.description.contains("layer 0 (conv2d conv)"))
        #expect(fault.description.contains("[3, 2, 2]") && fault.description.contains("at least 3"))
        let wrongChannels = Architecture(input: [4, 5, 5], layers: [ConvolutionCase().layer, .flatten])
        let other = try #require(throws: Fault.self) { try Network<Float>(wrongChannels) }
        #expect(other.description.contains("[4, 5, 5]") && other.description.contains("[3, height, width]"))
    }

    /// Fresh weights and biases lie within ±1/√(in · kernel²) and come near it.
    @Test func freshParametersAreUniform() throws {
        let shape = ConvolutionCase(inputs: 8, outputs: 64)
        let network = try Network<Double>(shape.alone)
        let bound = 1 / (8.0 * 9).squareRoot()
        for entry in network.layout.entries {
            let numbers = Parameters<Double>(initialising: network.layout, seed: 4).vector[entry.range].array
            let largest = numbers.map { abs($0) }.max() ?? 0
            // All 64 biases below nine tenths of the bound: a chance of 0.9⁶⁴ = 0.1 %, and the seed is fixed.
            #expect(largest <= bound && largest > 0.9 * bound)
        }
    }

    private func product(
        _ curvature: Curvature, _ v: Vector<Double>, _ linearised: LinearisedNetwork<Double>
    ) -> Vector<Double> {
        let result = Vector<Double>(count: v.count)
        linearised.multiply(curvature, by: [v], into: [result])
        return result
    }

    /// y[o, p, q] = b[o] + Σ W[o, c, i, j] x[c, p s + i − padding, q s + j − padding], W divided by uᵀWv where asked.
    private func definition(_ shape: ConvolutionCase, _ problem: ConvolutionProblem) -> [[Double]] {
        let layout = problem.network.layout
        func tensor(_ name: String) -> [Double] {
            layout.entries.first { $0.name == name }.map { problem.parameters.vector[$0.range].array }
                ?? layout.buffers.first { $0.name == name }.map { problem.parameters.buffers[$0.range].array } ?? []
        }
        var weight = tensor("conv.weight")
        if shape.hasSpectralNorm {
            let (u, v) = (tensor("conv.weight_u"), tensor("conv.weight_v"))
            let sigma = weight.indices.reduce(0) { $0 + u[$1 / v.count] * weight[$1] * v[$1 % v.count] }
            weight = weight.map { $0 / sigma }
        }
        let bias = tensor("conv.bias")
        let (rows, columns) = shape.positions
        return (0..<problem.inputs.rows).map { example in
            let x = problem.inputs.row(example).array
            return (0..<shape.outputs * rows * columns).map { index in
                let (o, p, q) = (index / (rows * columns), index / columns % rows, index % columns)
                var sum = shape.hasBias ? bias[o] : 0
                for c in 0..<shape.inputs {
                    for i in 0..<shape.kernel {
                        for j in 0..<shape.kernel {
                            let row = p * shape.stride + i - shape.padding
                            let column = q * shape.stride + j - shape.padding
                            guard row >= 0, row < shape.height, column >= 0, column < shape.width else { continue }
                            let place = ((o * shape.inputs + c) * shape.kernel + i) * shape.kernel + j
                            sum += weight[place] * x[(c * shape.height + row) * shape.width + column]
                        }
                    }
                }
                return sum
            }
        }
    }
}
