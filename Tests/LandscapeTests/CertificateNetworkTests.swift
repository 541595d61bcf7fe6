import Checkpoints
import Files
import Foundation
import Krylov
import LinearAlgebra
import Networks
import TestSupport
import Testing

@testable import Landscape

/// Certificates of a network's derivatives.
@Suite struct CertificateNetworkTests {
    /// Oracle: PyTorch holds these networks' derivatives to 1e-10 (`ReferenceCaseTests`).
    @Test(arguments: ReferenceCase.names) func referenceCasesPass(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let double = try NetworkExamination(reference.linearised() as LinearisedNetwork<Double>, seed: 1).certificates
        #expect(double.failed == [])
        #expect(double["precision"] == nil)
        let single = try NetworkExamination(reference.linearised() as LinearisedNetwork<Float>, seed: 1).certificates
        #expect(single.failed == [])
        #expect(try #require(single["precision"]).value < 1e-4)
        let hasKinks =
            ["\"relu\"", "\"leaky_relu\"", "\"max_pool2d\""].contains {
                reference.checkpoint.architecture.json.contains($0)
            }
            || name.contains("huber")
        #expect((single["kinks"] != nil) == hasKinks)
    }

    /// Oracle: extrapolated differences hold these to 1e-7 (`PropertyTests`). Smooth networks have no kinks to tell of.
    @Test(arguments: ArchitectureFamily.allCases, Array(1...6 as ClosedRange<UInt64>))
    func networksPass(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        for smooth in [true, false] {
            let problem = try RandomProblem(family, seed: seed, smooth: smooth)
            let found = try NetworkExamination(
                problem.linearised() as LinearisedNetwork<Float>, seed: seed, .init(directions: 5)
            ).certificates
            #expect(found.failed == [], "\(problem.name)")
            if smooth { #expect(found["kinks"] == nil) }
        }
    }

    /// Oracle: a product that is off by 10⁻⁶ in one layer, and a gradient that is, disagree in every smooth direction.
    @Test(arguments: ["mlp_tanh_cross_entropy", "mlp_relu_mse", "resnet_groupnorm_cross_entropy"])
    func aWrongDerivativeIsSeen(_ name: String) throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase(name).linearised()
        let excerpt = try Excerpt<Double>(linearised, examples: 32)
        let point = try excerpt.linearised(directions: 1)
        let gradient = point.gradient()
        let layer = linearised.network.layout.entries[0].range
        let factor = Vector<Double>(count: gradient.count)
        factor.fill(1)
        factor[layer].fill(1 + 1e-4)
        for number in 0..<4 {
            let v = OperatorExamination<Double>.direction(number, count: gradient.count, seed: 2)
            let product = Vector<Double>(count: v.count)
            point.multiply(.hessian, by: [v], into: [product])
            func test(_ gradient: Vector<Double>, _ product: Vector<Double>) throws -> DifferenceTest {
                try DifferenceTest(excerpt, at: point, gradient: gradient, along: v, product: product)
            }
            let right = try test(gradient, product)
            if right.verdict == .kink { continue }
            #expect(right.verdict == .agrees && right.slopeError <= right.slopeAllowance)
            let wrong = product.copy()
            wrong.multiply(by: factor)
            #expect(try test(gradient, wrong).verdict == .disagrees)
            let steep = gradient.copy()
            steep.multiply(by: factor)
            let slope = try test(steep, product)
            #expect(slope.slopeError > slope.slopeAllowance)
        }
    }

    /// Of 64 000 units at 32 examples a step of h crosses kinks in every direction, and their jumps add up to an error that looks
    /// much the same at h/2: no direction may be called wrong for that. Shorter steps cross none, and judge.
    @Test func manyKinksAreNoWrongDerivative() throws {
        let network = try Network<Double>(
            Architecture(
                input: [2], layers: [.linear("a", in: 2, out: 64_000), .relu, .linear("b", in: 64_000, out: 1)]))
        let inputs = Matrix<Double>(rows: 32, columns: 2)
        var source = RandomSource(seed: 3)
        inputs.elements.fillNormal(using: &source)
        let targets = Matrix<Double>(rows: 32, columns: 1)
        for seed in 0..<2 as Range<UInt64> {
            let linearised = try LinearisedNetwork(
                network, at: Parameters(initialising: network.layout, seed: seed), inputs: inputs,
                loss: SquaredError(targets: targets), LinearisationConfiguration(directions: 1, workers: .one))
            let certificates = try NetworkExamination(linearised, seed: seed).certificates
            #expect(try #require(certificates["kinks"]).value > 0.5)
            #expect(certificates.failed == [])
            #expect(try #require(certificates["product"]).limit != nil, "judged, and not passed over")
        }
    }

