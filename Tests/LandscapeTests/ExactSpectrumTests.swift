import Checkpoints
import Files
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Exact spectra against PyTorch's, and the two methods against each other and against matrices formed from definitions.
@Suite struct ExactSpectrumTests {
    static let gramKinds = OperatorTests.kinds
    static let families = ArchitectureFamily.allCases
    static let seeds = Array(501...505 as ClosedRange<UInt64>)
    /// The largest matrices of the reference cases take seconds each, and are left to the long tests of the commands.
    static let small = ReferenceCase.names.filter {
        !["mlp_medium_spectrum", "vit_class_token_cross_entropy"].contains($0)
    }

    /// Oracle: `hessian_eigenvalues`, `ggn_eigenvalues` and `gradient_covariance_eigenvalues` of PyTorch in double
    /// precision. Weyl: an eigenvalue is off by at most the norm of the matrix's error, which is relative to the largest.
    @Test(arguments: small) func denseSpectraAreThoseOfPyTorch(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let wide: LinearisedNetwork<Double> = try reference.linearised(directions: 4, workers: Workers(2))
        let hessian = try ExactSpectrum(wide, Self.configuration(.hessian))
        #expect(hessian.method == .dense && hessian.impliedZeros == 0)
        try check(hessian, reference, "hessian_eigenvalues", 1e-10)
        #expect(hessian.errors.asymmetry! < 1e-12 && hessian.errors.total < 1e-11 * hessian.spectralNorm)
        let trace = try reference.expected.doubles("hessian_trace")[0]
        #expect(abs(hessian.trace - trace) <= 1e-10 * hessian.frobeniusNormSquared.squareRoot() * 30)
        // Single precision's own matrix: its rounding shows in the asymmetry, and bounds what PyTorch's differ by.
        let narrow: LinearisedNetwork<Float> = try reference.linearised(directions: 4, workers: Workers(2))
        var configuration = Self.configuration(.hessian)
        configuration.arithmetic = .network
        let single = try ExactSpectrum(narrow, configuration)
        try check(single, reference, "hessian_eigenvalues", 1e-4)
        #expect(single.errors.asymmetry! > 1e-9 && single.errors.asymmetry! < 1e-4)
    }

    @Test(arguments: ReferenceCase.names) func gramSpectraAreThoseOfPyTorch(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let wide: LinearisedNetwork<Double> = try reference.linearised(directions: 0, workers: Workers(2))
        let narrow: LinearisedNetwork<Float> = try reference.linearised(directions: 0, workers: Workers(2))
        let ggn = try ExactSpectrum(wide, Self.configuration(.gaussNewton, .gram))
        #expect(ggn.method == .gram && ggn.dimension == wide.network.layout.count)
        try check(ggn, reference, "ggn_eigenvalues", 1e-10)
        // Parameters and inputs are rounded to single, the arithmetic is double.
        try check(ExactSpectrum(narrow, Self.configuration(.gaussNewton, .gram)), reference, "ggn_eigenvalues", 1e-4)
        var configuration = Self.configuration(.gaussNewton, .gram)
        configuration.arithmetic = .network
        try check(ExactSpectrum(narrow, configuration), reference, "ggn_eigenvalues", 1e-4)
        let covariance = try ExactSpectrum(wide, Self.configuration(.gradientCovariance, .gram))
        let exact = try reference.expected.doubles("gradient_covariance_eigenvalues").sorted()
        #expect(covariance.eigenvalues.count == exact.count)
        #expect(zip(covariance.eigenvalues, exact).allSatisfy { abs($0 - $1) < 1e-10 * exact.last! })
    }

    private func check(
        _ found: ExactSpectrum, _ reference: ReferenceCase, _ key: String, _ tolerance: Double
    ) throws {
        let exact = try reference.expected.doubles(key).sorted()
        let all = found.allEigenvalues
        #expect(all.count == exact.count && found.dimension == exact.count)
        let size = max(abs(exact.first!), abs(exact.last!))
        let worst = zip(all, exact).map { abs($0 - $1) }.max()!
        #expect(worst <= tolerance * size, "\(key): \(worst)")
    }

    /// Oracle: LAPACK on the matrix formed from its definition. Both methods, all kinds; errors are within what the
    /// results say of themselves (both sides round: twice that, and the oracle's own 1e-14).
    @Test(arguments: families, seeds)
    func bothMethodsFindTheSpectrumOfTheMatrix(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try checkMethods(OperatorBench(RandomProblem(family, seed: seed, mostParameters: 120)))
    }

    @Test(arguments: seeds.prefix(3)) func bothMethodsFindTheSpectrumOfTwoHot(_ seed: UInt64) throws {
        try checkMethods(OperatorBench.twoHot(seed: seed))
    }

