import Krylov
import LinearAlgebra
import Testing

/// Oracle: the dense matrices of the combined operators, entry by entry. Sums of up to 40 products of numbers below 10 in
/// double: 40 · 10 · 10 eps and some, 1e-11.
@Suite struct OperatorAlgebraTests {
    private let first = Spectra.dense(values: [5, 3, -2, 1], dimension: 40, seed: 1)
    private let second = Spectra.dense(values: [4, -1, 0.5], dimension: 40, seed: 2)

    private func entries<Operator: SymmetricOperator>(_ target: Operator) throws -> [[Double]]
    where Operator.Element == Double {
        // Blocks of three and one vector at a time must agree.
        let units = (0..<target.dimension).map { index in
            let unit = Vector<Double>(count: target.dimension)
            unit[index] = 1
            return unit
        }
        let results = units.map { _ in Vector<Double>(count: target.dimension) }
        for result in results { result.fill(.nan) }
        for start in stride(from: 0, to: units.count, by: 3) {
            let range = start..<min(units.count, start + 3)
            try target.apply(to: Array(units[range]), into: Array(results[range]))
        }
        let alone = try target.product(with: units[0])
        #expect(alone.array == results[0].array)
        return results.map(\.array)
    }

    private func expect(_ found: [[Double]], _ expected: (Int, Int) -> Double) {
        for (row, line) in found.enumerated() {
            for (column, value) in line.enumerated() {
                #expect(abs(value - expected(row, column)) < 1e-11, "(\(row), \(column))")
            }
        }
    }

    @Test func sumsAndDifferences() throws {
        let (a, b) = (DenseOperator(first), DenseOperator(second))
        expect(try entries(a.adding(b))) { first[$0, $1] + second[$0, $1] }
        expect(try entries(a.subtracting(b))) { first[$0, $1] - second[$0, $1] }
        expect(try entries(CombinedOperator(2, a, -3, b))) { 2 * first[$0, $1] - 3 * second[$0, $1] }
    }

    @Test func shiftsAndScales() throws {
        let a = DenseOperator(first)
        expect(try entries(a.shifted(by: 0.7))) { first[$0, $1] + ($0 == $1 ? 0.7 : 0) }
        expect(try entries(a.scaled(by: -2).shifted(by: 0.5))) { -2 * first[$0, $1] + ($0 == $1 ? 0.5 : 0) }
    }

    @Test func restrictionsAreBlocks() throws {
        let ranges = [2..<5, 9..<10, 30..<40]
        let indices = ranges.flatMap { Array($0) }
        let block = DenseOperator(first).restricted(to: ranges)
        #expect(block.dimension == 14)
        expect(try entries(block)) { first[indices[$0], indices[$1]] }
    }

    /// Closed form: V's eigenvalues become 0, and the others stay. Eigenvalues move by less than rounding of the matrix.
    @Test func projectionTakesEigenvaluesOut() throws {
        let system = try SymmetricEigenvalues.system(of: first)
        // Ascending: −2, 36 zeros, 1, 3, 5.
        let outliers = system.vectors.rows(38..<40)
        let rest = try SymmetricEigenvalues.values(of: DenseOperator(first).projected(off: outliers).formed())
        for (found, expected) in zip(rest, [-2] + [Double](repeating: 0, count: 38) + [1]) {
            #expect(abs(found - expected) < 1e-12)
        }
        let dense = try entries(DenseOperator(first).projected(off: outliers))
        expect(dense) { row, column in
            first[row, column] - 3 * outliers[0, row] * outliers[0, column] - 5 * outliers[1, row] * outliers[1, column]
        }
    }

    @Test func gramMatrices() throws {
        let wide = first.rows(0..<7)
        let forward = MatrixOperator(wide)
        #expect(forward.inputCount == 40 && forward.outputCount == 7 && forward.operations == 560)
        let gram = GramOperator(forward, transpose: forward.transpose)
        let outer = GramOperator(forward.transpose, transpose: forward)
        #expect(gram.dimension == 40 && outer.dimension == 7 && gram.operations == 1120)
        expect(try entries(gram)) { row, column in (0..<7).reduce(0) { $0 + wide[$1, row] * wide[$1, column] } }
        expect(try entries(outer)) { row, column in (0..<40).reduce(0) { $0 + wide[row, $1] * wide[column, $1] } }
    }

    @Test func formedIsTheMatrix() throws {
        let formed = try DenseOperator(first).formed()
        expect((0..<40).map { formed.row($0).array }) { first[$0, $1] }
        #expect(throws: KrylovFailure.productIsNotFinite(product: 1)) {
            try Spectra.diagonal([1, .nan, 2], Double.self).formed()
        }
    }

    @Test func provenanceAndCostAreComposed() {
        let a = DenseOperator(first)
        let text = a.shifted(by: 0.5).restricted(to: [0..<4]).provenance
        #expect(text.contains("4 of 40") && text.contains("0.5 I") && text.contains(a.provenance))
        #expect(a.adding(a).operations == nil)
    }
}
