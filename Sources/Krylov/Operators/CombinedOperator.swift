public import LinearAlgebra

/// a A + b B: sums, differences and mixtures of two symmetric operators of one order.
///
/// - Complexity: both products, and one vector of scratch memory for each vector of the block, allocated once.
public struct CombinedOperator<First: SymmetricOperator, Second: SymmetricOperator>: SymmetricOperator
where First.Element == Second.Element {
    public typealias Element = First.Element

    private let first: First
    private let second: Second
    private let factors: (Double, Double)
    private let scratch = Scratch<Element>()

    public var dimension: Int { first.dimension }
    public var blockSize: Int { max(first.blockSize, second.blockSize) }
    public var operations: Double? {
        guard let one = first.operations, let other = second.operations else { return nil }
        return one + other + 2 * Double(dimension)
    }
    public var provenance: String {
        "\(factors.0) · (\(first.provenance)) + \(factors.1) · (\(second.provenance))"
    }

    public init(_ firstFactor: Double = 1, _ first: First, _ secondFactor: Double = 1, _ second: Second) {
        precondition(
            first.dimension == second.dimension, "a sum of operators of \(first.dimension) and \(second.dimension)")
        self.first = first
        self.second = second
        factors = (firstFactor, secondFactor)
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try first.apply(to: vectors, into: results)
        try scratch.withMatrix(rows: vectors.count, columns: dimension) { memory in
            let others = vectors.indices.map { memory.row($0) }
            try second.apply(to: vectors, into: others)
            for (result, other) in zip(results, others) {
                if factors.0 != 1 { result.scale(by: Element(factors.0)) }
                result.add(Element(factors.1), other)
            }
        }
    }
}

extension SymmetricOperator {
    /// A + B
    public func adding<Other: SymmetricOperator>(_ other: Other) -> CombinedOperator<Self, Other>
    where Other.Element == Element {
        CombinedOperator(1, self, 1, other)
    }

    /// A − B
    public func subtracting<Other: SymmetricOperator>(_ other: Other) -> CombinedOperator<Self, Other>
    where Other.Element == Element {
        CombinedOperator(1, self, -1, other)
    }
}
