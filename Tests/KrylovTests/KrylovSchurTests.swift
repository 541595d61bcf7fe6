import LinearAlgebra
import Testing

@testable import Krylov

/// The decomposition under the search for extremes, and the bounds that it is judged by.
@Suite struct KrylovSchurTests {
    private func operatorOfOrder(_ order: Int) -> DiagonalOperator<Double> {
        let values = (0..<order).map { (index: Int) -> Double in Double(index * index % 37) - 0.3 * Double(index) }
        return Spectra.diagonal(values, Double.self)
    }

    /// Oracle: A applied to every expanded row. A Qᵀ − Qᵀ T − Wᵀ B must vanish up to rounding, a few eps‖A‖ for each of
    /// the rows; the rows must be orthonormal.
    private func expectDecomposition(
        _ schur: KrylovSchur<Double>, of target: DiagonalOperator<Double>, location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(Set(schur.expanded + schur.pending) == Set(0..<schur.used), sourceLocation: location)
        let rounding = 10 * Double.ulpOfOne * schur.norm * Double(schur.used)
        for column in schur.expanded {
            let image = try target.product(with: schur.basis.row(column))
            for row in 0..<schur.used { image.add(-schur.projection[row, column], schur.basis.row(row)) }
            #expect(image.norm <= rounding, sourceLocation: location)
        }
        let loss = orthogonalityLoss(of: schur.basis.rows(0..<schur.used), workers: .one)
        #expect(loss <= 20 * Double.ulpOfOne * Double(schur.used), sourceLocation: location)
    }

