import Checkpoints
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Oracle: the exact spectrum (P = 3050) of `mlp_medium_spectrum`.
@Suite struct DensityTests {
    @Test(arguments: [80, 200]) func doublePrecision(_ steps: Int) throws { try check(Double.self, steps: steps) }

    @Test func singlePrecision() throws { try check(Float.self, steps: 80) }

    /// W₁ ≤ quadrature + chance + rounding.
    ///
    /// The quadrature's share is bounded rigorously (`quadratureBound`). The share of chance is ∫|F̂ − F|, whose mean is at
    /// most √(2/π) S and whose deviation at most √(1 − 2/π) S, S = ∫ √Var F̂ (the worst case: all t fully correlated);
    /// five deviations above the mean are 3.9 S. Rounding moves each node by at most `referenceTolerance` of the norm.
    /// The two bounds together, 0.059 after 80 steps and 0.03 after 200, are below 0.089, the distance from a density that
    /// is all at 0. Found: 0.008.
    private func check<Element: Scalar>(_: Element.Type, steps: Int) throws {
        let reference = try ReferenceCase("mlp_medium_spectrum")
        let linearised: LinearisedNetwork<Element> = try reference.linearised(directions: 5, workers: Workers(2))
        let exact = try reference.expected.doubles("hessian_eigenvalues")
        let moments = SpectralMoments(exact, dimension: exact.count)
        let probes = 10
        var configuration = HessianConfiguration(top: 0, probes: probes, steps: steps, seed: 3)
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        let density = try #require(found.density)
        let scale = exact.map(abs).max()!

        let distance = density.wassersteinDistance(to: exact)
        let chance = 3.9 * moments.distributionError(probes: probes)
        let quadrature = moments.quadratureBound(density)
        #expect(distance <= quadrature + chance + Element.referenceTolerance * scale)
        #expect(quadrature + chance < (steps == 80 ? 0.06 : 0.035))
        print(
            "W1 to the exact spectrum, \(Element.precisionName), \(steps) steps: \(distance) (bounds: \(quadrature) + \(chance))"
        )

        // Weights are squares of the components of unit vectors: `steps` terms, each to rounding.
        #expect(abs(density.weights.reduce(0, +) - 1) < 1e-13)
        #expect(density.nodes.count == density.weights.count && density.nodes.count == probes * steps)
        #expect(density.weights.allSatisfy { $0 >= 0 })
        // Ritz values lie within the spectrum.
        let slack = Element.referenceTolerance * scale
        #expect(density.nodes.allSatisfy { $0 >= exact.min()! - slack && $0 <= exact.max()! + slack })

        // Five standard errors, which the exact spectrum gives; and the reported standard error, √(χ²₉/9) times the
        // exact one (nearly: the estimates are nearly normal), lies within a factor that 10⁻⁵ of such numbers leave.
        for (estimate, value, error) in [
            (density.trace, moments.trace, moments.traceError(probes: probes)),
            (density.frobeniusNormSquared, moments.frobeniusNormSquared, moments.frobeniusError(probes: probes)),
        ] {
            #expect(abs(estimate.value - value) <= 5 * error + slack)
            let reported = try #require(estimate.standardError)
            #expect(reported > 0.2 * error && reported < 2.5 * error)
        }

        // Nothing is renormalised, and the grid resolves σ: spacing 5.8/9999 against σ = 0.0076.
        let smoothed = try #require(found.smoothed)
        #expect(abs(smoothed.mass - 1) < 1e-9 && smoothed.values.allSatisfy { $0 >= 0 })
        // Semi-orthogonal: √eps, and a few times more where several vectors add up.
        #expect(density.orthogonalityLoss < 10 * Double(Element.ulpOfOne).squareRoot())
        #expect(found.warnings.isEmpty)
    }

    /// Oracle: P vᵀAv and P ‖Av‖² of the same probes, from products: Gauss quadrature is exact for both.
    @Test func tracesAreThoseOfTheProbesThemselves() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_relu_mse").linearised(directions: 2)
        var configuration = HessianConfiguration(top: 0, probes: 4, steps: 12, seed: 9)
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        let hessian = CurvatureOperator(.hessian, of: linearised)
        let order = Double(hessian.dimension)
        let images = try (0..<4).map { index in
            let v: Vector<Double> = ProbeDistribution.gaussian.probe(index, dimension: hessian.dimension, seed: 9)
            let image = try hessian.product(with: v)
            return (form: image.dot(v), square: image.dot(image))
        }
        let trace = order * images.map(\.form).reduce(0, +) / 4
        let square = order * images.map(\.square).reduce(0, +) / 4
        // Rounding: a few eps‖A‖ in each coefficient, times P.
        #expect(abs(found.density!.trace.value - trace) < 1e-12 * square)
        #expect(relativeError([found.density!.frobeniusNormSquared.value], [square]) < 1e-12)
    }

    /// Oracle: the short pipeline, which goes the same way without extremes; and the probe number is all that decides a
    /// probe, so one at a time gives the bytes that several together give only up to the order of sums in a product.
    @Test func theShortPipelineGivesTheSameDensity() throws {
        let reference = try ReferenceCase("mlp_tanh_cross_entropy")
        let linearised: LinearisedNetwork<Float> = try reference.linearised()
        var configuration = HessianConfiguration(top: 0, probes: 3, steps: 20, seed: 5)
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        let short = try LossLandscape.spectralDensity(
            of: reference.checkpoint, inputs: reference.inputs() as Matrix<Float>, loss: reference.loss(),
            SpectralDensityConfiguration(probes: 3, seed: 5, lanczos: LanczosConfiguration(steps: 20)))
        #expect(found.density == short)
    }

    /// Oracle: the bytes of one thread.
    @Test func threadsChangeNoByte() throws {
        let reference = try ReferenceCase("mlp_medium_spectrum")
        let found = try [1, 2, 3].map { count in
            let linearised: LinearisedNetwork<Float> = try reference.linearised(directions: 4, workers: Workers(count))
            var configuration = HessianConfiguration(top: 3, probes: 5, steps: 15, seed: 1)
            configuration.exact = .never
            return try HessianAnalysis(linearised, configuration)
        }
        for other in found.dropFirst() {
            #expect(other.eigenvalues == found[0].eigenvalues && other.density == found[0].density)
            #expect(other.smoothed == found[0].smoothed && other.gradientNorm == found[0].gradientNorm)
        }
    }
}
