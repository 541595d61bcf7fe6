import Krylov
import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct QuadratureTests {
    private func density<Element: Scalar>(
        _ values: [Double], probes: Int, steps: Int, distribution: ProbeDistribution = .gaussian, _ type: Element.Type
    ) throws -> SpectralDensity {
        try spectralDensity(
            of: Spectra.diagonal(values, type),
            SpectralDensityConfiguration(
                probes: probes, distribution: distribution, seed: 11,
                lanczos: LanczosConfiguration(steps: steps, probesAtOnce: 3)))
    }

    /// Weights are squares of the first row of an orthogonal matrix: 1, to a few eps of double in each of 100 terms.
    @Test func weightsSumToOne() throws {
        let result = try density(Spectra.clustered(bulk: 800), probes: 5, steps: 100, Float.self)
        #expect(abs(result.weights.reduce(0, +) - 1) <= 1e-12)
        #expect(result.weights.allSatisfy { $0 >= 0 } && result.nodes.count == 500)
        for probe in result.probes { #expect(abs(probe.weights.reduce(0, +) - 1) <= 1e-12) }
        #expect(result.products == 500)
    }

    /// Oracle: vᵀAᵏv summed directly for the same probe. Gauss quadrature with m nodes is exact to degree 2m − 1, so
    /// that only rounding is left: k eps‖A‖ᵏ times a few.
    @Test func momentsAreExactForEachProbe() throws {
        let values = (0..<60).map { -1 + Double($0) / 30 }
        let result = try density(values, probes: 2, steps: 4, Double.self)
        for (index, probe) in result.probes.enumerated() {
            let vector: Vector<Double> = ProbeDistribution.gaussian.probe(index, dimension: 60, seed: 11)
            for power in 0...7 {
                let exact = zip(values, vector.array).reduce(0) { $0 + pow($1.0, Double(power)) * $1.1 * $1.1 }
                #expect(abs(probe.moment(power) - exact) <= 100 * Double.ulpOfOne)
            }
        }
    }

    /// Closed form: for v uniform on the sphere Var(P vᵀBv) = 2P/(P + 2) (tr B² − (tr B)²/P). Five standard errors, each
    /// way, of the mean over the probes.
    @Test func traceAndFrobeniusNorm() throws {
        let values = Spectra.clustered(bulk: 500)
        let probes = 12
        let result = try density(values, probes: probes, steps: 30, Double.self)
        for (estimate, power) in [(result.trace, 1.0), (result.frobeniusNormSquared, 2.0)] {
            let form = values.map { pow($0, power) }
            let order = Double(form.count)
            let exact = form.reduce(0, +)
            let square = form.reduce(0) { $0 + $1 * $1 }
            let error = (2 * order / (order + 2) * (square - exact * exact / order) / Double(probes)).squareRoot()
            #expect(abs(estimate.value - exact) <= 5 * error)
            // s² of 12 probes has a relative standard deviation near √(2/11), more for heavy tails: a factor of 3.
            let shown = try #require(estimate.standardError)
            #expect(shown > error / 3 && shown < 3 * error)
        }
    }

    /// Rademacher probes see the diagonal of an operator without error: P vᵀDv = tr D for each, but for rounding in the
    /// probe's length and products (eps each) and in the sum.
    @Test func rademacherIsExactOnADiagonal() throws {
        let values = (1...400).map { 1 / Double($0) }
        let exact = values.reduce(0, +)
        let result = try density(values, probes: 3, steps: 10, distribution: .rademacher, Double.self)
        #expect(abs(result.trace.value - exact) <= 20 * Double.ulpOfOne * exact)
        let direct = try traceEstimate(
            of: Spectra.diagonal(values, Double.self),
            SpectralDensityConfiguration(probes: 3, distribution: .rademacher, seed: 11))
        #expect(abs(direct.value - exact) <= 20 * Double.ulpOfOne * exact)
    }

    /// Hutchinson's estimate and the first moment of the quadrature are the same number for the same probes.
    @Test func traceEstimateIsTheFirstMoment() throws {
        let values = Spectra.clustered(bulk: 300)
        let result = try density(values, probes: 4, steps: 20, Double.self)
        let direct = try traceEstimate(
            of: Spectra.diagonal(values, Double.self), SpectralDensityConfiguration(probes: 4, seed: 11))
        let scale = Double(values.count) * 20
        #expect(abs(direct.value - result.trace.value) <= 20 * Double.ulpOfOne * scale)
        #expect(abs(direct.standardError! - result.trace.standardError!) <= 20 * Double.ulpOfOne * scale)
    }

    /// Oracle: the spectrum. For a function with Lipschitz constant 1 Jackson's theorem gives a polynomial of degree
    /// 2m − 1 within (π/2) r / (2m) on an interval of half-width r; quadrature and measure agree on it, so that
    /// W₁ ≤ π r / (2m) for each probe. The probes' own spread: Var F_v(t) = 2 F (1 − F) / (P + 2) ≤ 1 / (2P), so that
    /// E ∫ |F_v − F| ≤ 2r / √(2PM); three times that is allowed.
    @Test func densityOfAGivenDiagonal() throws {
        let values = (0..<2000).map { cos(Double($0) * 0.001) + Double($0 % 7) * 0.1 }
        try distance(values, operator: Spectra.diagonal(values, Float.self))
        try distance(values, operator: Spectra.diagonal(values, Double.self))
    }

    /// The same for a sample of the Gaussian orthogonal ensemble, whose exact spectrum LAPACK gives.
    @Test func densityOfARandomMatrix() throws {
        let order = 300
        var source = RandomSource(seed: 5, stream: "goe")
        let matrix = Matrix<Double>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0...row {
                let entry = source.normal() * ((row == column ? 2.0 : 1) / Double(order)).squareRoot()
                matrix[row, column] = entry
                matrix[column, row] = entry
            }
        }
        let values = try SymmetricEigenvalues.values(of: matrix)
        try distance(values, operator: DenseOperator(Spectra.rounded(matrix, Float.self)))
    }

    private func distance<Operator: SymmetricOperator>(_ values: [Double], operator target: Operator) throws {
        let probes = 4
        let steps = 40
        let result = try spectralDensity(
            of: target,
            SpectralDensityConfiguration(probes: probes, seed: 2, lanczos: LanczosConfiguration(steps: steps)))
        let half = (values.max()! - values.min()!) / 2
        let quadrature = Double.pi * half / (2 * Double(steps))
        let spread = 2 * half / (2 * Double(values.count * probes)).squareRoot()
        let distance = result.wassersteinDistance(to: values)
        #expect(distance <= quadrature + 3 * spread, "\(distance)")
        // W₁ obeys the triangle inequality: moving the oracle by its own width must show as that.
        let shifted = result.wassersteinDistance(to: values.map { $0 + 2 * half })
        #expect(shifted >= 2 * half - distance)
    }

    /// Closed form: two point masses. ∫|F − G| of {0: ½, 1: ½} against {0, 0, 0, 1} is ¼.
    @Test func wassersteinDistanceOfPointMasses() throws {
        let result = try density([0, 0, 1, 1], probes: 1, steps: 4, distribution: .rademacher, Double.self)
        #expect(result.probes[0].nodes.count == 2)
        #expect(abs(result.wassersteinDistance(to: [0, 0, 0, 1]) - 0.25) <= 20 * Double.ulpOfOne)
        #expect(abs(result.wassersteinDistance(to: [2, 2]) - 1.5) <= 20 * Double.ulpOfOne)
        #expect(abs(result.cumulative(at: 0.5) - 0.5) <= 20 * Double.ulpOfOne)
    }

    /// Closed form: a multiple of the identity smooths to one Gaussian. exp's argument is off by (t − θ)/σ² · eps of t,
    /// 4 · 10⁻¹² at the steepest place for σ = 0.003 and t near 3; mass by the trapezoid rule's far smaller error and
    /// the two tails beyond 8.5σ.
    @Test func smoothingIsAGaussian() throws {
        let result = try density([Double](repeating: 3, count: 20), probes: 3, steps: 5, Double.self)
        let smooth = result.smoothed(points: 500)
        let sigma = 1e-5.squareRoot()
        #expect(abs(smooth.sigma - sigma) <= 1e-16 && smooth.grid.count == 500)
        #expect(abs(smooth.mass - 1) <= 1e-10)
        let height = 1 / (sigma * (2 * Double.pi).squareRoot())
        for (t, value) in zip(smooth.grid, smooth.values) {
            let exact = height * exp(-(t - 3) * (t - 3) / (2 * sigma * sigma))
            #expect(abs(value - exact) <= 1e-10 * height)
        }
        #expect(try #require(smooth.standardErrors).allSatisfy { $0 <= 1e-10 * height })
    }

    /// A grid coarser than σ loses or invents mass, and must say so rather than hide it.
    @Test func aCoarseGridShowsInTheMass() throws {
        let result = try density(Spectra.clustered(bulk: 100), probes: 2, steps: 30, Double.self)
        #expect(abs(result.smoothed().mass - 1) <= 1e-10)
        #expect(abs(result.smoothed(sigma: 1e-4, points: 200).mass - 1) > 1e-3)
    }

    /// The band is the standard error of the curves at each point, here by the formula for two probes, |a − b| / 2.
    @Test func theBandIsTheSpreadBetweenProbes() throws {
        let both = try density(Spectra.clustered(bulk: 100), probes: 2, steps: 30, Double.self)
        let smooth = both.smoothed(sigma: 0.3, points: 50)
        let errors = try #require(smooth.standardErrors)
        let height = 1 / (0.3 * (2 * Double.pi).squareRoot())
        for (index, t) in smooth.grid.enumerated() {
            let curves = both.probes.map { probe in
                zip(probe.nodes, probe.weights).reduce(0) {
                    $0 + $1.1 * height * exp(-(t - $1.0) * (t - $1.0) / (2 * 0.3 * 0.3))
                }
            }
            #expect(abs(errors[index] - abs(curves[0] - curves[1]) / 2) <= 1e-12)
        }
    }

    /// One more probe changes none of the others, and the number that advance together changes nothing.
    @Test func probesAreIndependent() throws {
        let values = Spectra.clustered(bulk: 400)
        let four = try density(values, probes: 4, steps: 40, Float.self)
        let five = try density(values, probes: 5, steps: 40, Float.self)
        #expect(four.probes == Array(five.probes.prefix(4)))
        #expect(five.probes[4] != five.probes[3])
    }
}
