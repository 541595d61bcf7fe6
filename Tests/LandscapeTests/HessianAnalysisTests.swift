import Checkpoints
import Files
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Oracle: the exact spectra of the reference cases, from dense matrices in PyTorch in double precision.
@Suite struct HessianAnalysisTests {
    /// With a residual ‖Av − θv‖ = r some eigenvalue lies within r of θ; that it is the right one, in the right order, is
    /// tested by comparing with the exact list. What the operator itself is off by is `referenceTolerance`.
    @Test(arguments: SpectrumEnd.allCases, ["mlp_relu_mse", "mlp_tanh_cross_entropy", "mlp_medium_spectrum"])
    func extremeEigenvaluesAreThoseOfTheDenseMatrix(_ end: SpectrumEnd, _ name: String) throws {
        try checkExtremes(end, name, Double.self, tolerance: 1e-8)
        try checkExtremes(end, name, Float.self, tolerance: 1e-4)
    }

    private func checkExtremes<Element: Scalar>(
        _ end: SpectrumEnd, _ name: String, _: Element.Type, tolerance: Double
    ) throws {
        let reference = try ReferenceCase(name)
        let linearised: LinearisedNetwork<Element> = try reference.linearised()
        var configuration = HessianConfiguration(top: 6, probes: 0)
        configuration.exact = .never
        configuration.end = end
        configuration.tolerance = tolerance
        let found = try HessianAnalysis(linearised, configuration)
        let exact = try reference.expected.doubles("hessian_eigenvalues").sorted()
        let expected = Self.select(6, of: exact, end)
        let scale = exact.map(abs).max()!
        #expect(found.eigenvalues.count == 6)
        for (eigenvalue, wanted) in zip(found.eigenvalues, expected) {
            #expect(eigenvalue.converged && eigenvalue.residual <= tolerance * scale)
            #expect(abs(eigenvalue.value - wanted.value) <= eigenvalue.residual + Element.referenceTolerance * scale)
            #expect(eigenvalue.end == wanted.end)
        }
        #expect(found.warnings.isEmpty && found.density == nil && found.smoothed == nil)
        let gradient: Vector<Double> = try reference.vector("gradient", linearised.network.layout)
        #expect(relativeError([found.gradientNorm], [gradient.norm]) < Element.referenceTolerance)
    }

    /// The slow and obvious selection from the whole spectrum.
    private static func select(_ count: Int, of ascending: [Double], _ end: SpectrumEnd) -> [(
        value: Double, end: String
    )] {
        let up: [(value: Double, end: String)] = ascending.reversed().map { ($0, "largest") }
        let down: [(value: Double, end: String)] = ascending.map { ($0, "smallest") }
        switch end {
        case .largest: return Array(up.prefix(count))
        case .smallest: return Array(down.prefix(count))
        case .both: return zip(up, down).prefix(count / 2).flatMap { [$0, $1] }
        case .largestMagnitude:
            let ends: [(value: Double, end: String)] = ascending.map { ($0, $0 > 0 ? "largest" : "smallest") }
            return Array(ends.sorted { abs($0.value) > abs($1.value) }.prefix(count))
        }
    }

    /// Oracle: `ggn_eigenvalues`. The matrix is positive semidefinite and of low rank: its null space is one eigenvalue.
    @Test(arguments: ["mlp_relu_mse", "mlp_tanh_cross_entropy", "mlp_medium_spectrum"])
    func gaussNewtonAndFisherHaveTheReferenceSpectrum(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let linearised: LinearisedNetwork<Double> = try reference.linearised()
        let exact = try reference.expected.doubles("ggn_eigenvalues").sorted(by: >)
        for kind in [OperatorKind.gaussNewton, .fisher] {
            var configuration = HessianConfiguration(kind: kind, top: 8, probes: 0)
            configuration.exact = .never
            configuration.tolerance = 1e-8
            let found = try HessianAnalysis(linearised, configuration).eigenvalues
            for (eigenvalue, wanted) in zip(found, exact) {
                #expect(abs(eigenvalue.value - wanted) <= eigenvalue.residual + 1e-10 * exact[0])
                #expect(eigenvalue.end == "largest")
            }
        }
        var lowest = HessianConfiguration(kind: .gaussNewton, top: 1, probes: 0)
        lowest.end = .smallest
        lowest.exact = .never
        let bottom = try HessianAnalysis(linearised, lowest).eigenvalues[0]
        #expect(abs(bottom.value) <= bottom.residual + 1e-14 * exact[0])
    }

