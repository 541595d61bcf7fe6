import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Products with J = ∂f/∂θ and its transpose, on random networks of all kinds.
@Suite struct JacobianTests {
    static let families = ArchitectureFamily.allCases
    static let seeds = Array(201...206 as ClosedRange<UInt64>)

    /// Oracle: differences of the outputs, extrapolated.
    @Test(arguments: families, seeds)
    func productIsTheLimitOfDifferences(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try expectDifferences(RandomProblem(family, seed: seed, smooth: true))
    }

    /// Oracle: the same where batch normalisation couples the examples; the derivative goes through the statistics.
    @Test(arguments: [ArchitectureFamily.cnn, .resnet], seeds)
    func coupledProductIsTheLimitOfDifferences(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try Self.coupled(family, seed)
        try expectDifferences(problem)
        try expectAdjoint(problem, Double.self)
    }

    private func expectDifferences(_ problem: RandomProblem) throws {
        let v: Vector<Double> = try problem.direction(1)
        let limit = try Differences(count: 9) { step in
            try problem.linearised(along: v, step: step).outputs.elements.doubles
        }.limit
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let found = linearised.timesJacobian([v])[0].elements.doubles
        #expect(limit.uncertainty <= 1e-6 * max(norm(found), 1), "differences do not converge")
        #expect(distance(found, limit.value) <= 10 * limit.uncertainty + 1e-10 * norm(found))
    }

    /// Oracle: ⟨u, J v⟩ = ⟨Jᵀ u, v⟩.
    @Test(arguments: families, seeds)
    func transposeIsTheTranspose(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        try expectAdjoint(problem, Double.self)
        try expectAdjoint(problem, Float.self)
    }

    /// Both sides are sums of as many roundings as a product has layers; far from what a wrong term would change.
    private func expectAdjoint<Element: Scalar>(_ problem: RandomProblem, _: Element.Type) throws {
        let linearised: LinearisedNetwork<Element> = try problem.linearised(directions: 2)
        let vectors: [Vector<Element>] = try (1...3).map { try problem.direction($0) }
        let cotangents = (0..<3).map { linearised.cotangents($0) }
        let tangents = linearised.timesJacobian(vectors)
        let pulled = linearised.timesJacobianTranspose(cotangents)
        for (v, tangent) in zip(vectors, tangents) {
            for (u, image) in zip(cotangents, pulled) {
                let size = u.elements.norm * tangent.elements.norm + image.norm * v.norm
                #expect(abs(u.elements.dot(tangent.elements) - image.dot(v)) <= Element.referenceTolerance * size)
            }
        }
    }

