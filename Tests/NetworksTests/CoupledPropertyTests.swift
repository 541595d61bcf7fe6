import LinearAlgebra
import Networks
import TestSupport
import Testing

/// The same properties where batch normalisation takes the statistics of the examples at hand, which couples them.
@Suite struct CoupledPropertyTests {
    static let families = [ArchitectureFamily.cnn, .resnet]
    static let seeds = Array(81...88 as ClosedRange<UInt64>)

    @Test(arguments: families, seeds)
    func gradientIsTheDerivativeOfTheLoss(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try PropertyTests().expectGradient(Self.problem(family, seed))
    }

    @Test(arguments: families, seeds)
    func productIsTheSecondOrderLimitOfDifferences(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try PropertyTests().expectProduct(Self.problem(family, seed))
    }

    @Test(arguments: families, seeds)
    func gaussNewtonIsThatOfTheOutputsDerivatives(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try CurvaturePropertyTests().expectGaussNewton(Self.problem(family, seed))
    }

    /// Oracle: the outputs for one example differ with the company it is in; else nothing here was coupled.
    @Test(arguments: families)
    func companyMatters(_ family: ArchitectureFamily) throws {
        let problem = try Self.problem(family, Self.seeds[0])
        let whole: LinearisedNetwork<Double> = try problem.linearised()
        let half = try problem.linearised(0..<problem.examples / 2)
        let part = whole.outputs.rows(0..<problem.examples / 2)
        #expect(distance(part.array, half.outputs.array) > 1e-3 * norm(half.outputs.array))
    }

    /// Oracle: the bytes of one worker. Coupled examples are one tile, whose layers may share their work.
    @Test(arguments: families, seeds.prefix(4))
    func workersChangeNoByte(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try Self.problem(family, seed, examples: 300)
        let v: Vector<Float> = try problem.direction(1)
        func bytes(_ workers: Int) throws -> [Float] {
            let linearised: LinearisedNetwork<Float> = try problem.linearised(workers: Workers(workers))
            return linearised.outputs.array + linearised.gradient().array
                + Curvature.allCases.flatMap { linearised.times($0, v).array }
        }
        let expected = try bytes(1)
        for workers in [2, 3, 5] { #expect(try bytes(workers) == expected) }
    }

    /// A problem with batch normalisation, and enough examples that no variance is near 0.
    private static func problem(
        _ family: ArchitectureFamily, _ seed: UInt64, examples: Int = 14
    ) throws -> RandomProblem {
        for attempt in 0..<100 as Range<UInt64> {
            let problem = try RandomProblem(
                family, seed: seed + 1000 * attempt, smooth: true, examples: examples, mode: .batchStatistics)
            let network: Network<Double> = try problem.network()
            if network.couplesExamples { return problem }
        }
        preconditionFailure("no batch normalisation in a hundred networks of \(family)")
    }
}
