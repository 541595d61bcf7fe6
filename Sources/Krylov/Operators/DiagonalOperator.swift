public import LinearAlgebra

/// diag(d): an operator whose spectrum is known, for tests, `selftest` and timing.
public struct DiagonalOperator<Element: Scalar>: SymmetricOperator {
    private let diagonal: Vector<Element>

    public var dimension: Int { diagonal.count }

    /// - Parameter diagonal: the eigenvalues, `[n]`; kept as a view.
    public init(_ diagonal: Vector<Element>) { self.diagonal = diagonal }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) {
        for (vector, result) in zip(vectors, results) { result.assign(product: diagonal, vector) }
    }
}
