public import LinearAlgebra

/// (I − VᵀV) A (I − VᵀV), V with orthonormal rows: what is left of A off a subspace, as of its outliers.
///
/// The projections are in double precision, each result rounded once. Rows that are orthonormal to δ leave δ ‖A‖ of the
/// subspace in place.
///
/// - Complexity: a product, 8 · rows · dimension flops, and one vector of scratch memory for each vector.
public struct ProjectedOperator<Base: SymmetricOperator>: SymmetricOperator {
    public typealias Element = Base.Element

    private let base: Base
    private let subspace: Matrix<Element>
    private let workers: Workers
    private let scratch = Scratch<Element>()

    public var dimension: Int { base.dimension }
    public var blockSize: Int { base.blockSize }
    public var operations: Double? {
        base.operations.map { $0 + 4 * Double(subspace.rows) * Double(dimension) }
    }
    public var provenance: String { "\(base.provenance) off a subspace of \(subspace.rows)" }

    /// - Parameter subspace: V, `[vectors, dimension]`, rows orthonormal; kept as a view.
    public init(_ base: Base, off subspace: Matrix<Element>, workers: Workers = .one) {
        precondition(
            subspace.columns == base.dimension,
            "an operator of \(base.dimension) off a subspace of vectors of \(subspace.columns)")
        self.base = base
        self.subspace = subspace
        self.workers = workers
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try scratch.withMatrix(rows: vectors.count, columns: dimension) { memory in
            let inputs = vectors.indices.map { memory.row($0) }
            for (vector, input) in zip(vectors, inputs) { input.assign(vector) }
            project(inputs)
            try base.apply(to: inputs, into: results)
            project(results)
        }
    }

    /// vᵢ ← (I − VᵀV) vᵢ
    private func project(_ vectors: [Vector<Element>]) {
        guard subspace.rows > 0 else { return }
        let found = Basis.coefficients(of: vectors, in: subspace, workers: workers)
        Basis.remove(found, of: subspace, from: vectors, workers: workers)
    }
}

extension SymmetricOperator {
    /// (I − VᵀV) A (I − VᵀV)
    public func projected(off subspace: Matrix<Element>, workers: Workers = .one) -> ProjectedOperator<Self> {
        ProjectedOperator(self, off: subspace, workers: workers)
    }
}
