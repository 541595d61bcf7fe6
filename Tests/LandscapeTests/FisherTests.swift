import Files
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// The Fisher matrix by Monte Carlo against the exact one.
@Suite struct FisherTests {
    static let repeats = 60

    /// Oracle: vᵀ F v of the exact matrix. Means over 60 seeds lie within five standard errors (with 59 degrees of freedom
    /// one in 10⁵ by chance, 3 losses × 3 sample counts), and the variance of one falls as 1/samples: the logarithm of a
    /// ratio of two sample variances with 59 degrees of freedom each has a deviation of √(4/59) = 0.26, so a factor of 4
    /// about 16 is 5.3 deviations.
    @Test(arguments: [LossKind.crossEntropy, .meanSquaredError, .temporalDifference, .twoHot])
    func drawsAreUnbiasedAndConverge(_ kind: LossKind) throws {
        let bench = try Self.bench(kind)
        let v = Vector<Double>(count: bench.parameters)
        var source = RandomSource(seed: 1)
        v.fillNormal(using: &source)
        let exact = try OperatorConfiguration(.fisher).make(of: bench.linearised).product(with: v).dot(v)
        let estimates = try [1, 16, 256].map { samples in
            try (0..<Self.repeats).map { seed in
                try OperatorConfiguration(.monteCarloFisher, samples: samples, seed: UInt64(seed)).make(
                    of: bench.linearised
                ).product(with: v).dot(v)
            }
        }.map { Estimate(mean: $0) }
        for estimate in estimates {
            #expect(abs(estimate.value - exact) <= 5 * estimate.standardError!)
        }
        for (few, many) in zip(estimates, estimates.dropFirst()) {
            let ratio = (few.standardError! / many.standardError!) * (few.standardError! / many.standardError!)
            #expect(ratio > 4 && ratio < 64, "\(ratio)")
        }
        // Enough samples that the check would see a wrong factor.
        #expect(estimates[2].standardError! < 0.02 * exact)
    }

    /// Oracle: the labels that were drawn, read off the gradients at the outputs, and each label's own gradient from a
    /// network linearised on that example and label.
    @Test func operatorIsThatOfTheDrawnLabelsGradients() throws {
        let bench = try Self.bench(.crossEntropy)
        let linearised = bench.linearised
        let samples = 4
        let factor = try #require(
            linearised.loss.drawnGradients(at: linearised.outputs, samples: samples, seed: 3))
        let gradients = Matrix<Double>(rows: bench.examples * samples, columns: bench.parameters)
        for example in 0..<bench.examples {
            for row in factor.rows(of: example) {
                let label = try #require((0..<bench.outputs).first { factor.weights[row, $0] < 0 })
                gradients.row(row).assign(
                    try LinearisedNetwork(
                        linearised.network, at: linearised.parameters, inputs: bench.inputs.rows(example..<example + 1),
                        loss: CrossEntropy(labels: [label]), directions: 0, workers: .one
                    ).gradient())
            }
        }
        let expected = OperatorBench.secondMoment(gradients)
        let found = try MonteCarloFisherOperator(of: linearised, samples: samples, seed: 3).dense()
        #expect(distance(found.array, expected.array) <= 1e-13 * expected.elements.norm * 10)
    }

    static func bench(_ kind: LossKind) throws -> OperatorBench {
        if kind == .twoHot { return try OperatorBench.twoHot(seed: 402) }
        for seed in 400..<500 as Range<UInt64> {
            let problem = try RandomProblem(.mlp, seed: seed, examples: 7, mostParameters: 150)
            if problem.lossKind == kind { return try OperatorBench(problem) }
        }
        preconditionFailure("no problem with \(kind)")
    }
}
