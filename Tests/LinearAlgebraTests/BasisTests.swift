import LinearAlgebra
import Testing

@Suite struct BasisTests {
    /// Rows around the loops' groups of four and eight; lengths within one piece, over several, and over several groups.
    static let shapes = [
        (0, 10), (1, 1), (1, 7), (3, 33), (4, 2048), (5, 2049), (8, 5000), (9, 31), (17, 4103), (3, 70_001),
        (210, 1100),
    ]

    @Test(arguments: [1, 2, 3]) func passes(_ workers: Int) {
        for (rows, columns) in Self.shapes {
            check(rows, columns, Workers(workers), Float.self)
            check(rows, columns, Workers(workers), Double.self)
        }
    }

    /// Oracle: plain sums. Σ over n terms in double: n eps Σ|q||w|, doubled for the oracle's own rounding; a vector
    /// after subtraction is off by that of its coefficients' sums in double and rounded once to the precision.
    private func check<Element: Scalar>(_ rows: Int, _ columns: Int, _ workers: Workers, _ type: Element.Type) {
        let basis = Comparison.matrix(rows, columns, padding: 3, "basis", type)
        let vectors = ["v", "w"].map { Comparison.vector(columns, $0, type) }
        let q = (0..<rows).map { basis.row($0).doubles }
        let before = vectors.map(\.doubles)
        let dots: [[Double]] = before.map { w in q.map { Comparison.dot($0, w) } }
        let sizes: [[Double]] = before.map { w in q.map { Comparison.size($0, w) } }
        let found = Basis.coefficients(of: vectors, in: basis, workers: workers)
        let bound = 2 * Double(columns) * Double.ulpOfOne
        for index in 0..<2 {
            for row in 0..<rows {
                let error: Double = abs(found[index][row] - dots[index][row])
                #expect(error <= bound * sizes[index][row])
            }
        }
        #expect(Basis.coefficients(of: vectors[1], in: basis, workers: workers) == found[1])

        let h: [[Double]] = [(0..<rows).map { 0.1 * Double($0 + 1) }, (0..<rows).map { 1 / Double($0 - rows) }]
        var exact = before
        var spread = before.map { $0.map { abs($0) } }
        for index in 0..<2 {
            for row in 0..<rows {
                for column in 0..<columns {
                    let term = h[index][row] * q[row][column]
                    exact[index][column] -= term
                    spread[index][column] += abs(term)
                }
            }
        }
        let single = vectors[0].copy()
        let squares = Basis.remove(h, of: basis, from: vectors, workers: workers)
        for index in 0..<2 {
            Comparison.expect(vectors[index], exact[index]) {
                Comparison.epsilon(type) * abs(exact[index][$0])
                    + 2 * Double(rows + 1) * Double.ulpOfOne * spread[index][$0]
            }
            let square = Comparison.dot(vectors[index].doubles, vectors[index].doubles)
            #expect(abs(squares[index][index] - square) <= bound * square)
        }
        let cross = Comparison.dot(vectors[0].doubles, vectors[1].doubles)
        #expect(abs(squares[1][0] - cross) <= bound * Comparison.size(vectors[0].doubles, vectors[1].doubles))
        let (left, square) = Basis.subtract(h[0], of: basis, from: single, workers: workers)
        #expect(single.array == vectors[0].array && square == squares[0][0])
        #expect(left == Basis.coefficients(of: single, in: basis, workers: workers))
    }

    /// Oracle: plain sums. The loss is found in the precision itself, in sums of at most 8192 terms.
    @Test func orthogonalityLoss() {
        let basis = Comparison.matrix(23, 9000, padding: 1, "loss", Double.self)
        var worst = 0.0
        for i in 0..<23 { basis.row(i).scale(by: 1 / basis.row(i).norm) }
        for i in 0..<23 { for j in 0..<i { worst = max(worst, abs(basis.row(i).dot(basis.row(j)))) } }
        let bound = 9000 * Double.ulpOfOne
        #expect(abs(Basis.orthogonalityLoss(of: basis, workers: Workers(2)) - worst) <= bound)
        basis.row(2).scale(by: 2)
        #expect(abs(Basis.orthogonalityLoss(of: basis, workers: .one) - 3) <= bound)
    }

    @Test func assignmentScalesOnce() {
        let w = Comparison.vector(70_000, "assign", Float.self)
        let row = Vector<Float>(count: 70_000)
        Basis.assign(w, times: 0.3, to: row, workers: Workers(2))
        #expect(row.array == w.array.map { $0 * 0.3 })
    }
}
