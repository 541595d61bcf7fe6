public import LinearAlgebra

/// B A: first A, then B.
public struct ComposedOperator<Outer: LinearOperator, Inner: LinearOperator>: LinearOperator
where Outer.Element == Inner.Element {
    public typealias Element = Inner.Element

    private let outer: Outer
    private let inner: Inner
    private let scratch = Scratch<Element>()

    public var inputCount: Int { inner.inputCount }
    public var outputCount: Int { outer.outputCount }
    public var blockSize: Int { max(inner.blockSize, outer.blockSize) }
    public var operations: Double? {
        guard let one = inner.operations, let other = outer.operations else { return nil }
        return one + other
    }
    public var provenance: String { "(\(outer.provenance)) (\(inner.provenance))" }

    public init(_ outer: Outer, after inner: Inner) {
        precondition(
            inner.outputCount == outer.inputCount,
            "an operator on \(outer.inputCount) numbers after one that gives \(inner.outputCount)")
        self.outer = outer
        self.inner = inner
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try scratch.withMatrix(rows: vectors.count, columns: inner.outputCount) { memory in
            let between = vectors.indices.map { memory.row($0) }
            try inner.apply(to: vectors, into: between)
            try outer.apply(to: between, into: results)
        }
    }
}

/// AᵀA, from an operator and its transpose; A Aᵀ where the two change places.
///
/// That `transpose` is A's transpose is the caller's word: ⟨u, A v⟩ = ⟨Aᵀu, v⟩. Eigenvalues are squares of singular
/// values, so that those below √eps of the largest are lost to rounding.
public struct GramOperator<Forward: LinearOperator, Transpose: LinearOperator>: SymmetricOperator
where Forward.Element == Transpose.Element {
    public typealias Element = Forward.Element

    private let composed: ComposedOperator<Transpose, Forward>

    public var dimension: Int { composed.inputCount }
    public var blockSize: Int { composed.blockSize }
    public var operations: Double? { composed.operations }
    public var provenance: String { composed.provenance }

    public init(_ forward: Forward, transpose: Transpose) {
        precondition(
            transpose.outputCount == forward.inputCount,
            "a transpose that gives \(transpose.outputCount) for an operator on \(forward.inputCount)")
        composed = ComposedOperator(transpose, after: forward)
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try composed.apply(to: vectors, into: results)
    }
}
