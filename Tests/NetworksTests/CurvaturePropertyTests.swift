import LinearAlgebra
import Networks
import TestSupport
import Testing

/// What the curvature matrices are to one another and to the examples, over random architectures.
@Suite struct CurvaturePropertyTests {
    static let families = ArchitectureFamily.allCases
    static let seeds = Array(21...30 as ClosedRange<UInt64>)

    /// Oracle: H = G + (H − G), by the definition of the residual.
    @Test(arguments: families, seeds)
    func residualIsWhatGaussNewtonLeaves(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let v: Vector<Double> = try problem.direction(1)
        let whole = linearised.times(.hessian, v)
        let parts = [linearised.times(.gaussNewton, v), linearised.times(.residual, v)]
        let scale = max(whole.norm, parts[0].norm, parts[1].norm)
        for part in parts { whole.add(-1, part) }
        #expect(whole.norm <= 1e-12 * scale)
    }

    /// Oracle: uᵀGv = (Ju)ᵀ (∂²ℓ/∂f²) (Jv), with Ju and Jv from differences of the outputs.
    @Test(arguments: families, seeds)
    func gaussNewtonIsThatOfTheOutputsDerivatives(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try expectGaussNewton(RandomProblem(family, seed: seed, smooth: true))
    }

    func expectGaussNewton(_ problem: RandomProblem) throws {
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let directions: [Vector<Double>] = try [problem.direction(1), problem.direction(2)]
        let jacobian = try directions.map { direction in
            try Differences(count: 9) { step in
                try problem.linearised(along: direction, step: step).outputs.elements.doubles
            }.limit
        }
        let (examples, outputs) = (linearised.outputs.rows, linearised.outputs.columns)
        let record = linearised.loss.makeRecord(examples: examples, outputs: outputs)
        let result = Matrix<Double>(rows: examples, columns: outputs)
        _ = linearised.loss.evaluate(
            linearised.outputs, examples: 0..<examples, record: record,
            cotangent: result.elements.copy().matrix(
                rows: examples, columns: outputs))
        for right in 0..<2 {
            let tangent = Vector(jacobian[right].value).matrix(rows: examples, columns: outputs)
            linearised.loss.multiplyByHessian(tangent, examples: 0..<examples, record: record, into: result)
            let product = linearised.times(.gaussNewton, directions[right])
            let curved = result.elements.doubles
            for left in 0..<2 {
                let expected = zip(jacobian[left].value, curved).reduce(0) { $0 + $1.0 * $1.1 }
                let size = norm(jacobian[left].value) * norm(curved)
                let uncertainty = (jacobian[left].uncertainty + jacobian[right].uncertainty) * norm(curved)
                #expect(uncertainty <= 1e-6 * max(size, norm(curved)), "differences do not converge")
                #expect(abs(directions[left].dot(product) - expected) <= 10 * uncertainty + 1e-10 * size)
            }
        }
    }

    /// Oracle: the eigenvalues of the whole matrix, of one product a parameter. Convex losses have no negative ones;
    /// rounding makes them −ε times the largest, some tens of times.
    @Test(arguments: families, seeds.prefix(5))
    func gaussNewtonHasNoNegativeEigenvalue(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed, mostParameters: 160)
        let linearised: LinearisedNetwork<Double> = try problem.linearised(directions: 8)
        let count = linearised.network.layout.count
        for curvature in [Curvature.gaussNewton, .hessian] {
            let units = (0..<count).map { index in
                let unit = Vector<Double>(count: count)
                unit[index] = 1
                return unit
            }
            let matrix = Matrix<Double>(rows: count, columns: count)
            linearised.multiply(curvature, by: units, into: (0..<count).map { matrix.row($0) })
            let values = matrix.elements.doubles
            for row in 0..<count {
                for column in 0..<row {
                    let difference = abs(matrix[row, column] - matrix[column, row])
                    #expect(difference <= 1e-12 * max(norm(values), 1e-3), "\(curvature) at \(row), \(column)")
                }
            }
            guard curvature == .gaussNewton else { continue }
            let eigenvalues = try SymmetricEigenvalues.values(of: matrix)
            #expect(eigenvalues.min()! >= -1e-13 * max(eigenvalues.max()!, 1e-3))
        }
    }

    /// Oracle: gradients formed one by one, each from a network linearised on its own example.
    @Test(arguments: families, seeds)
    func innerProductsAndFisherAreThoseOfTheGradientsFormedOneByOne(
        _ family: ArchitectureFamily, _ seed: UInt64
    ) throws {
        let problem = try RandomProblem(family, seed: seed)
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let gradients = try problem.exampleGradients()
        let gram = linearised.gradientInnerProducts()
        // Gradients that are 0 but for rounding, behind a normalisation that cancels what comes, are no measure.
        let size = max(gradients.map { $0.dot($0) }.max()!, 1e-6)
        for row in gradients.indices {
            for column in gradients.indices {
                #expect(abs(gram[row, column] - gradients[row].dot(gradients[column])) <= 1e-12 * size)
            }
        }
        let v: Vector<Double> = try problem.direction(3)
        let fisher = Vector<Double>(count: v.count)
        let mean = Vector<Double>(count: v.count)
        for gradient in gradients {
            fisher.add(gradient.dot(v) / Double(gradients.count), gradient)
            mean.add(1 / Double(gradients.count), gradient)
        }
        #expect(distance(linearised.times(.empiricalFisher, v).doubles, fisher.doubles) <= 1e-12 * size)
        #expect(distance(linearised.gradient().doubles, mean.doubles) <= 1e-12 * size.squareRoot())
    }
}
