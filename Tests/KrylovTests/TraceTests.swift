import Krylov
import LinearAlgebra
import Testing

@Suite struct TraceTests {
    static let methods: [(TraceMethod, Int)] = [
        (.hutchinson, 10), (.hutchPlusPlus, 36), (.xTrace, 16), (.xTrace, 40),
    ]
    /// A third of the coordinates, in two pieces, and the rest.
    static let groups = [[0..<30, 100..<120], [30..<100, 120..<150]]

    private func estimates(_ matrix: Matrix<Double>, _ method: TraceMethod, _ products: Int, _ seed: UInt64) throws
        -> TraceEstimates
    {
        try traceEstimates(
            of: DenseOperator(matrix), groups: Self.groups,
            TraceConfiguration(products: products, method: method, seed: seed))
    }

    /// Oracle: the matrix. 95 % intervals of the trace, the Frobenius norm and the traces of blocks in 200 repeats.
    @Test(arguments: methods, Ensemble.allCases)
    func intervalsCover(_ method: (TraceMethod, Int), _ ensemble: Ensemble) throws {
        let matrix = ensemble.matrix
        let diagonal = (0..<Ensemble.order).map { matrix[$0, $0] }
        let truths =
            [diagonal.reduce(0, +), ensemble.values.reduce(0) { $0 + $1 * $1 }]
            + Self.groups.map { $0.joined().reduce(0) { $0 + diagonal[$1] } }
        var covered = [Int](repeating: 0, count: truths.count)
        for seed in 1...UInt64(Coverage.repeats) {
            let found = try estimates(matrix, method.0, method.1, seed)
            for (index, estimate) in ([found.trace, found.frobeniusNormSquared] + found.groups).enumerated() {
                if try #require(estimate.interval()).contains(truths[index]) { covered[index] += 1 }
            }
        }
        for (name, count) in zip(["trace", "Frobenius", "first group", "second group"], covered) {
            #expect(Coverage.accepted.contains(count), "\(name) of \(ensemble.rawValue): \(count) of 200")
        }
    }

    /// The reason for the other methods: on a decaying spectrum the error is far below Hutchinson's with as many products
    /// (here 16 sketched vectors leave a tail of 0.8¹⁶ = 1/35 of every sum), and with outliers that of the bulk alone.
    /// Medians of 20 repeats; a fourth of what the tail alone would give.
    @Test func sketchesTakeOutliersOut() throws {
        for (ensemble, gain) in [(Ensemble.geometric, 8.0), (.outliers, 4)] {
            func median(_ method: TraceMethod) throws -> Double {
                let matrix = ensemble.matrix
                let exact = ensemble.values.reduce(0, +)
                return try (1...20).map { abs(try estimates(matrix, method, 48, $0).trace.value - exact) }.sorted()[10]
            }
            let plain = try median(.hutchinson)
            #expect(try median(.xTrace) * gain < plain, "\(ensemble)")
            #expect(try median(.hutchPlusPlus) * gain < plain, "\(ensemble)")
        }
    }

    /// Closed form: the matrix's own entries; as many products as dimensions leave rounding alone.
    @Test func enoughProductsAreExact() throws {
        let matrix = Ensemble.outliers.matrix
        let found = try traceEstimates(
            of: DenseOperator(matrix), groups: Self.groups, TraceConfiguration(products: 150))
        #expect(found.method == .exact && found.products == 150)
        let exact = Ensemble.outliers.values.reduce(0, +)
        #expect(abs(found.trace.value - exact) < 1e-11)
        #expect(try #require(found.trace.standardError) < 1e-12)
        #expect(abs(found.groups.reduce(0) { $0 + $1.value } - exact) < 1e-11)
        #expect(
            abs(found.frobeniusNormSquared.value - Ensemble.outliers.values.reduce(0) { $0 + $1 * $1 }) < 1e-10)
    }

    /// A matrix of rank 4: the sketch finds all of its range, and the trace is exact, as the result says.
    @Test(arguments: [TraceMethod.xTrace, .hutchPlusPlus])
    func lowRankIsExact(_ method: TraceMethod) throws {
        let matrix = Spectra.dense(values: [5, 3, -2, 1], dimension: 150, seed: 4)
        let found = try estimates(matrix, method, 24, 1)
        #expect(abs(found.trace.value - 7) < 1e-12)
        #expect(try #require(found.trace.standardError) < 1e-12)
        #expect(abs(found.frobeniusNormSquared.value - 39) < 1e-12)
        let single = try traceEstimates(
            of: DenseOperator(Spectra.rounded(matrix, Float.self)), TraceConfiguration(products: 24, method: method))
        // Rounding the entries moves the trace by ½ eps √150 at most per entry's size, far below what is reported.
        #expect(abs(single.trace.value - 7) < 1e-5)
    }

    /// A multiple of the identity: every probe on the sphere gives the trace itself.
    @Test(arguments: [TraceMethod.hutchinson, .hutchPlusPlus, .xTrace])
    func multiplesOfTheIdentityHaveNoSpread(_ method: TraceMethod) throws {
        for value in [3.0, 0] {
            let target = Spectra.diagonal([Double](repeating: value, count: 100), Float.self)
            let found = try traceEstimates(of: target, TraceConfiguration(products: 24, method: method))
            #expect(try #require(found.trace.interval()).contains(100 * value))
            // 3 · 100 in single precision: 30 eps √P ‖A‖_F = 0.01 where a sketch is exhausted, 0 for a matrix of zeros.
            #expect(try #require(found.trace.standardError) <= 0.011 * value)
        }
    }

    @Test func methodsAreChosenByBudget() {
        func choice(_ products: Int, dimension: Int = 1_000_000, memory: Int = 2 << 30) -> TraceMethod {
            .automatic(products: products, dimension: dimension, bytes: 4, memoryLimit: memory)
        }
        #expect(choice(11) == .hutchinson)
        #expect(choice(12) == .xTrace)
        // Four bases of 50 vectors of 4 MB are 800 MB; three of 33 are 396.
        #expect(choice(100) == .xTrace)
        #expect(choice(100, memory: 800_000_000) == .xTrace)
        #expect(choice(100, memory: 500 << 20) == .hutchPlusPlus)
        #expect(choice(100, memory: 300 << 20) == .hutchinson)
        #expect(choice(100, dimension: 100) == .exact)
        #expect(choice(Int.max / 2, dimension: Int.max) == .hutchinson)
    }

    /// Same bytes for any number of workers, and for the operator's own block size.
    @Test(arguments: [TraceMethod.hutchinson, .hutchPlusPlus, .xTrace])
    func sameBytesForAnyWorkers(_ method: TraceMethod) throws {
        let target = Spectra.diagonal(Spectra.clustered(bulk: 60_000), Float.self)
        let groups = [[0..<40_000], [40_000..<60_011]]
        let found = try [1, 2, 3].map { workers in
            try traceEstimates(
                of: target, groups: groups,
                TraceConfiguration(products: 18, method: method, seed: 3, workers: Workers(workers)))
        }
        #expect(found[0] == found[1] && found[0] == found[2])
    }

    @Test func whatIsNotFiniteIsRefused() {
        let bad = Spectra.diagonal([1, 2, .nan, 4], Double.self)
        #expect(throws: KrylovFailure.productIsNotFinite(product: 1)) {
            try traceEstimates(of: bad, TraceConfiguration(products: 3))
        }
    }
}
