import Files
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// The corners: everything comes out right, or is refused with a reason.
@Suite struct EdgeCaseTests {
    /// A network whose hidden units are all dead: f is the last bias alone, and H is that of its K parameters.
    /// Closed form for mse: 2/K on the biases, 0 elsewhere; and all examples have gradients in the biases alone.
    @Test func aDeadNetworkHasTheHessianOfItsLastBias() throws {
        let linearised: LinearisedNetwork<Double> = try mlp([1, 6, 3], examples: 9) { name, vector in
            if name == "fc1.bias" { vector.fill(-100) }
        }
        var configuration = HessianConfiguration(top: 5, probes: 3, steps: 40)
        configuration.tolerance = 1e-10
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        // Each as often as it is: one for each bias, and zeros.
        #expect(found.eigenvalues.count == 5 && found.eigenvalues.allSatisfy { $0.converged })
        #expect(found.eigenvalues.prefix(3).allSatisfy { abs($0.value - 2.0 / 3) < 1e-14 })
        #expect(found.eigenvalues.suffix(2).allSatisfy { abs($0.value) < 1e-14 })
        #expect(found.warnings.isEmpty)
        let density = try #require(found.density)
        #expect(density.nodes.allSatisfy { abs($0) < 1e-14 || abs($0 - 2.0 / 3) < 1e-14 })
        #expect(abs(density.weights.reduce(0, +) - 1) < 1e-13)
        #expect(try GradientCovariance(linearised).eigenvalues.count == 9)
    }

    /// One output under cross-entropy: the loss is 0 whatever the parameters, and so is every derivative.
    @Test func aConstantLossHasAZeroHessian() throws {
        let network = try Network<Float>(Bench.mlp(2, 4, 1))
        let inputs = Matrix<Float>(rows: 5, columns: 2)
        inputs.elements.fill(1)
        let linearised = try LinearisedNetwork(
            network, at: Parameters(initialising: network.layout, seed: 1), inputs: inputs,
            loss: CrossEntropy(labels: [0, 0, 0, 0, 0]), workers: .one)
        #expect(linearised.lossValue == 0)
        var configuration = HessianConfiguration(top: 3, probes: 2, steps: 10)
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        #expect(found.gradientNorm == 0 && found.eigenvalues.map(\.value) == [0, 0, 0])
        #expect(found.eigenvalues.allSatisfy { $0.converged && $0.residual == 0 })
        #expect(found.density?.nodes.allSatisfy { $0 == 0 } == true && found.density?.trace.value == 0)
        #expect(abs(found.smoothed!.mass - 1) < 1e-9)
        let covariance = try GradientCovariance(linearised)
        #expect(covariance.zeroGradients == 5 && covariance.trace == 0 && covariance.effectiveRank == 0)
    }