    /// Rows expanded out of order, random vectors joining, restarts, rows put aside and readmitted.
    @Test func holdsWhateverIsDoneToIt() throws {
        let target = operatorOfOrder(90)
        let schur = KrylovSchur<Double>(rows: 30, dimension: 90, block: 2, seed: 1, workers: .one)
        let first = try #require(schur.addRandomVector())
        let second = try #require(schur.addRandomVector())
        var active = try schur.expand([first, second], with: target)
        for _ in 0..<5 { active = try schur.expand([active.last!, active.first!], with: target) }
        try expectDecomposition(schur, of: target)
        let third = try #require(schur.addRandomVector())
        var chain = try schur.expand([third], with: target)
        for _ in 0..<3 { chain = try schur.expand(chain, with: target) }
        try expectDecomposition(schur, of: target)

        var ritz = try schur.ritzPairs()
        schur.restart(keeping: [0, 1, 14, 15], of: ritz, directions: ritz.identity(first: [2]))
        #expect(schur.used == 7)
        try expectDecomposition(schur, of: target)

        ritz = try schur.ritzPairs()
        schur.restart(keeping: [3, 2, 0], of: ritz, directions: ritz.identity(first: []), goesAside: true)
        #expect(schur.used == 3 && schur.aside == [27, 28, 29])
        chain = [try #require(schur.addRandomVector())]
        for _ in 0..<4 { chain = try schur.expand(chain, with: target) }
        schur.readmit()
        #expect(schur.used == 11 && schur.aside.isEmpty)
        try expectDecomposition(schur, of: target)
        active = try schur.expand([schur.pending[1], schur.pending[2]], with: target)
        try expectDecomposition(schur, of: target)
    }

    /// A block whose Krylov spaces meet shrinks: on three distinct values two vectors span six dimensions, no more.
    @Test func blocksShrink() throws {
        let target = Spectra.diagonal((0..<60).map { Double($0 % 3) }, Double.self)
        let schur = KrylovSchur<Double>(rows: 20, dimension: 60, block: 2, seed: 3, workers: .one)
        var active = [try #require(schur.addRandomVector()), try #require(schur.addRandomVector())]
        for _ in 0..<3 { active = try schur.expand(active, with: target) }
        #expect(active.isEmpty && schur.pending.isEmpty && schur.expanded.count == 6)
        let values = try schur.ritzPairs().values
        for (value, exact) in zip(values, [0.0, 0, 1, 1, 2, 2]) { #expect(abs(value - exact) <= 60 * Double.ulpOfOne) }
    }

    /// Oracle: the eigenvalues of [[2, e], [e, 1]] are 3/2 ± ½√(1 + 4e²): at a residual of e and a gap of 1 the error is
    /// e² less e⁴. The bound e²/gap must hold, and not be idle.
    @Test func errorBoundsOfOneAndOfAPair() {
        let e = 1e-3
        let error = 0.5 * (1 + 4 * e * e).squareRoot() - 0.5
        let single = errorBounds(of: [(2, e)], others: [(1, 0)])
        #expect(single[0] >= error && single[0] <= 1.01 * error)
        // Two values closer than their residuals: each alone has no gap, together they have one of about 1.
        let pair = errorBounds(of: [(2, e), (2 + e / 10, e)], others: [(1, 0), (0.5, 0.2)])
        #expect(pair.allSatisfy { abs($0 - 2 * e * e) <= 0.01 * e * e })
        // No gap at all: the residual it is.
        #expect(errorBounds(of: [(2, e)], others: [(2 + e / 2, 0)]) == [e])
        // Nothing known of the others: the residual too.
        #expect(errorBounds(of: [(2, e)], others: []) == [e])
        // The order of the pairs is theirs, not that of their values.
        let mixed = errorBounds(of: [(5, 1e-2), (9, 1e-3)], others: [(0, 0)])
        #expect(mixed[0] > mixed[1])
    }

    /// The chance falls with every step, grows with the looks, and is 1 where the chain reaches τ.
    @Test func missProbability() {
        var round = VerificationRound()
        (round.upper, round.lower, round.looks) = (2, -2, 1)
        let values = [-0.5, 0, 0.5]
        var last = 1.0
        for steps in 4...20 {
            round.steps = steps
            let chance = round.missProbability(chain: values, dimension: 10_000)
            #expect(chance < last || chance == 1)
            last = chance
        }
        // 2 · 1.648 · 100 exp(−39 √(1.5/4)).
        #expect(abs(last - 1.3993887720e-08) <= 1e-15)
        round.looks = 3
        #expect(abs(round.missProbability(chain: values, dimension: 10_000) / last - 3) <= 1e-12)
        #expect(round.missProbability(chain: [-0.5, 2], dimension: 10_000) == 1)
        // Of three Ritz values one is beyond τ, and one has converged: σ = 0.5/(2 − 1).
        round.lower = -.infinity
        round.shift(by: [3, 1, -1], squares: [100, 0.5, 0])
        #expect(abs(round.gap(values) - 1) <= 1e-15)
    }

    /// Oracle: chance itself. 400 chains of so many steps on a diagonal with one hidden value: how often the bound would
    /// have called the complement empty at a level of 0.2 must not exceed the level by more than 4 standard errors.
    @Test(arguments: 3...8)
    func theBoundCovers(_ steps: Int) throws {
        let values = (0..<400).map { Double($0) / 400 } + [1.5]
        let target = Spectra.diagonal(values, Double.self)
        var misses = 0
        for seed in 0..<400 {
            let schur = KrylovSchur<Double>(rows: 12, dimension: 401, block: 1, seed: UInt64(seed), workers: .one)
            var round = VerificationRound()
            (round.upper, round.looks) = (1.5, 1)
            var active = [try #require(schur.addRandomVector())]
            for _ in 0..<steps {
                round.chain += active
                round.steps += 1
                active = try schur.expand(active, with: target)
            }
            let ritz = try schur.ritzValues(on: round.chain)
            if round.missProbability(chain: ritz, dimension: target.dimension) <= 0.2 { misses += 1 }
        }
        #expect(Double(misses) / 400 <= 0.2 + 4 * (0.2 * 0.8 / 400).squareRoot())
    }
}
