import LinearAlgebra
import Testing

@Suite struct ProductTests {
    /// Oracle: three loops in double. A sum of k products in a precision is off by at most k eps Σ |a||b|, and α, β and
    /// C add three roundings more.
    @Test(arguments: [false, true], [false, true])
    func gemm(transposeA: Bool, transposeB: Bool) {
        product(transposeA, transposeB, Float.self)
        product(transposeA, transposeB, Double.self)
    }

    private func product<Element: Scalar>(_ transposeA: Bool, _ transposeB: Bool, _ type: Element.Type) {
        for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 10, 33), (64, 1, 31), (1, 64, 65), (40, 41, 0)] {
            for padding in [0, 3] {
                for (alpha, beta) in [(1.0, 0.0), (-0.5, 1.0), (2, 0.25)] {
                    let a = Comparison.matrix(transposeA ? k : m, transposeA ? m : k, padding: padding, "a", type)
                    let b = Comparison.matrix(transposeB ? n : k, transposeB ? k : n, padding: padding, "b", type)
                    let c = Comparison.matrix(m, n, padding: padding, "c", type)
                    let before = c.array.map { Double($0) }
                    c.assign(
                        product: transposeA ? a.transposed : a.plain, transposeB ? b.transposed : b.plain,
                        times: Element(alpha), scaling: Element(beta))
                    let left = { (i: Int, l: Int) in Double(transposeA ? a[l, i] : a[i, l]) }
                    let right = { (l: Int, j: Int) in Double(transposeB ? b[j, l] : b[l, j]) }
                    for i in 0..<m {
                        for j in 0..<n {
                            let terms = (0..<k).map { left(i, $0) * right($0, j) }
                            let exact = alpha * terms.reduce(0, +) + beta * before[i * n + j]
                            let size = abs(alpha) * terms.reduce(0) { $0 + abs($1) } + abs(beta * before[i * n + j])
                            let bound = Double(k + 3) * Comparison.epsilon(type) * size
                            #expect(abs(Double(c[i, j]) - exact) <= bound)
                        }
                    }
                }
            }
        }
    }

    /// With β = 0 what stood there is not read, NaN or not.
    @Test func betaZeroReadsNothing() {
        let c = Matrix<Float>(rows: 2, columns: 2)
        c.fill(.nan)
        let one = Matrix<Float>(rows: 2, columns: 2)
        one[0, 0] = 1
        one[1, 1] = 1
        c.assign(product: one.plain, one.plain)
        #expect(c.array == [1, 0, 0, 1])
    }

    /// Oracle: the sum in double from the first row to the last, the same order: only the last rounding differs.
    @Test func columnSums() {
        sums(Float.self)
        sums(Double.self)
    }

    private func sums<Element: Scalar>(_ type: Element.Type) {
        for (rows, columns) in [(1, 1), (5, 3), (9, 64), (33, 65), (7, 200)] {
            let matrix = Comparison.matrix(rows, columns, padding: 2, "sums", type)
            for beta in [0, 0.5] {
                let found = Comparison.vector(columns, "before", type)
                let before = found.doubles
                found.assign(columnSums: matrix, scaling: Element(beta))
                let exact = (0..<columns).map { column in
                    beta * before[column] + (0..<rows).reduce(0) { $0 + Double(matrix[$1, column]) }
                }
                // In double the loop may fuse β·s + Σ, and the order of addition is the same: eps of every term.
                Comparison.expect(found, exact) { column in
                    let size = (0..<rows).reduce(abs(before[column])) { $0 + abs(Double(matrix[$1, column])) }
                    return Double(rows) * Double.ulpOfOne * size + Comparison.epsilon(type) * abs(exact[column])
                }
            }
        }
    }

    /// Oracle: the formula; one multiplication and two additions, half an eps each of the terms' size.
    @Test func hadamardGram() {
        let g = Comparison.matrix(5, 37, padding: 3, "g", Double.self)
        let d = Comparison.matrix(5, 37, "d", Double.self)
        let a = Comparison.matrix(5, 37, padding: 1, "a", Double.self)
        let before = g.array
        g.add(hadamard: d, a, offset: 1)
        for (index, found) in g.array.enumerated() {
            let exact = before[index] + d.array[index] * (a.array[index] + 1)
            let size = abs(before[index]) + abs(d.array[index]) * (abs(a.array[index]) + 1)
            #expect(abs(found - exact) <= 2 * Double.ulpOfOne * size)
        }
    }

    @Test func transposition() {
        let matrix = Comparison.matrix(5, 9, padding: 2, "t", Float.self)
        let transposed = Matrix<Float>(rows: 9, columns: 7).columns(1..<6)
        transposed.assign(transposed: matrix)
        for row in 0..<5 {
            for column in 0..<9 { #expect(transposed[column, row] == matrix[row, column]) }
        }
    }

    @Test func rowsAreFilled() {
        let matrix = Matrix<Float>(rows: 3, columns: 7).columns(2..<7)
        matrix.fillRows(with: Vector([1, 2, 3, 4, 5]))
        #expect(matrix.array == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    }
}
