import Krylov
import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct DeflationTests {
    /// Unit vectors of the diagonal's entries above 0.6 in modulus: exact eigenvectors, in either precision.
    static func exact<Element: Scalar>(_ values: [Double], _: Element.Type) -> Deflation<Element> {
        let places = values.indices.filter { abs(values[$0]) > 0.6 }
        let vectors = Matrix<Element>(rows: places.count, columns: values.count)
        for (row, place) in places.enumerated() { vectors[row, place] = 1 }
        return Deflation(
            values: places.map { Double(Element(values[$0])) },
            residuals: places.map { _ in 0 }, vectors: vectors)
    }

    private func configuration(
        probes: Int, steps: Int, seed: UInt64 = 3, _ mode: Reorthogonalisation = .partial
    ) -> SpectralDensityConfiguration {
        SpectralDensityConfiguration(
            probes: probes, seed: seed,
            lanczos: LanczosConfiguration(steps: steps, reorthogonalisation: mode, probesAtOnce: 3))
    }

    /// Oracle: the spectrum. Outliers are atoms of weight 1/P to the last bit, and the probes see nothing of them: no node
    /// beyond the bulk but for rounding (20 eps‖A‖, as in `LanczosTests`), and the share above 0.6 is 9/P without error.
    @Test(arguments: Reorthogonalisation.allCases)
    func outliersAreCounted(_ mode: Reorthogonalisation) throws {
        try counted(mode, Float.self)
        try counted(mode, Double.self)
    }

    private func counted<Element: Scalar>(_ mode: Reorthogonalisation, _ type: Element.Type) throws {
        let values = Spectra.clustered(bulk: 800)
        let result = try spectralDensity(
            of: Spectra.diagonal(values, type), deflating: Self.exact(values, type),
            configuration(probes: 5, steps: 120, mode))
        let order = Double(values.count)
        let rounding = 20 * Spectra.epsilon(type) * 20
        #expect(result.outliers.map(\.value) == Spectra.outliers.map { Double(Element($0)) }.sorted())
        #expect(result.weights.prefix(11).allSatisfy { $0 == 1 / order })
        #expect(abs(result.weights.reduce(0, +) - 1) <= 1e-12)
        #expect(result.probes.allSatisfy { $0.nodes.allSatisfy { abs($0) <= 0.5 + rounding } })
        let share = result.cumulativeEstimate(at: 0.6)
        #expect(abs(share.value - (order - 9) / order) <= 1e-12 && share.standardError! <= 1e-12)
        // Semi-orthogonality, against the deflated vectors as well.
        #expect(result.orthogonalityLoss <= Spectra.epsilon(type).squareRoot())
        #expect(result.deflationError == 0)
    }

    /// Oracle: rank 3 of 200, all of it deflated. What is left is rounding, whose scale is that of the whole operator: the
    /// process ends at once instead of running on noise, and the bulk is zero to 30 eps‖A‖.
    @Test func whatIsLeftMayBeRoundingAlone() throws {
        let matrix = Spectra.dense(values: [3, 2, -1], dimension: 200, seed: 5)
        let system = try SymmetricEigenvalues.system(of: matrix)
        let vectors = Matrix<Double>(rows: 3, columns: 200)
        for (row, index) in [0, 198, 199].enumerated() { vectors.row(row).assign(system.vectors.row(index)) }
        let deflation = Deflation(values: [-1, 2, 3], residuals: [0, 0, 0], vectors: vectors)
        let result = try spectralDensity(
            of: DenseOperator(matrix), deflating: deflation, configuration(probes: 4, steps: 40))
        #expect(result.probes.allSatisfy { $0.nodes.allSatisfy { abs($0) <= 90 * Double.ulpOfOne } })
        #expect(abs(result.trace.value - 4) <= 1e-11 && abs(result.frobeniusNormSquared.value - 14) <= 1e-11)
    }

    /// A bulk in [1, 2] does not hold 0, which is what a deflated vector has for an eigenvalue: were a Lanczos vector not
    /// held off V, rounding would grow by |T_j(−3)| ≈ 5.8ʲ/2 and a ghost at 0 would come within 10 steps. A dense
    /// matrix, since to a diagonal's unit vectors no rounding comes back. Oracle: the bulk's ends, to 20 eps‖A‖ as in
    /// `LanczosTests`; rounding the matrix moves eigenvalues by ½ eps ‖A‖_F, less than a tenth of that.
    @Test(arguments: Reorthogonalisation.allCases)
    func deflatedVectorsDoNotReturn(_ mode: Reorthogonalisation) throws {
        let outliers = [40.0, 50, -30]
        let values = outliers + (0..<200).map { 1 + Double($0) / 199 }
        let matrix = Spectra.dense(values: values, dimension: values.count, seed: 2)
        let vectors = Spectra.orthonormal(values.count, dimension: values.count, seed: 2).rows(0..<3)
        let deflation = Deflation(
            values: outliers, residuals: [0, 0, 0],
            vectors: Vector<Float>(rounding: vectors.array).matrix(
                rows: 3, columns: values.count))
        let result = try spectralDensity(
            of: DenseOperator(Spectra.rounded(matrix, Float.self)), deflating: deflation,
            configuration(probes: 4, steps: 100, mode))
        let rounding = 20 * Spectra.epsilon(Float.self) * 50
        for probe in result.probes {
            #expect(probe.nodes.allSatisfy { $0 >= 1 - rounding && $0 <= 2 + rounding }, "\(probe.nodes[0])")
        }
        #expect(result.orthogonalityLoss <= Spectra.epsilon(Float.self).squareRoot())
    }

    /// At equal products, those of the search for the pairs included, deflation must bring the density closer. Oracle:
    /// the spectrum. Undeflated each of the 11 outliers' weights is off by √(2/M)/P, so W₁ is off by about
    /// √(2/M) √Σλ²/P; deflated by the bulk's own error alone. The bound is five: the factor of the two predictions
    /// is above ten, and one run of either strays by less than two.
    @Test func deflationIsCloserAtEqualProducts() throws {
        let values = Spectra.clustered(bulk: 1000).map { abs($0) > 0.6 ? $0 * 5 : $0 }
        let target = Spectra.diagonal(values, Double.self)
        var search = ExtremeConfiguration(end: .largestMagnitude, tolerance: 1e-8, maximumSteps: 1000, seed: 4)
        search.basisLimit = nil
        let pairs = try extremeEigenpairs(of: target, count: 11, search)
        #expect(pairs.converged)
        let deflation = Deflation(pairs.pairs, dimension: values.count)
        let steps = 50
        let probes = 12
        var ratios: [Double] = []
        for seed in 0..<8 {
            let inner = try spectralDensity(
                of: target, deflating: deflation, configuration(probes: probes, steps: steps, seed: UInt64(seed)))
            let extra = (pairs.products + steps - 1) / steps
            let plain = try spectralDensity(
                of: target, configuration(probes: probes + extra, steps: steps, seed: UInt64(seed)))
            #expect(plain.products >= inner.products + pairs.products)
            ratios.append(plain.wassersteinDistance(to: values) / inner.wassersteinDistance(to: values))
        }
        let median = ratios.sorted()[4]
        #expect(median >= 5, "\(ratios)")
    }

    /// Bound: Lidskii's and Mirsky's theorem, derived at `Deflation`. Vectors tilted by 0.1 to 0.3 into the bulk have
    /// residuals that are not small; the exact eigenvalues of what is left, by LAPACK, with their Rayleigh quotients must
    /// lie within the bound that the density states, and their sum must be the trace.
    @Test func residualsBoundTheError() throws {
        let values = (0..<60).map { -0.5 + Double($0) / 59 } + [3.0, 4.0, -2.0]
        let order = values.count
        let vectors = Matrix<Double>(rows: 3, columns: order)
        var quotients: [Double] = []
        var residuals: [Double] = []
        for row in 0..<3 {
            let angle = 0.1 * Double(row + 1)
            let (large, small) = (60 + row, 10 * row + 5)
            vectors[row, large] = cos(angle)
            vectors[row, small] = sin(angle)
            quotients.append(cos(angle) * cos(angle) * values[large] + sin(angle) * sin(angle) * values[small])
            residuals.append(abs(cos(angle) * sin(angle) * (values[large] - values[small])))
        }
        // (I − VᵀV) A (I − VᵀV) with the deflated directions moved to 100, so that they are known among the eigenvalues.
        let rest = Matrix<Double>(rows: order, columns: order)
        for i in 0..<order {
            for j in 0..<order {
                var sum = 0.0
                for l in 0..<order { sum += complement(vectors, i, l) * values[l] * complement(vectors, l, j) }
                rest[i, j] = sum + 100 * ((i == j ? 1 : 0) - complement(vectors, i, j))
            }
        }
        let bulk = try SymmetricEigenvalues.values(of: rest).sorted().dropLast(3)
        let found = (Array(bulk) + quotients).sorted()
        let moved = zip(found, values.sorted()).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(order)
        let result = try spectralDensity(
            of: Spectra.diagonal(values, Double.self),
            deflating: Deflation(values: quotients, residuals: residuals, vectors: vectors),
            configuration(probes: 2, steps: 60))
        let rho = residuals.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(result.deflationError - 2 * 3.0.squareRoot() * rho / Double(order)) <= 1e-12)
        #expect(moved > 1e-3 && moved <= result.deflationError, "\(moved)")
        #expect(abs(found.reduce(0, +) - values.reduce(0, +)) <= 1e-10)
        // The quadrature is of that rest: its extreme nodes lie within its spectrum.
        for probe in result.probes {
            #expect(probe.nodes.first! >= bulk.first! - 1e-12 && probe.nodes.last! <= bulk.last! + 1e-12)
        }
    }

    private func complement(_ vectors: Matrix<Double>, _ i: Int, _ j: Int) -> Double {
        (i == j ? 1 : 0) - (0..<vectors.rows).reduce(0) { $0 + vectors[$1, i] * vectors[$1, j] }
    }

    /// All eigenvalues taken out: nothing is random, and nothing is off.
    @Test func everythingDeflatedIsExact() throws {
        let values = [1.0, 2, 4, 9]
        let vectors = Matrix<Double>(rows: 4, columns: 4)
        for index in 0..<4 { vectors[index, index] = 1 }
        let all = Deflation(values: values, residuals: [0, 0, 0, 0], vectors: vectors)
        let target = Spectra.diagonal(values, Double.self)
        let result = try spectralDensity(of: target, deflating: all, configuration(probes: 3, steps: 5))
        #expect(result.trace == Estimate(value: 16, standardError: 0) && result.products == 0)
        #expect(result.wassersteinDistance(to: values) == 0 && result.cumulativeEstimate(at: 2).value == 0.5)
        #expect(abs(result.smoothed().mass - 1) <= 1e-10)
        let other = try chebyshevDensity(of: target, deflating: all, ChebyshevConfiguration(probes: 3, steps: 5))
        #expect(other.trace == Estimate(value: 16, standardError: 0) && other.cumulative(at: 3) == 0.5)
    }

    @Test func vectorsThatAreNotOrthonormalAreRefused() throws {
        let vectors = Matrix<Double>(rows: 2, columns: 5)
        vectors[0, 0] = 1
        vectors[1, 0] = 1e-3
        vectors[1, 1] = 1
        let deflation = Deflation(values: [1, 2], residuals: [0, 0], vectors: vectors)
        #expect(throws: DensityFailure.deflationNotOrthonormal(loss: 1e-3, bound: Double.ulpOfOne.squareRoot())) {
            _ = try spectralDensity(
                of: Spectra.diagonal([1, 2, 3, 4, 5], Double.self), deflating: deflation,
                configuration(probes: 1, steps: 2))
        }
    }
}
