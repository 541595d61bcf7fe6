import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct FactorisationTests {
    /// Closed form: the discrete Laplacian has eigenvalues 2 − 2 cos(kπ/(n + 1)) and eigenvectors √(2/(n + 1))
    /// sin(ikπ/(n + 1)). QL is backward stable: values to n eps‖T‖ at most; a vector's angle is that over its gap, here
    /// at least 3π²/(n + 1)².
    @Test(arguments: [1, 2, 3, 10, 200]) func laplacian(_ order: Int) throws {
        let system = try TridiagonalEigensystem(
            diagonal: [Double](repeating: 2, count: order), offDiagonal: [Double](repeating: -1, count: order - 1))
        let size = Double(order + 1)
        let bound = 4 * Double(order) * Double.ulpOfOne
        for k in 1...order {
            let angle = Double(k) * Double.pi / size
            #expect(abs(system.eigenvalues[k - 1] - (2 - 2 * cos(angle))) <= bound)
            let scale = (2 / size).squareRoot()
            let gap = order == 1 ? 1 : 3 * Double.pi * Double.pi / (size * size)
            let sign: Double = system.eigenvectors[k - 1, 0] < 0 ? -1 : 1
            for i in 1...order {
                let exact = scale * sin(Double(i) * angle)
                #expect(abs(sign * system.eigenvectors[k - 1, i - 1] - exact) <= 2 * bound / gap)
            }
        }
        #expect(system.firstComponents == (0..<order).map { system.eigenvectors[$0, 0] })
        #expect(system.lastComponents == (0..<order).map { system.eigenvectors[$0, order - 1] })
        let weights = system.firstComponents.reduce(0) { $0 + $1 * $1 }
        #expect(abs(weights - 1) <= bound)
    }

    /// Clustered values, where faster methods lose vectors: a matrix that falls apart into equal blocks.
    @Test func equalBlocks() throws {
        let blocks = 40
        var diagonal: [Double] = []
        var off: [Double] = []
        for _ in 0..<blocks {
            diagonal += [0, 0]
            off += [1, 1e-300]
        }
        let system = try TridiagonalEigensystem(diagonal: diagonal, offDiagonal: off.dropLast())
        for (index, value) in system.eigenvalues.enumerated() {
            #expect(abs(value - (index < blocks ? -1 : 1)) <= 80 * Double.ulpOfOne)
        }
        // Orthonormal vectors to n eps, each cluster of forty included.
        let gram = Matrix<Double>(rows: 80, columns: 80)
        gram.assign(product: system.eigenvectors.plain, system.eigenvectors.transposed)
        for row in 0..<80 {
            for column in 0..<80 { #expect(abs(gram[row, column] - (row == column ? 1 : 0)) <= 80 * Double.ulpOfOne) }
        }
    }

    /// H diag(λ) H with the reflection H = I − 2vvᵀ, written out: λ are its eigenvalues.
    private func reflected(_ values: [Double]) -> Matrix<Double> {
        let order = values.count
        let v = Comparison.vector(order, "reflection", Double.self)
        v.scale(by: 1 / v.norm)
        let u = v.array
        let w = zip(values, u).map { $0 * $1 }
        let form = zip(w, u).reduce(0) { $0 + $1.0 * $1.1 }
        let matrix = Matrix<Double>(rows: order, columns: order)
        let row = Vector<Double>(count: order)
        let left = Vector(u)
        let right = Vector(w)
        for i in 0..<order {
            row.fill(0)
            row.add(4 * form * u[i] - 2 * w[i], left)
            row.add(-2 * u[i], right)
            row[i] += values[i]
            matrix.row(i).assign(row)
        }
        return matrix
    }

    /// Orders on both sides of the change from one-stage to two-stage reduction. Both are backward stable: n eps‖A‖
    /// holds with a wide margin, and 8 eps‖A‖ more for the rounding of the matrix' entries.
    @Test(arguments: [1, 2, 65, 1000, 1100]) func denseSpectrum(_ order: Int) throws {
        let exact = (0..<order).map { Double($0 * $0) / Double(order) - 3 }
        let norm = exact.map { abs($0) }.max()!
        let matrix = reflected(exact)
        let found = try SymmetricEigenvalues.values(of: matrix)
        #expect(found.count == order)
        let bound = Double(order + 8) * Double.ulpOfOne * norm
        for (value, expected) in zip(found, exact) { #expect(abs(value - expected) <= bound) }
        guard order < 100 else { return }
        let system = try SymmetricEigenvalues.system(of: matrix)
        for (index, value) in system.values.enumerated() {
            #expect(abs(value - exact[index]) <= bound)
            let image = Vector<Double>(count: order)
            image.matrix(rows: order, columns: 1).assign(
                product: matrix.plain, system.vectors.row(index).matrix(rows: order, columns: 1).plain)
            image.add(-value, system.vectors.row(index))
            #expect(image.norm <= bound * 2)
        }
    }

    /// A matrix in single precision is widened first: the values are those of the rounded entries, ½ eps‖A‖_F away. The
    /// upper triangle is not read.
    @Test func singlePrecisionAndTriangle() throws {
        let exact = (0..<50).map { Double($0) / 10 }
        let double = reflected(exact)
        let single = Vector<Float>(converting: double.elements).matrix(rows: 50, columns: 50)
        for row in 0..<50 { for column in row + 1..<50 { single[row, column] = .nan } }
        let found = try SymmetricEigenvalues.values(of: single)
        let norm = exact.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for (value, expected) in zip(found, exact) {
            #expect(abs(value - expected) <= 0.5 * Comparison.epsilon(Float.self) * norm + 1e-12)
        }
        #expect(try SymmetricEigenvalues.values(of: Matrix<Float>(rows: 0, columns: 0)).isEmpty)
    }
}
