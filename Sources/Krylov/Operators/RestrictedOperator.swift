public import LinearAlgebra

/// A[S, S]: the rows and columns of a set of indices, in their order.
///
/// Its eigenvalues interlace with those of A (Cauchy): the largest is at most A's largest, the smallest at least its
/// smallest.
///
/// - Complexity: a product with A, and two of A's vectors of scratch memory for each vector, allocated once.
public struct RestrictedOperator<Base: SymmetricOperator>: SymmetricOperator {
    public typealias Element = Base.Element

    private let base: Base
    private let scratch = Scratch<Element>()
    /// S, ascending and without overlap.
    public let ranges: [Range<Int>]
    public let dimension: Int

    public var blockSize: Int { base.blockSize }
    public var operations: Double? { base.operations }
    public var provenance: String { "\(dimension) of \(base.dimension) rows and columns of \(base.provenance)" }

    /// - Parameter ranges: ascending, without overlap, within the operator, at least one index in all.
    public init(_ base: Base, to ranges: [Range<Int>]) {
        let count = ranges.reduce(0) { $0 + $1.count }
        precondition(
            count > 0 && ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= base.dimension }
                && zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound },
            "an operator of \(base.dimension) restricted to \(ranges)")
        self.base = base
        self.ranges = ranges
        dimension = count
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try scratch.withMatrix(rows: 2 * vectors.count, columns: base.dimension) { memory in
            let inputs = vectors.indices.map { memory.row($0) }
            let outputs = vectors.indices.map { memory.row(vectors.count + $0) }
            for (vector, input) in zip(vectors, inputs) { expand(vector, into: input) }
            try base.apply(to: inputs, into: outputs)
            for (output, result) in zip(outputs, results) { gather(output, into: result) }
        }
    }

    /// `full` takes the numbers of `vector` (`[dimension]`) at the indices of S and zeros elsewhere.
    public func expand(_ vector: Vector<Element>, into full: Vector<Element>) {
        full.fill(0)
        var start = 0
        for range in ranges {
            full[range].assign(vector[start..<start + range.count])
            start += range.count
        }
    }

    /// `vector` (`[dimension]`) takes the numbers of `full` at the indices of S.
    public func gather(_ full: Vector<Element>, into vector: Vector<Element>) {
        var start = 0
        for range in ranges {
            vector[start..<start + range.count].assign(full[range])
            start += range.count
        }
    }
}

extension SymmetricOperator {
    /// A[S, S]
    public func restricted(to ranges: [Range<Int>]) -> RestrictedOperator<Self> {
        RestrictedOperator(self, to: ranges)
    }
}
