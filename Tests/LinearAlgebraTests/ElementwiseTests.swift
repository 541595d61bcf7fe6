import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Oracle throughout: plain Swift in double on the same, already rounded, numbers. An operation in the precision rounds
/// once by half an eps of its result; two are allowed where there are two.
@Suite struct ElementwiseTests {
    @Test func arithmetic() {
        arithmetic(Float.self)
        arithmetic(Double.self)
    }

    /// Oracle: the division of each byte by itself, which IEEE 754 rounds once: equal to the bit, at every place of the
    /// vectors that the loop takes together.
    @Test func bytesAreDividedExactly() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 37) }
        for first in [0, 1, 300] {
            let single = Vector<Float>(count: 643)
            single.assign(bytes: bytes, from: first, dividedBy: 255)
            #expect(single.array == bytes[first..<first + 643].map { Float($0) / 255 })
            let double = Vector<Double>(count: 643)
            double.assign(bytes: bytes, from: first, dividedBy: 255)
            #expect(double.array == bytes[first..<first + 643].map { Double($0) / 255 })
        }
    }

    private func arithmetic<Element: Scalar>(_ type: Element.Type) {
        let eps = Comparison.epsilon(type)
        for count in Comparison.lengths {
            let x = Comparison.vector(count, "x", type)
            let y = Comparison.vector(count, "y", type)
            let z = Comparison.vector(count, "z", type)
            let (dx, dy, dz) = (x.doubles, y.doubles, z.doubles)
            let all = dx.indices
            // The factor is a power of two times three: exact in both precisions.
            let factor: Element = -0.75
            let product = Vector<Element>(count: count)
            product.assign(product: x, y)
            Comparison.expect(product, all.map { dx[$0] * dy[$0] }) { eps * abs(dx[$0] * dy[$0]) }
            let times = y.copy()
            times.multiply(by: x)
            #expect(times.array == product.array)
            let added = y.copy()
            added.add(factor, x)
            Comparison.expect(added, all.map { dy[$0] - 0.75 * dx[$0] }) { eps * (abs(dy[$0]) + abs(dx[$0])) }
            let fused = y.copy()
            fused.multiply(by: x, adding: z)
            Comparison.expect(fused, all.map { dx[$0] * dy[$0] + dz[$0] }) {
                eps * (abs(dx[$0] * dy[$0]) + abs(dz[$0]))
            }
            let scaled = x.copy()
            scaled.scale(by: factor)
            Comparison.expect(scaled, dx.map { -0.75 * $0 }) { eps * abs(dx[$0]) }
            scaled.fill(2.5)
            #expect(scaled.array == [Element](repeating: 2.5, count: count))
        }
    }

    /// Sums in double: n eps of double times the sum of sizes, whatever the precision.
    @Test func sums() {
        sums(Float.self)
        sums(Double.self)
    }

    private func sums<Element: Scalar>(_ type: Element.Type) {
        for count in Comparison.lengths {
            let x = Comparison.vector(count, "x", type)
            let y = Comparison.vector(count, "y", type)
            let terms = zip(x.doubles, y.doubles).map { $0 * $1 }
            let bound = Double(count + 1) * Double.ulpOfOne
            #expect(abs(x.dot(y) - terms.reduce(0, +)) <= bound * terms.reduce(0) { $0 + abs($1) })
            let square = x.doubles.reduce(0) { $0 + $1 * $1 }
            #expect(abs(x.norm - square.squareRoot()) <= bound * square.squareRoot())
            #expect(abs(x.sum - x.doubles.reduce(0, +)) <= bound * x.doubles.reduce(0) { $0 + abs($1) })
        }
    }

    /// Wherever it stands, one number that is not finite is noticed; finite ones, however large, are not.
    @Test func whatIsNotFiniteIsNoticed() {
        for count in [1, 31, 32, 33, 100] {
            let x = Vector<Float>([Float](repeating: .greatestFiniteMagnitude, count: count))
            #expect(x.isFinite)
            for position in [0, count / 2, count - 1] {
                for bad in [Float.nan, .infinity, -.infinity] {
                    let y = x.copy()
                    y[position] = bad
                    #expect(!y.isFinite)
                    let z = Vector<Double>(converting: y)
                    #expect(!z.isFinite)
                }
            }
        }
        #expect(Vector<Double>(count: 0).isFinite)
    }

    /// Widening is exact, and narrowing rounds to nearest.
    @Test func conversion() {
        let numbers = [0.1, -1e-40, 1e30, 16_777_217]
        let narrow = Vector<Float>(rounding: numbers)
        #expect(narrow.array == numbers.map { Float($0) })
        #expect(narrow.doubles == numbers.map { Double(Float($0)) })
        #expect(Vector<Double>(converting: narrow).array == narrow.doubles)
        let long = Comparison.vector(3000, "long", Double.self)
        #expect(Vector<Float>(converting: long).array == long.array.map { Float($0) })
    }

    /// Oracle: exp and the sum in double; the result is rounded once more. With rows whose largest entry is far from 0,
    /// which overflows where it is not taken out.
    @Test func softmax() {
        for (rows, columns) in [(1, 1), (4, 10), (3, 17)] {
            let x = Comparison.matrix(rows, columns, "logits", Float.self)
            for row in 0..<rows { x.row(row).add(Float(row) * 200, Vector([Float](repeating: 1, count: columns))) }
            let p = Matrix<Float>(rows: rows, columns: columns)
            let logSums = p.assign(softmax: x)
            #expect(logSums.count == rows)
            let t = Comparison.matrix(rows, columns, "t", Float.self)
            let product = Matrix<Float>(rows: rows, columns: columns)
            product.assign(softmaxHessian: p, times: t, factor: 0.5)
            for row in 0..<rows {
                let top = x.row(row).doubles.max()!
                let powers = x.row(row).doubles.map { exp($0 - top) }
                let sum = powers.reduce(0, +)
                // All in double: the rounding of exp, of each addition, and of the result.
                let logSum = top + log(sum)
                #expect(abs(logSums[row] - logSum) <= Double(columns + 2) * Double.ulpOfOne * (1 + abs(logSum)))
                // e is rounded to single, divided, and rounded again.
                let eps = Comparison.epsilon(Float.self)
                Comparison.expect(p.row(row), powers.map { $0 / sum }) { 2 * eps * powers[$0] / sum }
                let (dp, dt) = (p.row(row).doubles, t.row(row).doubles)
                let mean = zip(dp, dt).reduce(0) { $0 + $1.0 * $1.1 }
                let size = zip(dp, dt).reduce(0) { $0 + abs($1.0 * $1.1) }
                Comparison.expect(product.row(row), dp.indices.map { 0.5 * dp[$0] * (dt[$0] - mean) }) {
                    0.5 * dp[$0] * (abs(dt[$0]) + Double(columns + 3) * size) * eps * 2
                }
            }
        }
    }
}
