public import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A symmetric operator whose eigenvalues are known in closed form: what every estimator is held against.
///
/// A product is worked out in double precision and rounded once to the operator's, so that in either precision the
/// eigenvalues are those listed up to the rounding of its vectors: a few eps‖A‖.
public struct KnownSpectrum<Element: Scalar>: SymmetricOperator {
    /// All eigenvalues, ascending, each as often as its multiplicity.
    public let eigenvalues: [Double]
    public let provenance: String
    private let form: Form

    public var dimension: Int { eigenvalues.count }

    private init(_ form: Form, eigenvalues: [Double], provenance: String) {
        self.form = form
        self.eigenvalues = eigenvalues.sorted()
        self.provenance = provenance
    }

    /// Qᵀ diag(values) Q with an orthogonal Q that `seed` draws, and whose entries are all about 1/√n: no axis is an
    /// eigenvector, so that an estimator gains nothing from probes that suit a diagonal.
    ///
    /// - Parameter values: as many as a power of two.
    /// - Complexity: 4 n log n operations a product.
    public static func mixed(_ values: [Double], seed: UInt64 = 0, provenance: String = "mixed") -> KnownSpectrum {
        KnownSpectrum(
            .mixed(HadamardMixing(order: values.count, seed: seed), values), eigenvalues: values,
            provenance: "\(provenance), order \(values.count)")
    }

    /// Σ valuesᵢ qᵢ qᵢᵀ with orthonormal qᵢ that `seed` draws: `values`, none of them 0, and zeros otherwise.
    public static func lowRank(
        _ values: [Double], dimension: Int, seed: UInt64 = 0, provenance: String = "low rank"
    ) -> KnownSpectrum {
        precondition(values.count <= dimension, "\(values.count) eigenvalues of an operator of \(dimension)")
        var rows: [[Double]] = []
        var source = RandomSource(seed: seed, stream: "known spectrum")
        for _ in values {
            var row = (0..<dimension).map { _ in source.normal() }
            // Gram–Schmidt twice.
            for earlier in rows + rows { subtract(dot(earlier, row), earlier, from: &row) }
            let norm = dot(row, row).squareRoot()
            rows.append(row.map { $0 / norm })
        }
        return KnownSpectrum(
            .lowRank(rows, values),
            eigenvalues: values + [Double](repeating: 0, count: dimension - values.count),
            provenance: "\(provenance), rank \(values.count) in \(dimension)")
    }

    /// The tridiagonal matrix with `diagonal` and everywhere `offDiagonal` beside it.
    ///
    /// - Parameter eigenvalues: as many, which the caller knows.
    public static func tridiagonal(
        _ diagonal: [Double], offDiagonal: Double, eigenvalues: [Double], provenance: String
    ) -> KnownSpectrum {
        precondition(diagonal.count == eigenvalues.count, "\(eigenvalues.count) eigenvalues for \(diagonal.count)")
        return KnownSpectrum(.tridiagonal(diagonal, offDiagonal), eigenvalues: eigenvalues, provenance: provenance)
    }

    /// −Δ on `count` points of a line, zero at both ends: 2 − 2 cos(kπ/(count + 1)).
    public static func laplacian(_ count: Int) -> KnownSpectrum {
        tridiagonal(
            [Double](repeating: 2, count: count), offDiagonal: -1, eigenvalues: Line.eigenvalues(count),
            provenance: "1-D Laplacian, \(count) points")
    }

    /// −Δ on a grid, zero on its border: sums of two one-dimensional eigenvalues.
    public static func laplacian(rows: Int, columns: Int) -> KnownSpectrum {
        let across = Line.eigenvalues(columns)
        return KnownSpectrum(
            .grid(rows: rows, columns: columns),
            eigenvalues: Line.eigenvalues(rows).flatMap { down in across.map { down + $0 } },
            provenance: "2-D Laplacian, \(rows)×\(columns) points")
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) {
        for (vector, result) in zip(vectors, results) {
            precondition(vector.count == dimension, "a vector of \(vector.count) for an operator of \(dimension)")
            result.assign(Vector(rounding: form.product(vector.doubles)))
        }
    }
}

/// −Δ on a line.
private enum Line {
    /// 4 sin²(kπ/2(n + 1)), which is 2 − 2 cos(kπ/(n + 1)) without its cancellation.
    static func eigenvalues(_ count: Int) -> [Double] {
        (1...count).map { index in
            let sine = sin(Double(index) * Double.pi / (2 * Double(count + 1)))
            return 4 * sine * sine
        }
    }
}

/// How an operator of known spectrum makes its products, all in double precision.
private enum Form: Sendable {
    case mixed(HadamardMixing, [Double])
    case lowRank([[Double]], [Double])
    case tridiagonal([Double], Double)
    case grid(rows: Int, columns: Int)

    func product(_ x: [Double]) -> [Double] {
        switch self {
        case .mixed(let mixing, let values):
            var work = x
            mixing.forward(&work)
            for index in work.indices { work[index] *= values[index] }
            mixing.backward(&work)
            return work
        case .lowRank(let rows, let values):
            var result = [Double](repeating: 0, count: x.count)
            for (row, value) in zip(rows, values) { subtract(-value * dot(row, x), row, from: &result) }
            return result
        case .tridiagonal(let diagonal, let beside):
            return x.indices.map { index in
                let left = index > 0 ? x[index - 1] : 0
                let right = index + 1 < x.count ? x[index + 1] : 0
                return diagonal[index] * x[index] + beside * (left + right)
            }
        case .grid(let rows, let columns):
            return x.indices.map { index in
                let column = index % columns
                let left = column > 0 ? x[index - 1] : 0
                let right = column + 1 < columns ? x[index + 1] : 0
                let above = index >= columns ? x[index - columns] : 0
                let below = index + columns < rows * columns ? x[index + columns] : 0
                return 4 * x[index] - (left + right + above + below)
            }
        }
    }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

private func subtract(_ factor: Double, _ row: [Double], from x: inout [Double]) {
    for index in x.indices { x[index] -= factor * row[index] }
}
