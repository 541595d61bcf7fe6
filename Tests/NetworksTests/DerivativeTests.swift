import Foundation
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Properties that hold at every point of every network, over fully connected ones; `PropertyTests` has all kinds.
@Suite struct DerivativeTests {
    static let seeds = Array(1...24 as ClosedRange<UInt64>)

    /// Oracle: central differences of the loss along a random direction. Their error is h²/6 times a third derivative
    /// of order one, and 2⁻⁵³/h of rounding: below 1e-7 at h = 1e-4.
    @Test(arguments: seeds)
    func gradientIsTheDerivativeOfTheLoss(_ seed: UInt64) throws {
        let problem = RandomProblem(seed: seed, smooth: true)
        let gradient = try (problem.linearised() as LinearisedNetwork<Double>).gradient()
        let direction: Vector<Double> = try problem.direction(0)
        let h = 1e-4
        let difference = try (loss(problem, direction, h) - loss(problem, direction, -h)) / (2 * h)
        #expect(abs(gradient.dot(direction) - difference) < 1e-7 * max(1, gradient.norm))
    }

    /// Oracle: the error of central differences of the gradient falls with h², so halving h divides it by four. Between
    /// h = 1e-2 and h = 1/2 · 1e-2 rounding (2⁻⁵³/h) is far below the h² term; where that term is itself near
    /// rounding (an almost quadratic loss) the error's size is the test.
    @Test(arguments: seeds)
    func productIsTheSecondOrderLimitOfDifferences(_ seed: UInt64) throws {
        let problem = RandomProblem(seed: seed, smooth: true)
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let direction: Vector<Double> = try problem.direction(0)
        let product = linearised.times(.hessian, direction)
        func error(_ h: Double) throws -> Double {
            let ahead = try gradient(problem, direction, h)
            let behind = try gradient(problem, direction, -h)
            ahead.add(-1, behind)
            ahead.scale(by: 1 / (2 * h))
            ahead.add(-1, product)
            return ahead.norm
        }
        let coarse = try error(1e-2)
        let fine = try error(5e-3)
        let scale = max(product.norm, linearised.gradient().norm)
        if coarse > 1e-9 * scale {
            #expect(coarse / fine > 3.5 && coarse / fine < 4.5, "errors \(coarse) and \(fine)")
        } else {
            #expect(fine <= 1e-9 * scale)
        }
    }

    /// Oracle: uᵀHv = vᵀHu, and H(2u − 3v) = 2Hu − 3Hv, to rounding of sums of at most a few thousand terms.
    @Test(arguments: seeds)
    func productsAreSymmetricAndLinear(_ seed: UInt64) throws {
        let problem = RandomProblem(seed: seed)
        let linearised: LinearisedNetwork<Double> = try problem.linearised(directions: 3)
        let u: Vector<Double> = try problem.direction(1)
        let v: Vector<Double> = try problem.direction(2)
        let combined = u.copy()
        combined.scale(by: 2)
        combined.add(-3, v)
        for curvature in Curvature.allCases {
            let results = (0..<3).map { _ in Vector<Double>(count: u.count) }
            linearised.multiply(curvature, by: [u, v, combined], into: results)
            let scale = max(results[0].norm, results[1].norm, 1e-300)
            #expect(abs(v.dot(results[0]) - u.dot(results[1])) < 1e-13 * scale)
            results[2].add(-2, results[0])
            results[2].add(3, results[1])
            #expect(results[2].norm < 1e-13 * scale * 10)
        }
    }

    /// Oracle: H = G + (H − G), by the definition of the residual.
    @Test(arguments: seeds)
    func residualIsWhatGaussNewtonLeaves(_ seed: UInt64) throws {
        let problem = RandomProblem(seed: seed)
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let v: Vector<Double> = try problem.direction(1)
        let whole = linearised.times(.hessian, v)
        whole.add(-1, linearised.times(.gaussNewton, v))
        whole.add(-1, linearised.times(.residual, v))
        #expect(whole.norm < 1e-13 * max(1, linearised.times(.hessian, v).norm))
    }

    /// Oracle: gradients formed one by one, each from a network linearised on its own example.
    @Test(arguments: seeds.prefix(12))
    func innerProductsAndFisherAreThoseOfTheGradientsFormedOneByOne(_ seed: UInt64) throws {
        let problem = RandomProblem(seed: seed, examples: 9)
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let gradients = try problem.exampleGradients()
        let gram = linearised.gradientInnerProducts()
        let size = gradients.map { $0.dot($0) }.max() ?? 1
        for row in gradients.indices {
            for column in gradients.indices {
                #expect(abs(gram[row, column] - gradients[row].dot(gradients[column])) < 1e-12 * size)
            }
        }
        let v: Vector<Double> = try problem.direction(3)
        let expected = Vector<Double>(count: v.count)
        for gradient in gradients { expected.add(gradient.dot(v) / Double(gradients.count), gradient) }
        #expect(relativeError(linearised.times(.empiricalFisher, v), expected) < 1e-11)
    }

    /// Oracle: the bytes of one worker and one direction at a time. 700 examples are three tiles, the last one short.
    @Test(arguments: [1, 7, 700])
    func workersAndRepetitionChangeNoByte(_ examples: Int) throws {
        let problem = RandomProblem(seed: 5, examples: examples)
        let v: Vector<Float> = try problem.direction(1)
        var seen: Set<[Float]> = []
        var grams: Set<[Float]> = []
        for workers in [1, 2, 3, 5] {
            let linearised: LinearisedNetwork<Float> = try problem.linearised(workers: Workers(workers))
            for _ in 0..<2 {
                let result = Vector<Float>(count: v.count)
                linearised.multiply(.hessian, by: [v], into: [result])
                seen.insert(result.array + linearised.gradient().array)
            }
            grams.insert(linearised.gradientInnerProducts().array)
        }
        #expect(seen.count == 1 && grams.count == 1)
    }

    private func loss(_ problem: RandomProblem, _ v: Vector<Double>, _ h: Double) throws -> Double {
        try problem.linearised(along: v, step: h).lossValue
    }

    private func gradient(_ problem: RandomProblem, _ v: Vector<Double>, _ h: Double) throws -> Vector<Double> {
        try problem.linearised(along: v, step: h).gradient()
    }
}