    /// Oracle: J formed row by row from gradients. Sums of a few hundred terms, each to rounding.
    @Test(arguments: families, seeds)
    func productsAreThoseOfTheRowsFormedOneByOne(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed, mostParameters: 400)
        let linearised: LinearisedNetwork<Double> = try problem.linearised(directions: 2)
        let jacobian = try problem.jacobian()
        let size = max(jacobian.elements.norm, 1e-3)
        let vectors: [Vector<Double>] = try (1...3).map { try problem.direction($0) }
        for (v, found) in zip(vectors, linearised.timesJacobian(vectors)) {
            let expected = (0..<jacobian.rows).map { jacobian.row($0).dot(v) }
            #expect(distance(found.elements.doubles, expected) <= 1e-12 * size)
        }
        let cotangents = (0..<3).map { linearised.cotangents($0) }
        for (u, found) in zip(cotangents, linearised.timesJacobianTranspose(cotangents)) {
            let expected = Vector<Double>(count: jacobian.columns)
            for row in 0..<jacobian.rows { expected.add(u.elements[row], jacobian.row(row)) }
            #expect(distance(found.doubles, expected.doubles) <= 1e-12 * size * u.elements.norm)
        }
    }

    /// Oracle: ⟨Jᵢᵀ w, Jⱼᵀ w′⟩ of rows formed one by one, for the identity and for a factor with examples of no, one and
    /// several rows.
    @Test(arguments: families, seeds)
    func innerProductsAreThoseOfTheRows(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed, mostParameters: 400)
        let linearised: LinearisedNetwork<Double> = try problem.linearised(directions: 0)
        let jacobian = try problem.jacobian()
        let outputs = linearised.outputs.columns
        let counts = (0..<problem.examples).map { $0 % 4 }
        let weights = Matrix<Double>(rows: counts.reduce(0, +), columns: outputs)
        var source = RandomSource(seed: seed, stream: "weights")
        weights.elements.fillNormal(using: &source)
        for factor in [
            OutputFactor<Double>.identity(examples: problem.examples, outputs: outputs),
            OutputFactor(weights, rowsOfExamples: counts),
        ] {
            let rows = (0..<problem.examples).flatMap { example in
                factor.rows(of: example).map { index in
                    let row = Vector<Double>(count: jacobian.columns)
                    for output in 0..<outputs {
                        row.add(factor.weights[index, output], jacobian.row(example * outputs + output))
                    }
                    return row
                }
            }
            let gram = try linearised.innerProducts(of: factor)
            let size = max(rows.map { $0.dot($0) }.max() ?? 0, 1e-6)
            #expect(gram.rows == rows.count && gram.columns == rows.count)
            for (i, left) in rows.enumerated() {
                for (j, right) in rows.enumerated() { #expect(abs(gram[i, j] - left.dot(right)) <= 1e-12 * size) }
            }
        }
        let none = OutputFactor<Double>(
            Matrix(rows: 0, columns: outputs), rowsOfExamples: counts.map { _ in 0 })
        #expect(try linearised.innerProducts(of: none).rows == 0)
    }

    /// Oracle: the bytes with one worker and all tiles in memory.
    @Test(arguments: families, seeds.prefix(3))
    func memoryAndWorkersChangeNoByte(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let network: Network<Float> = try RandomProblem(family, seed: seed, mostParameters: 300).network()
        let examples = 3 * network.tileLength(examples: 1) + 5
        let problem = try RandomProblem(family, seed: seed, examples: examples, mostParameters: 300)
        let all: LinearisedNetwork<Float> = try problem.linearised(directions: 2)
        let expected = try bytes(all, problem)
        for (workers, tiles) in [(3, nil), (1, 3), (2, 2), (3, 1)] {
            let limited: LinearisedNetwork<Float> = try problem.linearised(
                LinearisationConfiguration(
                    directions: 2, memoryLimit: tiles.map { $0 * all.memory.bytesForAll / 4 },
                    workers: Workers(workers)))
            #expect(limited.memory.recomputes == (tiles != nil))
            #expect(try bytes(limited, problem) == expected, "\(workers) workers, \(tiles ?? 4) tiles")
        }
    }

    private func bytes(_ linearised: LinearisedNetwork<Float>, _ problem: RandomProblem) throws -> [UInt32] {
        let vectors: [Vector<Float>] = try (1...3).map { try problem.direction($0) }
        let factor = linearised.loss.gradients(at: linearised.outputs)
        return
            try
            (linearised.timesJacobian(vectors).flatMap { $0.array }
            + linearised.timesJacobianTranspose((0..<3).map { linearised.cotangents($0) }).flatMap { $0.array }
            + linearised.times(factor, vectors).flatMap { $0.array }
            + linearised.innerProducts(of: factor).array).map(\.bitPattern)
    }

    /// Oracle: the bytes of a network that was asked nothing else.
    @Test(arguments: families, seeds.prefix(3))
    func orderOfQuestionsChangesNoByte(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let v: Vector<Double> = try problem.direction(1)
        func fresh() throws -> LinearisedNetwork<Double> { try problem.linearised(directions: 2) }
        let u = try fresh().cotangents(1)
        let tangent = try fresh().timesJacobian([v])[0].array
        let pulled = try fresh().timesJacobianTranspose([u])[0].array
        let product = try fresh().times(.hessian, v).array
        let asked = try fresh()
        for _ in 0..<2 {
            #expect(asked.timesJacobianTranspose([u])[0].array == pulled)
            #expect(asked.times(.hessian, v).array == product)
            #expect(asked.timesJacobian([v])[0].array == tangent)
        }
    }

    /// Oracle: (1/N) Σ Jᵢᵀ Cᵢ Jᵢ v for the gradients of the loss is the empirical Fisher product, for the Hessian's factor
    /// the Gauss-Newton product, both by the passes of their own.
    @Test(arguments: families, seeds)
    func factorsGiveTheCurvatureMatrices(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let linearised: LinearisedNetwork<Double> = try problem.linearised(directions: 2)
        let vectors: [Vector<Double>] = try (1...3).map { try problem.direction($0) }
        for (curvature, factor) in [
            (Curvature.gaussNewton, linearised.loss.hessianFactor(at: linearised.outputs)),
            (.empiricalFisher, linearised.loss.gradients(at: linearised.outputs)),
        ] {
            let expected = linearised.times(curvature, vectors)
            for (found, wanted) in zip(linearised.times(factor, vectors), expected) {
                #expect(distance(found.doubles, wanted.doubles) <= 1e-12 * max(wanted.norm, 1e-3))
            }
        }
    }

    /// Oracle: the numbers of the same problem made in double precision; each parameter and input is the single one.
    @Test(arguments: families)
    func conversionKeepsEveryNumber(_ family: ArchitectureFamily) throws {
        let problem = try RandomProblem(family, seed: 211)
        let narrow: LinearisedNetwork<Float> = try problem.linearised(directions: 0)
        let wide = try narrow.converted(to: Double.self, directions: 1)
        #expect(wide.parameters.vector.array == narrow.parameters.vector.array.map(Double.init))
        #expect(wide.parameters.buffers.array == narrow.parameters.buffers.array.map(Double.init))
        #expect(wide.loss.kind == narrow.loss.kind && wide.directions == 1)
        let own: LinearisedNetwork<Double> = try problem.linearised()
        // The single numbers are the double ones rounded.
        #expect(relativeError(wide.exampleLosses, own.exampleLosses) < 1e-4)
        #expect(relativeError(wide.exampleLosses, narrow.exampleLosses) < 1e-4)
        let again = try wide.converted(to: Double.self, directions: 1)
        #expect(again === wide)
    }

    private static func coupled(_ family: ArchitectureFamily, _ seed: UInt64) throws -> RandomProblem {
        for attempt in 0..<100 as Range<UInt64> {
            let problem = try RandomProblem(
                family, seed: seed + 1000 * attempt, smooth: true, examples: 14, mode: .batchStatistics)
            if (try problem.network() as Network<Double>).couplesExamples { return problem }
        }
        preconditionFailure("no batch normalisation in a hundred networks of \(family)")
    }
}