    /// Oracle: (1/N) Σ gᵢ gᵢᵀ and (1/N) of the Gram matrix of the gradients have the same eigenvalues but for zeros; the
    /// Gram matrix is the reference's. Its trace is the mean of ‖gᵢ‖².
    @Test func empiricalFisherHasTheSpectrumOfTheGradients() throws {
        let reference = try ReferenceCase("mlp_tanh_cross_entropy")
        let linearised: LinearisedNetwork<Double> = try reference.linearised()
        let count = linearised.exampleCount
        let gram = Vector(try reference.expected.doubles("gradient_gram")).matrix(rows: count, columns: count)
        let exact = try SymmetricEigenvalues.values(of: gram).reversed().map { $0 / Double(count) }
        var configuration = HessianConfiguration(kind: .empiricalFisher, top: 5, probes: 400, steps: 25)
        configuration.tolerance = 1e-8
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        for (eigenvalue, wanted) in zip(found.eigenvalues, exact) {
            #expect(abs(eigenvalue.value - wanted) <= eigenvalue.residual + 1e-10 * exact[0])
        }
        let trace = found.density!.trace
        let error = SpectralMoments(exact, dimension: linearised.network.layout.count).traceError(probes: 400)
        #expect(abs(trace.value - exact.reduce(0, +)) <= 5 * error)
    }

    /// Oracle: H = G + (H − G); P vᵀAv is linear in A, and the probes are the same, so that the traces add up to rounding
    /// (10⁻¹³ of their sizes; the Frobenius norms bound each vᵀAv).
    @Test func tracesOfTheOperatorsAddUp() throws {
        let reference = try ReferenceCase("mlp_tanh_cross_entropy")
        let linearised: LinearisedNetwork<Double> = try reference.linearised(directions: 3)
        let traces = try [OperatorKind.hessian, .gaussNewton, .residual].map { kind in
            var configuration = HessianConfiguration(kind: kind, top: 0, probes: 3, steps: 10)
            configuration.exact = .never
            return try HessianAnalysis(linearised, configuration).density!.trace
        }
        #expect(abs(traces[0].value - traces[1].value - traces[2].value) < 1e-12 * abs(traces[1].value))
        #expect(abs(traces[2].value) > 1e-3 * abs(traces[1].value))
    }

    @Test func aLossThatIsNoLikelihoodHasNoFisherMatrix() throws {
        for loss in LossKind.allCases {
            if loss == .huber {
                let fault = #expect(throws: Fault.self) { try OperatorKind.fisher.curvature(for: loss) }
                #expect(fault?.kind == .usage && fault?.description.contains("huber") == true)
            } else {
                #expect(try OperatorKind.fisher.curvature(for: loss) == .gaussNewton)
            }
        }
    }

    /// Oracle: 5 products cannot find 3 eigenvalues of 565 to 10⁻¹², and the result must say so.
    @Test func whatHasNotConvergedIsSaid() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_relu_mse").linearised()
        var configuration = HessianConfiguration(top: 3, probes: 0)
        configuration.tolerance = 1e-12
        configuration.maximumSteps = 5
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        #expect(found.eigenvalues.count == 3 && found.eigenvalues.allSatisfy { !$0.converged })
        #expect(found.warnings.contains { $0.contains("3 of 3 eigenvalues did not converge") })
        // Five for the certificates, five for the search, three for the residuals.
        #expect(found.products == 5 + 5 + 3)
    }

    /// Oracle: what the watcher is told is what was spent, and what it throws stops the work.
    @Test func progressSeesEveryProductAndMayStop() throws {
        struct Stop: Error {}
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_relu_mse").linearised(directions: 4)
        var configuration = HessianConfiguration(top: 0, probes: 6, steps: 7)
        configuration.exact = .never
        // Six probes of seven steps, and five products for the certificates.
        #expect(try HessianAnalysis(linearised, configuration).products == 47)
        #expect(throws: Stop.self) {
            try HessianAnalysis(linearised, configuration, progress: { if $1 >= 12 { throw Stop() } })
        }
    }
}
