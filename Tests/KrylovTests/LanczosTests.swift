import Foundation
import Krylov
import LinearAlgebra
import Testing

@Suite struct LanczosTests {
    /// Oracle: the diagonal itself. Each isolated outlier must be seen once: a ghost would be a second Ritz value beside
    /// it, a missed one none. The bulk lies within 0.5, far from the outliers; outliers are 0.01 apart, and the window is
    /// a quarter of that. A converged Ritz value is off by the rounding of the diagonal (½ eps each) and by T's own
    /// error, a few eps‖A‖: 20 eps‖A‖ is allowed, 5 · 10⁻⁵ in single precision.
    @Test(arguments: Reorthogonalisation.allCases)
    func outliersAppearOnceInDouble(_ mode: Reorthogonalisation) throws { try outliers(mode, Double.self) }

    @Test(arguments: Reorthogonalisation.allCases)
    func outliersAppearOnceInFloat(_ mode: Reorthogonalisation) throws { try outliers(mode, Float.self) }

    private func outliers<Element: Scalar>(_ mode: Reorthogonalisation, _ type: Element.Type) throws {
        let values = Spectra.clustered(bulk: 1500)
        let target = Spectra.diagonal(values, type)
        let result = try lanczos(
            target, start: Spectra.start(values.count, type),
            LanczosConfiguration(steps: 240, reorthogonalisation: mode))
        #expect(result.steps == 240 && !result.breakdown)
        let ritz = try result.eigensystem().eigenvalues
        for outlier in Spectra.outliers {
            let near = ritz.filter { abs($0 - outlier) < 0.0025 }
            #expect(near.count == 1, "\(near.count) Ritz values at \(outlier)")
            for value in near { #expect(abs(value - outlier) <= 20 * Spectra.epsilon(type) * 20) }
        }
        #expect(ritz.filter { abs($0) > 0.51 }.count == Spectra.outliers.count)
    }

    /// Bound: √eps is what partial reorthogonalisation promises; full holds rounding, where each of 240 projections
    /// leaves at most 2 eps in every direction.
    @Test func orthogonalityIsHeld() throws {
        try orthogonality(Float.self)
        try orthogonality(Double.self)
    }

    private func orthogonality<Element: Scalar>(_ type: Element.Type) throws {
        let values = Spectra.clustered(bulk: 3000)
        let start = Spectra.start(values.count, type)
        let target = Spectra.diagonal(values, type)
        let epsilon = Spectra.epsilon(type)
        let partial = try lanczos(target, start: start, LanczosConfiguration(steps: 200))
        #expect(partial.orthogonalityLoss <= epsilon.squareRoot(), "\(partial.orthogonalityLoss)")
        #expect(partial.reorthogonalisations > 0 && partial.reorthogonalisations < 100)
        let full = try lanczos(
            target, start: start, LanczosConfiguration(steps: 200, reorthogonalisation: .full))
        // The diagonal of QQᵀ − I carries the rounding of 1/β and of each product with it: 2 · 2 · ½ eps at most, and
        // the measurement sums in the precision itself, with an error that grows as √8192 · ½ eps at most.
        #expect(full.orthogonalityLoss <= (4 + 45) * epsilon, "\(full.orthogonalityLoss)")
        #expect(full.reorthogonalisations == 200)
    }

    /// A spectrum that decays from one end. Towards the lower one the components of what is lost alternate in sign: an
    /// estimate that takes rounding of one sign does not see it, and in single precision all orthogonality goes (|QQᵀ − I| = 1,
    /// 3000 √eps, in NumPy). Bound: √eps.
    @Test(arguments: [1.0, -1], Array(1...4 as ClosedRange<UInt64>))
    func orthogonalityIsHeldTowardsEitherEnd(_ sign: Double, _ seed: UInt64) throws {
        func loss<Element: Scalar>(_ type: Element.Type) throws -> Double {
            let values = (0..<400).map { sign * pow(0.98, Double($0)) }
            let found = try lanczos(
                Spectra.diagonal(values, type), start: Spectra.start(values.count, seed: seed, type),
                LanczosConfiguration(steps: 200))
            return found.orthogonalityLoss / Spectra.epsilon(type).squareRoot()
        }
        #expect(try loss(Float.self) <= 1)
        #expect(try loss(Double.self) <= 1)
    }

    /// Oracle: N A Nᵀ in double precision for an orthonormalised copy N of the basis. Simon's theorem: T differs from it
    /// by O(eps‖A‖); the constant allowed for is the number of steps, by which Σ ωⱼₖ² may exceed one term.
    @Test(arguments: Reorthogonalisation.allCases)
    func tridiagonalIsTheProjection(_ mode: Reorthogonalisation) throws {
        try projection(mode, Float.self)
        try projection(mode, Double.self)
    }

    private func projection<Element: Scalar>(_ mode: Reorthogonalisation, _ type: Element.Type) throws {
        let values = Spectra.clustered(bulk: 700)
        let target = Spectra.diagonal(values, type)
        let steps = 60
        let result = try lanczos(
            target, start: Spectra.start(values.count, type),
            LanczosConfiguration(steps: steps, reorthogonalisation: mode, keepsBasis: true))
        let basis = try #require(result.basis)
        let normal = Vector<Double>(rounding: basis.array.map { Double($0) }).matrix(rows: steps, columns: values.count)
        Spectra.orthonormalise(normal)
        let scaled = Matrix<Double>(rows: steps, columns: values.count)
        let diagonal = Vector<Double>(converting: Vector<Element>(rounding: values))
        for row in 0..<steps { scaled.row(row).assign(product: diagonal, normal.row(row)) }
        let exact = Matrix<Double>(rows: steps, columns: steps)
        exact.assign(product: normal.plain, scaled.transposed)
        let bound = Double(steps) * Spectra.epsilon(type) * 20
        for row in 0..<steps {
            for column in 0...row {
                let expected =
                    row == column ? result.diagonal[row] : row == column + 1 ? result.offDiagonal[column] : 0
                #expect(abs(exact[row, column] - expected) <= bound, "\(row) \(column)")
            }
        }
    }

    /// Oracle: full reorthogonalisation of the same process. The coefficients themselves move with the rounding of all
    /// earlier steps, which convergence amplifies; the eigenvalues of T that have converged do not: 40 eps‖A‖, twice
    /// what each may be off.
    @Test func partialAgreesWithFull() throws {
        try agreement(Float.self)
        try agreement(Double.self)
    }

    private func agreement<Element: Scalar>(_ type: Element.Type) throws {
        let values = Spectra.clustered(bulk: 900)
        let target = Spectra.diagonal(values, type)
        let start = Spectra.start(values.count, type)
        let ritz = try Reorthogonalisation.allCases.map { mode in
            try lanczos(target, start: start, LanczosConfiguration(steps: 120, reorthogonalisation: mode))
                .eigensystem().eigenvalues
        }
        let count = Spectra.outliers.filter { $0 > 0 }.count
        for (full, partial) in zip(ritz[0].suffix(count), ritz[1].suffix(count)) {
            #expect(abs(full - partial) <= 40 * Spectra.epsilon(type) * 20)
        }
    }

    /// Oracle: the matrix is made with five eigenvalues beside 0, so its Krylov space has dimension six.
    @Test(arguments: Reorthogonalisation.allCases)
    func lowRankEndsInABreakdown(_ mode: Reorthogonalisation) throws {
        try lowRank(mode, Float.self)
        try lowRank(mode, Double.self)
    }

    private func lowRank<Element: Scalar>(_ mode: Reorthogonalisation, _ type: Element.Type) throws {
        let values = [5.0, 3, 1, -2, -4]
        let matrix = Spectra.dense(values: values, dimension: 200, seed: 1)
        let target = DenseOperator(Spectra.rounded(matrix, type))
        let result = try lanczos(
            target, start: Spectra.start(200, type), LanczosConfiguration(steps: 50, reorthogonalisation: mode))
        #expect(result.breakdown && result.residualNorm == 0)
        #expect(result.steps == 6 && result.products == 6, "\(result.diagonal) \(result.offDiagonal)")
        // Rounding the matrix moves its eigenvalues by ½ eps‖A‖_F < 4 eps; T adds a few eps‖A‖.
        let ritz = try result.eigensystem().eigenvalues
        for (found, exact) in zip(ritz, [-4.0, -2, 0, 1, 3, 5]) {
            #expect(abs(found - exact) <= 20 * Spectra.epsilon(type) * 5, "\(found) for \(exact)")
        }
    }

    @Test(arguments: Reorthogonalisation.allCases)
    func smallestCases(_ mode: Reorthogonalisation) throws {
        let zero = try lanczos(
            Spectra.diagonal([Double](repeating: 0, count: 30), Float.self), start: Spectra.start(30, Float.self),
            LanczosConfiguration(steps: 10, reorthogonalisation: mode))
        #expect(zero.breakdown && zero.diagonal == [0] && zero.offDiagonal.isEmpty)
        let one = try lanczos(
            Spectra.diagonal([3], Double.self), start: Vector([-2.0]),
            LanczosConfiguration(steps: 10, reorthogonalisation: mode))
        #expect(one.breakdown && one.diagonal == [3] && one.offDiagonal.isEmpty)
        // More steps than dimensions: the whole spectrum, each value to a few eps‖A‖.
        let values = (1...12).map { Double($0 * $0) }
        let all = try lanczos(
            Spectra.diagonal(values, Double.self), start: Spectra.start(12, Double.self),
            LanczosConfiguration(steps: 40, reorthogonalisation: mode))
        #expect(all.breakdown && all.steps == 12)
        for (found, exact) in zip(try all.eigensystem().eigenvalues, values) {
            #expect(abs(found - exact) <= 20 * Double.ulpOfOne * 144)
        }
    }

    /// Same bytes for any number of workers, and for probes together or alone.
    @Test(arguments: Reorthogonalisation.allCases)
    func sameBytesForAnyWorkers(_ mode: Reorthogonalisation) throws {
        let values = Spectra.clustered(bulk: 100_000)
        let target = Spectra.diagonal(values, Float.self)
        let starts: [Vector<Float>] = (0..<3).map {
            ProbeDistribution.gaussian.probe($0, dimension: values.count, seed: 3)
        }
        var runs: [[[Double]]] = []
        for (workers, atOnce) in [(1, 1), (2, 2), (3, 3)] {
            let configuration = LanczosConfiguration(
                steps: 25, reorthogonalisation: mode, probesAtOnce: atOnce, workers: Workers(workers))
            let results = try lanczos(target, starts: starts, configuration)
            runs.append(results.map { $0.diagonal + $0.offDiagonal + [$0.residualNorm, $0.orthogonalityLoss] })
        }
        #expect(runs[0] == runs[1] && runs[0] == runs[2])
    }

    /// A kept basis is each probe's own, though the memory serves several batches.
    @Test func keptBasesAreNotShared() throws {
        let target = Spectra.diagonal((0..<50).map(Double.init), Double.self)
        let starts: [Vector<Double>] = (0..<2).map { ProbeDistribution.gaussian.probe($0, dimension: 50, seed: 1) }
        let results = try lanczos(target, starts: starts, LanczosConfiguration(steps: 5, keepsBasis: true))
        for (result, start) in zip(results, starts) {
            // Both have length 1 but for rounding in 50 products.
            #expect(abs(result.basis!.row(0).dot(start) - 1) <= 50 * Double.ulpOfOne)
        }
    }

    @Test func whatIsNotFiniteIsRefused() throws {
        let bad = Spectra.diagonal([1, 2, .nan, 4], Float.self)
        for mode in Reorthogonalisation.allCases {
            #expect(throws: KrylovFailure.productIsNotFinite(product: 1)) {
                try lanczos(
                    bad, start: Vector<Float>([1, 1, 1, 1]), LanczosConfiguration(steps: 3, reorthogonalisation: mode))
            }
        }
        #expect(throws: KrylovFailure.unusableStart(norm: 0)) {
            try lanczos(bad, start: Vector<Float>(count: 4), LanczosConfiguration(steps: 3))
        }
    }
}
