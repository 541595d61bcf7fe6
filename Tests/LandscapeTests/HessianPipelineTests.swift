import Checkpoints
import Files
import Krylov
import LinearAlgebra
import Networks
import Synchronization
import TestSupport
import Testing

@testable import Landscape

/// The stages of `HessianAnalysis` together. Oracle: the exact spectra of the reference cases, from dense matrices in
/// PyTorch in double precision.
@Suite struct HessianPipelineTests {
    private func configuration(_ top: Int = 6, probes: Int = 6, steps: Int = 30) -> HessianConfiguration {
        var configuration = HessianConfiguration(top: top, probes: probes, steps: steps, seed: 4)
        configuration.exact = .never
        return configuration
    }

    /// The eigenvalues of 565 × 565 numbers take 2·10⁸ operations, those of 3050 × 3050 more than a second of them.
    @Test func smallMatricesAreComputedInFull() throws {
        let small = try ReferenceCase("mlp_relu_mse")
        let linearised: LinearisedNetwork<Float> = try small.linearised(directions: 4)
        var wanted = HessianConfiguration()
        let found = try HessianAnalysis(linearised, wanted)
        let exact = try small.expected.doubles("hessian_eigenvalues").sorted()
        #expect(found.method == .dense && found.products == exact.count + OperatorExamination<Float>.productCount)
        // In double precision, at parameters of single precision.
        let scale = exact.map(abs).max()!
        let slack = 1e-6 * scale
        #expect(zip(found.density!.nodes, exact).allSatisfy { abs($0 - $1) < slack })
        #expect(found.density!.weights.allSatisfy { $0 == 1 / Double(exact.count) })
        for (eigenvalue, chosen) in zip(found.eigenvalues, SpectrumEnd.largestMagnitude.select(10, of: exact)) {
            #expect(abs(eigenvalue.value - exact[chosen.index]) < slack && eigenvalue.converged)
            #expect(eigenvalue.end == (chosen.isUpper ? "largest" : "smallest") && eigenvalue.residual < slack)
        }
        #expect(abs(found.trace!.value - exact.reduce(0, +)) < 565 * slack && found.trace!.standardError == 0)
        #expect(abs(found.smoothed!.mass - 1) < 1e-9 && found.warnings == [] && found.search == nil)
        wanted.exact = .never
        #expect(try HessianAnalysis(linearised, wanted).method == .lanczos)
        let medium: LinearisedNetwork<Float> = try ReferenceCase("mlp_medium_spectrum").linearised(directions: 4)
        #expect(try HessianAnalysis(medium, HessianConfiguration(probes: 2)).method == .lanczos)
    }

    /// A Gram matrix of N · K rows against the dense spectrum; the rest is zeros that stand as one node.
    @Test func lowRankIsSeenThroughAGramMatrix() throws {
        let reference = try ReferenceCase("mlp_medium_spectrum")
        let linearised: LinearisedNetwork<Double> = try reference.linearised()
        let found = try HessianAnalysis(linearised, HessianConfiguration(kind: .gaussNewton, top: 5, probes: 4))
        let exact = try reference.expected.doubles("ggn_eigenvalues").sorted(by: >)
        #expect(found.method == .gram && found.dimension == exact.count)
        for (eigenvalue, wanted) in zip(found.eigenvalues, exact) {
            #expect(abs(eigenvalue.value - wanted) <= 1e-10 * exact[0])
        }
        let density = try #require(found.density)
        #expect(density.nodes.count < exact.count && abs(density.weights.reduce(0, +) - 1) < 1e-12)
        #expect(density.wassersteinDistance(to: exact) < 1e-10 * exact[0])
    }