    /// Oracle: the dense matrix of a network of P = 11, with more steps, eigenvalues and probes than it has dimensions.
    @Test func askingForMoreThanThereIsGivesWhatThereIs() throws {
        let linearised: LinearisedNetwork<Double> = try mlp([2, 3, 1], examples: 7, activation: "tanh")
        let order = linearised.network.layout.count
        #expect(order == 13)
        let exact = try SymmetricEigenvalues.values(of: dense(linearised))
        for huge in [order + 1, 1000, Int.max] {
            var configuration = HessianConfiguration(top: huge, probes: 30, steps: huge)
            configuration.tolerance = 1e-12
            configuration.maximumSteps = huge
            configuration.exact = .never
            configuration.density.deflation = .no
            let found = try HessianAnalysis(linearised, configuration)
            #expect(found.eigenvalues.count == order)
            let values = found.eigenvalues.map(\.value).sorted()
            for (value, wanted) in zip(values, exact) { #expect(abs(value - wanted) < 1e-12) }
            // The whole space is spanned: nodes are the eigenvalues, each probe's weights its squared components.
            let density = try #require(found.density)
            #expect(density.nodes.count == 30 * order)
            for probe in density.probes {
                for (node, wanted) in zip(probe.nodes, exact) { #expect(abs(node - wanted) < 1e-12) }
            }
            #expect(configuration.blockSize(for: linearised.network, examples: linearised.exampleCount) == 8)
            #expect(configuration.expectedProducts(parameters: order) > 0)
        }
    }

    /// One example, one output, one probe, one step: θ = vᵀHv, and no spread.
    @Test func theSmallestOfAll() throws {
        let linearised: LinearisedNetwork<Double> = try mlp([1, 1, 1], examples: 1, activation: "tanh")
        var configuration = HessianConfiguration(top: 1, probes: 1, steps: 1, seed: 2)
        configuration.exact = .never
        configuration.density.deflation = .no
        let found = try HessianAnalysis(linearised, configuration)
        let hessian = CurvatureOperator(.hessian, of: linearised)
        let v: Vector<Double> = ProbeDistribution.gaussian.probe(0, dimension: 4, seed: 2)
        let form = try hessian.product(with: v).dot(v)
        #expect(abs(found.density!.nodes[0] - form) < 1e-14 && found.density!.weights == [1])
        #expect(found.density!.trace.standardError == nil && found.smoothed!.standardErrors == nil)
        #expect(abs(found.density!.trace.value - 4 * form) < 1e-13)
        let covariance = try GradientCovariance(linearised)
        #expect(covariance.eigenvalues == [1] && covariance.meanOffDiagonal == 0)
    }

    /// Oracle: the mean over examples taken twice is the mean; 700 examples are several tiles, the last one short.
    @Test(arguments: [1, 255, 256, 257, 350]) func examplesTakenTwiceChangeNothing(_ count: Int) throws {
        let once: LinearisedNetwork<Double> = try mlp([3, 5, 2], examples: count, activation: "silu")
        let twice: LinearisedNetwork<Double> = try mlp([3, 5, 2], examples: count, activation: "silu", times: 2)
        #expect(relativeError([twice.lossValue], [once.lossValue]) < 1e-14)
        #expect(relativeError(twice.gradient(), once.gradient()) < 1e-13)
        let v = Vector<Double>(count: once.network.layout.count)
        v.fill(0.3)
        for curvature in Curvature.allCases {
            let products = [once, twice].map { linearised in
                let result = Vector<Double>(count: v.count)
                linearised.multiply(curvature, by: [v], into: [result])
                return result
            }
            #expect(relativeError(products[1], products[0]) < 1e-12)
        }
        // Each gradient stands there twice: cosines of pairs are 1, eigenvalues twice those of one half.
        let single = try GradientCovariance(once)
        let double = try GradientCovariance(twice)
        #expect((0..<count).allSatisfy { abs(double.matrix[$0, $0 + count] - 1) < 1e-12 })
        for (found, wanted) in zip(double.eigenvalues, single.eigenvalues) {
            #expect(abs(found - 2 * wanted) < 1e-12 * Double(count))
        }
    }

    /// Products overwrite nothing that the gradient, the Gram matrix or the next product need.
    @Test(arguments: Array(1...10 as ClosedRange<UInt64>)) func productsLeaveTheLinearisationAsItIs(_ seed: UInt64)
        throws
    {
        let linearised: LinearisedNetwork<Float> = try RandomProblem(seed: seed).linearised(directions: 2)
        let fresh: LinearisedNetwork<Float> = try RandomProblem(seed: seed).linearised(directions: 2)
        let v: Vector<Float> = try RandomProblem(seed: seed).direction(0)
        func product(_ curvature: Curvature, _ network: LinearisedNetwork<Float>) -> [Float] {
            let result = Vector<Float>(count: v.count)
            network.multiply(curvature, by: [v], into: [result])
            return result.array
        }
        let gradient = fresh.gradient().array
        let gram = fresh.gradientInnerProducts().array
        for curvature in Curvature.allCases + Curvature.allCases.reversed() { _ = product(curvature, linearised) }
        #expect(linearised.gradient().array == gradient && linearised.gradientInnerProducts().array == gram)
        #expect(linearised.outputs.array == fresh.outputs.array)
        #expect(product(.hessian, linearised) == product(.hessian, fresh))
    }

    /// Parameters so large that single precision overflows: refused with a reason, at whichever stage it shows; in double
    /// the same problem has an answer.
    @Test(arguments: [1e6, 1e9, 1e11, 1e15, 1e19, 1e25, 1e38] as [Double]) func overflowIsRefused(_ size: Double) throws
    {
        let scale: (String, Vector<Float>) -> Void = { _, vector in vector.scale(by: Float(size)) }
        do {
            let linearised: LinearisedNetwork<Float> = try mlp([3, 8, 2], examples: 6, change: scale)
            var configuration = HessianConfiguration(top: 2, probes: 2, steps: 5)
            configuration.exact = .never
            let found = try HessianAnalysis(linearised, configuration)
            #expect(found.gradientNorm.isFinite && found.eigenvalues.allSatisfy { $0.value.isFinite })
            #expect(found.density!.nodes.allSatisfy { $0.isFinite })
            let covariance = try GradientCovariance(linearised)
            #expect(covariance.eigenvalues.allSatisfy { $0.isFinite } && size < 1e15)
        } catch let fault as Fault {
            #expect(fault.kind == .data && size >= 1e9, "\(fault)")
        } catch let failure as KrylovFailure {
            #expect("\(failure)".contains("is not finite") && size >= 1e9, "\(failure)")
        }
    }

    /// Closed form: a linear map's Hessian under mse is 2/(NK) XᵀX ⊗ I, and scaling the inputs by c scales it by c²:
    /// eigenvalues stay right from 10⁻¹⁵ to 10¹⁵, in relative terms.
    @Test(arguments: [1e-15, 1e-6, 1, 1e6, 1e15] as [Double]) func scalesOfTheHessianDoNotMatter(_ size: Double) throws
    {
        var layer = LayerDescription.linear("w", in: 3, out: 1)
        layer.keys["bias"] = .flag(false)
        let network = try Network<Float>(Architecture(input: [3], layers: [layer]))
        // XᵀX/N = c² diag(4, 1, 1/4)/3
        let inputs = Vector<Float>(rounding: [2, 0, 0, 0, 1, 0, 0, 0, 0.5].map { $0 * size }).matrix(
            rows: 3, columns: 3)
        let targets = Matrix<Float>(rows: 3, columns: 1)
        let linearised = try LinearisedNetwork(
            network, at: Parameters(layout: network.layout, vector: Vector<Float>(count: 3)), inputs: inputs,
            loss: SquaredError(targets: targets), workers: .one)
        var configuration = HessianConfiguration(top: 3, probes: 2, steps: 3)
        configuration.exact = .never
        configuration.density.deflation = .no
        let found = try HessianAnalysis(linearised, configuration)
        let exact = [4, 1, 0.25].map { 2 * $0 * size * size / 3 }
        #expect(found.eigenvalues.count == 3)
        // Ten roundings in single precision relative to the largest.
        for (eigenvalue, wanted) in zip(found.eigenvalues, exact) {
            #expect(abs(eigenvalue.value - wanted) < 1.2e-6 * exact[0] && eigenvalue.converged)
        }
        let smoothed = try #require(found.smoothed)
        #expect(smoothed.values.allSatisfy { $0.isFinite })
        // A Gaussian that no grid resolves is widened, and that is said.
        #expect(abs(smoothed.mass - 1) < 1e-3)
        #expect((size > 1e5) == found.warnings.contains { $0.contains("two steps of the grid") })
    }

    /// Gradients far below 1: their cosines are those of gradients of any other length.
    @Test(arguments: [1, 1e-6, 1e-12] as [Double]) func cosinesDoNotDependOnTheGradientsLength(_ size: Double) throws {
        let network = try Network<Float>(Bench.linear)
        // f = 0; targets are small, and so are the gradients −size · e_k xᵀ.
        let inputs = Vector<Float>([1, 0, 1, 1, 0, 2]).matrix(rows: 3, columns: 2)
        let targets = Vector<Float>(rounding: [size, 0, size, 0, 0, size]).matrix(rows: 3, columns: 2)
        let linearised = try LinearisedNetwork(
            network, at: Parameters(layout: network.layout, vector: Vector<Float>(count: 4)), inputs: inputs,
            loss: SquaredError(targets: targets), directions: 0, workers: .one)
        let found = try GradientCovariance(linearised)
        #expect(found.zeroGradients == 0 && abs(found.matrix[0, 1] - 0.5.squareRoot().asFloat) < 1e-6)
        #expect(found.matrix[0, 2] == 0 && found.matrix[1, 2] == 0)
    }

    private func dense(_ linearised: LinearisedNetwork<Double>) -> Matrix<Double> {
        let order = linearised.network.layout.count
        let result = Matrix<Double>(rows: order, columns: order)
        for index in 0..<order {
            let unit = Vector<Double>(count: order)
            unit[index] = 1
            linearised.multiply(.hessian, by: [unit], into: [result.row(index)])
        }
        return result
    }

    /// A network of these widths under mse with normal data, its fresh parameters changed.
    private func mlp<Element: Scalar>(
        _ widths: [Int], examples: Int, activation: String = "relu", times: Int = 1,
        change: (String, Vector<Element>) -> Void = { _, _ in }
    ) throws -> LinearisedNetwork<Element> {
        let network = try Network<Element>(Bench.mlp(widths[0], widths[1], widths[2], activation))
        let parameters = Parameters<Element>(initialising: network.layout, seed: 3)
        for entry in network.layout.entries { change(entry.name, parameters.vector[entry.range]) }
        func repeated(_ width: Int, _ stream: String) -> Matrix<Element> {
            var source = RandomSource(seed: 8, stream: stream)
            let once = (0..<examples * width).map { _ in source.normal() }
            return Vector(rounding: Array(repeating: once, count: times).flatMap { $0 })
                .matrix(rows: times * examples, columns: width)
        }
        return try LinearisedNetwork(
            network, at: parameters, inputs: repeated(widths[0], "x"),
            loss: SquaredError(targets: repeated(widths[2], "y")), workers: .one)
    }
}

extension Double {
    fileprivate var asFloat: Float { Float(self) }
}