extension LinearisedNetwork {
    func timesJacobian(_ vectors: [Vector<Element>]) -> [Matrix<Element>] {
        let results = vectors.map { _ in Matrix<Element>(rows: outputs.rows, columns: outputs.columns) }
        for result in results { result.fill(.nan) }
        multiplyByJacobian(vectors, into: results)
        return results
    }

    func timesJacobianTranspose(_ cotangents: [Matrix<Element>]) -> [Vector<Element>] {
        let results = cotangents.map { _ in Vector<Element>(count: network.layout.count) }
        for result in results { result.fill(.nan) }
        multiplyByJacobianTranspose(cotangents, into: results)
        return results
    }

    func times(_ factor: OutputFactor<Element>, _ vectors: [Vector<Element>]) -> [Vector<Element>] {
        let results = vectors.map { Vector<Element>(count: $0.count) }
        for result in results { result.fill(.nan) }
        multiply(factor, by: vectors, into: results)
        return results
    }

    /// Standard normal, `[N, outputs]`.
    func cotangents(_ number: Int) -> Matrix<Element> {
        let result = Matrix<Element>(rows: outputs.rows, columns: outputs.columns)
        var source = RandomSource(seed: 7, stream: "cotangents \(number)")
        result.elements.fillNormal(using: &source)
        return result
    }
}
