import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

@Suite struct LayerNormTests {
    static let architectures = [
        // Rows of 10 and 6, the first behind parameters; 256 make two pieces.
        Architecture(
            input: [7],
            layers: [
                .linear("a", in: 7, out: 10), .layerNorm("n1", [10]), .tanh, .linear("b", in: 10, out: 6),
                .layerNorm("n2", [6]), .linear("c", in: 6, out: 3),
            ]),
        Architecture(
            input: [5], layers: [.linear("a", in: 5, out: 256), .layerNorm("n", [256]), .linear("b", in: 256, out: 2)]),
        // The data itself is normalised: nothing moves before the layer.
        Architecture(
            input: [3, 19],
            layers: [
                .layerNorm("n1", [19]), .linear("a", in: 19, out: 35), .layerNorm("n2", [35]), .tanh,
                .layerNorm("n3", [3, 35]), .flatten, .linear("b", in: 105, out: 2),
            ]),
        // Images, between layers that want them in the other order.
        Architecture(
            input: [4, 3, 3],
            layers: [
                .groupNorm("g1", 2, 4), .tanh, .layerNorm("n1", [4, 3, 3]), .tanh, .groupNorm("g2", 2, 4),
                .layerNorm("n2", [3]), .flatten, .linear("b", in: 36, out: 2),
            ]),
    ]

    @Test(arguments: architectures)
    func derivativesAgree(_ architecture: Architecture) throws { try NormalisationProblem(architecture).checkAll() }

    /// Oracle: the formula, in a loop. Both sum 37 terms in double precision.
    @Test func valuesAreThoseOfTheFormula() throws {
        let architecture = Architecture(input: [3, 37], layers: [.layerNorm("n", [37]), .flatten])
        let problem = try NormalisationProblem(architecture)
        let outputs = try problem.linearised(directions: 0).outputs
        for example in 0..<problem.inputs.rows {
            for row in 0..<3 {
                let x = problem.inputs.row(example)[row * 37..<(row + 1) * 37].array
                let mean = x.reduce(0, +) / 37
                let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 37
                for index in 0..<37 {
                    let unit = (x[index] - mean) / (variance + 1e-5).squareRoot()
                    let expected = unit * problem.parameters.vector[index] + problem.parameters.vector[37 + index]
                    #expect(abs(outputs[example, row * 37 + index] - expected) < 1e-13 * max(1, abs(expected)))
                }
            }
        }
    }

    /// A row of equal numbers has no variance: ρ = 1/√ε, x̂ = 0, so y = β = 0 exactly and everything is finite. Oracle
    /// for the product: the mean over a row of any tangent of x̂ is 0, and so is x̂ itself, hence H of γ vanishes.
    @Test func constantRowsAreFinite() throws {
        let architecture = Architecture(
            input: [4], layers: [.layerNorm("n", [4]), .tanh, .layerNorm("m", [4]), .linear("a", in: 4, out: 2)])
        let inputs = Matrix<Float>(rows: 3, columns: 4)
        for (row, value) in [Float(0), 7.3, -1e6].enumerated() { inputs.row(row).fill(value) }
        let network = try Network<Float>(architecture)
        let parameters = Parameters<Float>(initialising: network.layout, seed: 1)
        let targets = Matrix<Float>(rows: 3, columns: 2)
        targets.fill(1)
        let linearised = try LinearisedNetwork(
            network, at: parameters, inputs: inputs, loss: SquaredError(targets: targets), workers: .one)
        let v = Vector<Float>(count: network.layout.count)
        var source = RandomSource(seed: 1)
        v.fillNormal(using: &source)
        let product = Vector<Float>(count: v.count)
        linearised.multiply(.hessian, by: [v], into: [product])
        #expect(linearised.gradient().isFinite && product.isFinite)
        let bias = try #require(parameters["a.bias"])
        for row in 0..<3 { #expect(linearised.outputs.row(row).array == bias.array) }
    }

    /// Oracle: double precision on the same numbers. x − μ₁ is exact where x is within a factor of 2 of it; then − μ₂,
    /// ρ and the product with it are each rounded to 2⁻²⁴ of the result, and μ₂ (at most 2⁻¹¹) itself; γ = 1 and β = 0
    /// are exact. With μ rounded to a single number the error would be up to 2⁻¹¹.
    @Test func aLargeMeanCostsNoAccuracy() throws {
        let architecture = Architecture(input: [96], layers: [.layerNorm("n", [96])])
        let inputs = Matrix<Float>(rows: 20, columns: 96)
        var source = RandomSource(seed: 2)
        inputs.elements.fillNormal(using: &source)
        for row in 0..<20 { for column in 0..<96 { inputs[row, column] += 10_000 } }
        let wide = Vector<Double>(converting: inputs.elements).matrix(rows: 20, columns: 96)
        let found = try freshOutputs(architecture, inputs).outputs
        let exact = try freshOutputs(architecture, wide).outputs
        for (a, b) in zip(found.array, exact.array) { #expect(abs(Double(a) - b) < 4 * 0x1p-24 * max(abs(b), 0x1p-10)) }
    }

    @Test func wrongShapesAreRefused() {
        for (shape, eps) in [([4], 1e-5), ([3, 5], 1e-5), ([5], -1)] as [([Int], Double)] {
            var norm = LayerDescription.layerNorm("n", shape)
            norm.keys["eps"] = .number(eps)
            let fault = #expect(throws: Fault.self) {
                _ = try Network<Float>(Architecture(input: [2, 5], layers: [norm, .flatten]))
            }
            #expect(fault?.place == "layer 0 (layer_norm n)")
        }
    }
}
