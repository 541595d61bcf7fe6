import Checkpoints
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Oracle: the reference cases, computed independently in PyTorch in double precision.
@Suite struct ReferenceCaseTests {
    @Test(arguments: ReferenceCase.names)
    func doublePrecisionAgrees(_ name: String) throws { try check(name, Double.self) }

    @Test(arguments: ReferenceCase.names)
    func singlePrecisionAgrees(_ name: String) throws { try check(name, Float.self) }

    private func check<Element: Scalar>(_ name: String, _ type: Element.Type) throws {
        let reference = try ReferenceCase(name)
        let linearised: LinearisedNetwork<Element> = try reference.linearised(directions: 2, workers: Workers(2))
        let layout = linearised.network.layout
        let tolerance = Element.referenceTolerance

        #expect(
            relativeError(linearised.outputs.elements.doubles, try reference.expected.doubles("outputs")) < tolerance)
        #expect(relativeError(linearised.exampleLosses, try reference.expected.doubles("example_losses")) < tolerance)
        #expect(relativeError([linearised.lossValue], try reference.expected.doubles("loss")) < tolerance)
        let gradient: Vector<Double> = try reference.vector("gradient", layout)
        #expect(relativeError(linearised.gradient(), gradient) < tolerance)

        // Three directions through room for two: a full group and one left over.
        let directions: [Vector<Element>] = try (0..<3).map { try reference.vector("direction.\($0)", layout) }
        for (curvature, prefix) in [(Curvature.hessian, "hvp"), (.gaussNewton, "ggnvp")] {
            let results = directions.map { Vector<Element>(count: $0.count) }
            linearised.multiply(curvature, by: directions, into: results)
            for (index, result) in results.enumerated() {
                let expected: Vector<Double> = try reference.vector("\(prefix).\(index)", layout)
                #expect(relativeError(result, expected) < tolerance, "\(prefix).\(index)")
            }
        }
        let gram = linearised.gradientInnerProducts().elements.doubles
        #expect(relativeError(gram, try reference.expected.doubles("gradient_gram")) < tolerance)
    }

    /// Oracle: the dense matrix, made of products with all unit vectors; its diagonal and spectrum from PyTorch. The
    /// bound on an eigenvalue's error is that on the matrix (Weyl), relative to the largest.
    @Test(arguments: ReferenceCase.names.filter { $0 != "mlp_medium_spectrum" })
    func denseMatricesHaveTheReferenceSpectra(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let linearised: LinearisedNetwork<Double> = try reference.linearised(directions: 16)
        let layout = linearised.network.layout
        for (curvature, key) in [(Curvature.hessian, "hessian"), (.gaussNewton, "ggn")] {
            let dense = denseMatrix(of: curvature, linearised)
            let eigenvalues = try SymmetricEigenvalues.values(of: dense)
            let expected = try reference.expected.doubles("\(key)_eigenvalues").sorted()
            let scale = expected.map(abs).max() ?? 1
            for (found, exact) in zip(eigenvalues, expected) { #expect(abs(found - exact) < 1e-10 * scale) }
            if curvature == .hessian {
                let sorted = layout.entries.sorted { $0.name < $1.name }
                let diagonal = sorted.flatMap { $0.range.map { dense[$0, $0] } }
                #expect(relativeError(diagonal, try reference.expected.doubles("hessian_diagonal")) < 1e-10)
                let trace = diagonal.reduce(0, +)
                #expect(relativeError([trace], try reference.expected.doubles("hessian_trace")) < 1e-10)
            }
        }
    }

    private func denseMatrix(of curvature: Curvature, _ linearised: LinearisedNetwork<Double>) -> Matrix<Double> {
        let count = linearised.network.layout.count
        let identity = Matrix<Double>(rows: count, columns: count)
        let result = Matrix<Double>(rows: count, columns: count)
        for index in 0..<count { identity[index, index] = 1 }
        linearised.multiply(
            curvature, by: (0..<count).map { identity.row($0) }, into: (0..<count).map { result.row($0) })
        return result
    }
}