    /// f = relu(wx + b) with w = x = 1: the unit is z = b + 1 above its kink, and moves by √2 cos φ a step of length 1. So a
    /// step h crosses with probability (2/π) arccos(z / √2 h). Oracle: that, within four binomial deviations of 200.
    @Test(arguments: [(0.0, 1.0), (0.25, 0.8391), (0.5, 2.0 / 3), (0.9, 0.2871), (1.5, 0.0)])
    func kinksAreCountedAsOftenAsTheyAreCrossed(share: Double, expected: Double) throws {
        let step = 0x1p-17 * 2.0.squareRoot()
        let certificates = try examine(unitAbove: share * 2.0.squareRoot() * step)
        let kinks = try #require(certificates["kinks"])
        let deviation = (expected * (1 - expected) / 200).squareRoot()
        #expect(abs(kinks.value - expected) <= 4 * deviation)
        #expect(kinks.passed && kinks.limit == nil)
        let interval = try #require(kinks.interval)
        #expect(interval.contains(kinks.value) && interval.upperBound - interval.lowerBound < 0.15)
        // Kinks are told; they fail nothing. On the kink itself nothing can be judged, and that is said.
        #expect(certificates.failed == [])
        #expect((certificates["product"]?.limit == nil) == (share == 0))
        #expect((certificates["product"]?.meaning.contains("every direction crosses a kink") ?? false) == (share == 0))
    }

    private func examine(unitAbove height: Double) throws -> Certificates {
        let architecture = Architecture(input: [1], layers: [.linear("w", in: 1, out: 1), .relu])
        let network = try Network<Double>(architecture)
        let x = Matrix<Double>(rows: 1, columns: 1)
        x.fill(1)
        let y = Matrix<Double>(rows: 1, columns: 1)
        y.fill(3)
        let linearised = try LinearisedNetwork(
            network, at: Parameters(layout: network.layout, vector: Vector([1, -1 + height])), inputs: x,
            loss: SquaredError(targets: y), workers: .one)
        return try NetworkExamination(linearised, seed: 7, .init(directions: 200)).certificates
    }

    /// Oracle: with all examples an excerpt is the problem itself, in either precision.
    @Test(arguments: ArchitectureFamily.allCases) func excerptIsTheProblem(_ family: ArchitectureFamily) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let linearised: LinearisedNetwork<Double> = try RandomProblem(family, seed: seed).linearised()
            let same = try Excerpt<Double>(linearised, examples: 1000).linearised()
            #expect(same.exampleLosses == linearised.exampleLosses)
            #expect(same.gradient().array == linearised.gradient().array)
            let few = try Excerpt<Float>(linearised, examples: 2).linearised()
            let wanted = [0, linearised.exampleCount / 2].map { linearised.exampleLosses[$0] }
            #expect(relativeError(few.exampleLosses, wanted) < 1e-3)
        }
    }

    /// Oracle: the two-hot losses of the examples themselves.
    @Test func twoHotLossesAreSelected() throws {
        let support = Support(low: -2, high: 2, atoms: 5)
        let outputs = Matrix<Double>(rows: 4, columns: 10)
        var source = RandomSource(seed: 1)
        outputs.elements.fillNormal(using: &source)
        let targets = Vector<Double>([0.3, -1, 2, 5, 0.1, -0.2, 1, 1.5]).matrix(rows: 4, columns: 2)
        let losses: [any Loss<Double>] = [
            TwoHot<Double>(targets: targets, support: support),
            TwoHot<Double>(outputs: [0, 1, 1, 0], targets: [0.3, 2, -3, 1], support: support),
        ]
        for loss in losses {
            let part = loss.selecting([2, 0], in: Double.self)
            let all = values(of: loss, outputs)
            #expect(values(of: part, outputs.selecting([2, 0], in: Double.self)) == [all[2], all[0]])
        }
    }

    private func values(of loss: any Loss<Double>, _ outputs: Matrix<Double>) -> [Double] {
        loss.evaluate(
            outputs, examples: 0..<outputs.rows,
            record: loss.makeRecord(examples: outputs.rows, outputs: outputs.columns),
            cotangent: Matrix(rows: outputs.rows, columns: outputs.columns))
    }
}
