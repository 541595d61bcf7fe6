public import Krylov
public import LinearAlgebra

/// A symmetric operator of any kind, behind one type.
public struct AnySymmetricOperator<Element: Scalar>: SymmetricOperator {
    public let base: any SymmetricOperator<Element>

    public var dimension: Int { base.dimension }
    public var operations: Double? { base.operations }
    public var blockSize: Int { base.blockSize }
    public var provenance: String { base.provenance }

    public init(_ base: any SymmetricOperator<Element>) { self.base = base }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try base.apply(to: vectors, into: results)
    }
}