    /// Deflated outliers count 1/P each and no probe has them; the trace is unbiased all the same, and surer.
    @Test func outliersAreTakenOutOfTheDensity() throws {
        let reference = try ReferenceCase("mlp_medium_spectrum")
        let linearised: LinearisedNetwork<Float> = try reference.linearised(directions: 4, workers: Workers(2))
        let exact = try reference.expected.doubles("hessian_eigenvalues")
        let scale = exact.map(abs).max()!
        var wish = configuration(10, probes: 8, steps: 40)
        let found = try HessianAnalysis(linearised, wish)
        let density = try #require(found.density)
        #expect(density.outliers.map(\.value) == found.eigenvalues.map(\.value).sorted())
        let smallest = found.eigenvalues.map { abs($0.value) }.min()!
        // What is left may have one node between, where the next eigenvalue is nearly as large.
        #expect(density.probes.flatMap(\.nodes).allSatisfy { abs($0) < 1.05 * smallest })
        let trace = try #require(found.trace)
        let error = try #require(trace.standardError)
        // Seven degrees of freedom: t is below 6.4 but for 4 in 10 000.
        #expect(abs(trace.value - exact.reduce(0, +)) <= 6.4 * error)
        #expect(found.certificates.failed == [] && found.warnings == [])
        wish.density.deflation = .no
        let smeared = try HessianAnalysis(linearised, wish)
        #expect(smeared.density?.outliers.isEmpty == true)
        // √(χ²₇/7) of what the spectra say, but for 10⁻⁵ at either end.
        let rest = exact.sorted { abs($0) < abs($1) }.dropLast(10)
        for (found, spectrum) in [(error, Array(rest)), (smeared.trace!.standardError!, exact)] {
            let expected = SpectralMoments(spectrum, dimension: exact.count).traceError(probes: 8)
            #expect(found > 0.15 * expected && found < 2.4 * expected)
        }
        #expect(density.wassersteinDistance(to: exact) < smeared.density!.wassersteinDistance(to: exact) + 1e-3 * scale)
    }

    @Test func twoMethodsAgree() throws {
        let reference = try ReferenceCase("mlp_medium_spectrum")
        let linearised: LinearisedNetwork<Float> = try reference.linearised(directions: 4, workers: Workers(2))
        var wish = configuration(5, probes: 8, steps: 30)
        wish.density.estimators = .both
        let found = try HessianAnalysis(linearised, wish)
        let comparison = try #require(found.comparison)
        #expect(comparison.agree && found.certificates["agreement"]?.passed == true)
        // Both, and what finds the interval.
        #expect(found.products >= 5 + 2 * 8 * 30 + 20)
    }

    /// Oracle: the dense block, from products with unit vectors.
    @Test func rowsAndColumnsOfSomeTensors() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_tanh_cross_entropy").linearised()
        let entry = linearised.network.layout.entries[2]
        let size = entry.range.count
        let block = Matrix<Double>(rows: size, columns: size)
        for row in 0..<size {
            let unit = Vector<Double>(count: linearised.network.layout.count)
            let image = Vector<Double>(count: unit.count)
            unit[entry.range.lowerBound + row] = 1
            linearised.multiply(.hessian, by: [unit], into: [image])
            block.row(row).assign(image[entry.range])
        }
        let exact = try SymmetricEigenvalues.values(of: block)
        let scale = exact.map(abs).max()!
        for choice in [HessianConfiguration.ExactChoice.always, .never] {
            var wish = configuration(4, probes: 2, steps: 10)
            wish.parameters = [entry.name]
            wish.exact = choice
            wish.tolerance = 1e-8
            let found = try HessianAnalysis(linearised, wish)
            #expect(found.dimension == size && found.method == (choice == .always ? .dense : .lanczos))
            let chosen = SpectrumEnd.largestMagnitude.select(4, of: exact)
            for (eigenvalue, wanted) in zip(found.eigenvalues, chosen) {
                #expect(abs(eigenvalue.value - exact[wanted.index]) <= eigenvalue.residual + 1e-12 * scale)
            }
            #expect(relativeError([found.gradientNorm], [linearised.gradient()[entry.range].norm]) < 1e-12)
        }
        var wrong = configuration()
        wrong.parameters = ["nowhere"]
        #expect(throws: Fault.self) { try HessianAnalysis(linearised, wrong) }
    }

    /// Oracle: Gaussians a millionth wide cannot be seen on a grid of 10 000 points.
    @Test func aFailedCertificateRefusesTheResult() throws {
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_relu_mse").linearised(directions: 2)
        var wish = configuration(2, probes: 2, steps: 10)
        wish.density.sigma = .fixed(1e-9)
        let fault = #expect(throws: Fault.self) { try HessianAnalysis(linearised, wish) }
        #expect(fault?.kind == .software && fault?.what.contains("mass") == true)
        wish.failedCertificates = .tell
        let told = try HessianAnalysis(linearised, wish)
        #expect(told.certificates.failed.map(\.name) == ["mass"])
        #expect(told.warnings.contains { $0.contains("certificate mass failed") })
        // By the rule the same is drawn as wide as the grid allows, and on a grid by hand what is outside is said.
        wish.density.sigma = .ghorbani
        wish.failedCertificates = .refuse
        wish.density.grid = 0...10
        let half = try HessianAnalysis(linearised, wish)
        #expect(half.smoothed!.massBelow > 0.01)
        #expect(half.warnings.contains { $0.contains("outside the grid") })
    }
}