    private func checkMethods(_ bench: OperatorBench) throws {
        for kind in Self.gramKinds {
            let target = OperatorConfiguration(kind, samples: 2, seed: 9)
            guard let matrix = try bench.matrix(target) else {
                let fault = #expect(throws: Fault.self) {
                    try ExactSpectrum(bench.linearised, ExactConfiguration(target))
                }
                #expect(fault?.kind == .usage)
                continue
            }
            let exact = try SymmetricEigenvalues.values(of: matrix)
            let trace = (0..<matrix.rows).reduce(0) { $0 + matrix[$1, $1] }
            for method in ExactMethod.allCases {
                let found = try ExactSpectrum(bench.linearised, ExactConfiguration(target, method: method))
                let all = found.allEigenvalues
                #expect(found.method == method && found.dimension == matrix.rows && all.count == exact.count)
                let worst = zip(all, exact).map { abs($0 - $1) }.max()!
                #expect(worst <= 2 * found.errors.total + 1e-13 * max(trace, 1e-6), "\(kind) \(method)")
                #expect(found.errors.total <= 1e-12 * max(trace, 1e-6))
                #expect(found.eigenvalues.count + found.impliedZeros == found.dimension)
            }
        }
    }

    /// Oracle: the spectrum in double precision of the same numbers. What single precision's Gram matrices are off by is
    /// within the error that they state, which is not wide of the mark: within 10⁻³ of the trace.
    @Test(arguments: families, seeds)
    func singlePrecisionIsWithinItsStatedError(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let narrow: LinearisedNetwork<Float> = try RandomProblem(family, seed: seed, mostParameters: 300)
            .linearised(directions: 2)
        for kind in [OperatorKind.gaussNewton, .tangentKernel] {
            var configuration = ExactConfiguration(OperatorConfiguration(kind), method: .gram)
            let wide = try ExactSpectrum(narrow, configuration)
            configuration.arithmetic = .network
            let single = try ExactSpectrum(narrow, configuration)
            // A factor of a loss with kinks may lose or win a row between the precisions.
            guard single.eigenvalues.count == wide.eigenvalues.count else { continue }
            let worst = zip(single.eigenvalues, wide.eigenvalues).map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= single.errors.total + wide.errors.total, "\(kind)")
            #expect(single.errors.total <= 1e-3 * max(wide.trace, 1e-6))
        }
    }

    /// Closed form: eigenvectors are the matrix's; residuals and orthogonality to rounding.
    @Test func vectorsAreTheMatrixsOwn() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_spectral_norm_mse").linearised()
        var configuration = Self.configuration(.hessian)
        configuration.wantsVectors = true
        let found = try ExactSpectrum(linearised, configuration)
        let vectors = try #require(found.vectors)
        let scale = found.spectralNorm
        #expect(found.largestResidual! <= 303 * Double.ulpOfOne * scale)
        #expect(Basis.orthogonalityLoss(of: vectors, workers: .one) < 303 * Double.ulpOfOne)
        let hessian = CurvatureOperator(.hessian, of: linearised)
        for row in [0, 150, 302] {
            let image = try hessian.product(with: vectors.row(row))
            image.add(-found.eigenvalues[row], vectors.row(row))
            #expect(image.norm <= 2 * found.errors.total + found.largestResidual! + 1e-13 * scale)
        }
        configuration.target.kind = .gaussNewton
        configuration.method = .gram
        let fault = #expect(throws: Fault.self) { try ExactSpectrum(linearised, configuration) }
        #expect(fault?.kind == .usage && fault?.what.contains("eigenvectors") == true)
    }

    /// Oracle: sums over the eigenvalues written out, the implied zeros among them.
    @Test func questionsAreAnsweredFromAllEigenvalues() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_tanh_cross_entropy").linearised()
        let found = try ExactSpectrum(linearised, Self.configuration(.gaussNewton, .gram))
        let all = found.allEigenvalues
        #expect(all == all.sorted() && all.count == 367 && found.impliedZeros == 367 - 60)
        #expect(found.moment(0) == 1)
        for power in 1...3 {
            let sum = all.reduce(0) { sum, value in sum + (0..<power).reduce(1.0) { p, _ in p * value } }
            #expect(abs(found.moment(power) - sum / 367) <= 1e-14 * sum)
        }
        #expect(abs(found.moment(1) * 367 - found.trace) <= 1e-14 * found.trace)
        #expect(abs(found.moment(2) * 367 - found.frobeniusNormSquared) <= 1e-14 * found.frobeniusNormSquared)
        for t in [-1, -1e-30, 0, all[330], all[350] * 1.0000001, 1e9] {
            #expect(found.cumulative(at: t) == Double(all.count { $0 <= t }) / 367)
        }
        #expect(found.count(above: all[360]) == 6 && found.count(above: 0) == all.count { $0 > 0 })
        #expect(found.spectralNorm == all[366] && found.numericalRank <= 60)
        #expect(found.indistinguishableFromZero + found.numericalRank == 367)
    }

    /// The cheaper method is taken, and both costs are told; what does not fit is refused with its sizes, and what merely
    /// takes long is done when asked for by name.
    @Test func methodsAreChosenByCost() throws {
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_tanh_cross_entropy").linearised()
        let chosen = try ExactSpectrum(linearised, Self.configuration(.gaussNewton))
        #expect(chosen.method == .gram && chosen.costs.map(\.method) == [.dense, .gram])
        #expect(chosen.costs.map(\.order) == [367, 60] && chosen.costs[1].operations < chosen.costs[0].operations)
        #expect(try ExactSpectrum(linearised, Self.configuration(.hessian)).costs.map(\.method) == [.dense])
        // 1000 examples of a network of 17 parameters: dense.
        let network = try Network<Float>(Bench.mlp(2, 3, 2))
        let inputs = Matrix<Float>(rows: 1000, columns: 2)
        var source = RandomSource(seed: 1)
        inputs.elements.fillNormal(using: &source)
        let many = try LinearisedNetwork(
            network, at: Parameters(initialising: network.layout, seed: 1), inputs: inputs,
            loss: CrossEntropy(labels: (0..<1000).map { $0 % 2 }), directions: 1, workers: .one)
        let dense = try ExactSpectrum(many, Self.configuration(.gaussNewton))
        #expect(dense.method == .dense && dense.dimension == 17)
        // The Gram matrix of more vectors than dimensions has zeros of its own, which are not the matrix's.
        let gram = try ExactSpectrum(many, Self.configuration(.gaussNewton, .gram))
        #expect(gram.eigenvalues.count == 17 && gram.impliedZeros == 0)
        let size = dense.spectralNorm
        #expect(zip(gram.eigenvalues, dense.eigenvalues).allSatisfy { abs($0 - $1) < 1e-12 * size })

        var poor = Self.configuration(.gaussNewton)
        poor.maximumOperations = 1e4
        let slow = #expect(throws: Fault.self) { try ExactSpectrum(linearised, poor) }
        #expect(
            slow?.kind == .usage && slow?.what.contains("order 367") == true && slow?.what.contains("order 60") == true)
        poor.method = .gram
        #expect(try ExactSpectrum(linearised, poor).method == .gram)
        poor.maximumBytes = 1 << 16
        let large = #expect(throws: Fault.self) { try ExactSpectrum(linearised, poor) }
        #expect(large?.kind == .usage && large?.what.contains("MB") == true)
        poor.target.kind = .hessian
        #expect(throws: Fault.self) { try ExactSpectrum(linearised, poor) }
    }

    /// Oracle: the bytes of one worker with all repeated examples in memory. Where the limit leaves no room for the
    /// dense method, that is not a way.
    @Test(arguments: [OperatorKind.gaussNewton, .gradientCovariance, .tangentKernel])
    func memoryAndWorkersChangeNoByte(_ kind: OperatorKind) throws {
        let problem = try RandomProblem(.mlp, seed: 513, examples: 300, mostParameters: 200)
        let all: LinearisedNetwork<Float> = try problem.linearised(directions: 0)
        var configuration = Self.configuration(kind, .gram)
        configuration.arithmetic = .network
        let expected = try ExactSpectrum(all, configuration)
        #expect(expected.costs.map(\.method) == [.dense, .gram])
        let plan = try all.memoryPlan(examples: 300 * all.network.outputCount, directions: 0)
        for workers in [1, 2, 3] {
            let limited: LinearisedNetwork<Float> = try problem.linearised(
                LinearisationConfiguration(
                    directions: 0, memoryLimit: plan.bytesForAll / 2, workers: Workers(workers)))
            let found = try ExactSpectrum(limited, configuration)
            #expect(found.eigenvalues == expected.eigenvalues && found.costs.map(\.method) == [.gram])
        }
        let tight: LinearisedNetwork<Float> = try problem.linearised(
            LinearisationConfiguration(directions: 0, memoryLimit: all.memory.bytesForAll, workers: .one))
        #expect(throws: Fault.self) { try ExactSpectrum(tight, Self.configuration(.hessian)) }
    }

    /// Products are told, and what is thrown there stops the work.
    @Test func denseWorkCanBeStopped() throws {
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_spectral_norm_mse").linearised()
        var told: [Int] = []
        #expect(throws: KrylovFailure.self) {
            try ExactSpectrum(linearised, Self.configuration(.hessian)) { done in
                told.append(done)
                if done >= 100 { throw KrylovFailure.productIsNotFinite(product: 0) }
            }
        }
        #expect(told == Array(stride(from: 8, through: 104, by: 8)))
    }

    private static func configuration(_ kind: OperatorKind, _ method: ExactMethod? = nil) -> ExactConfiguration {
        ExactConfiguration(OperatorConfiguration(kind), method: method)
    }
}
