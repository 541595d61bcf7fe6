public import LinearAlgebra

/// A linear map known by its products alone, from vectors of `inputCount` numbers to vectors of `outputCount`.
///
/// A block of vectors goes through together, since most operators do several products in less than the time of as many
/// single ones. What comes out for one vector must not depend on the vectors beside it beyond rounding.
public protocol LinearOperator<Element>: Sendable {
    associatedtype Element: Scalar

    /// The length of the vectors it takes: its columns.
    var inputCount: Int { get }
    /// The length of the vectors it gives: its rows.
    var outputCount: Int { get }
    /// Multiplications and additions in one product; nil where nobody has counted them.
    var operations: Double? { get }
    /// How many vectors go through together at their best.
    var blockSize: Int { get }
    /// What the operator is, with all that defines it, for reports: `hessian of cross-entropy on 1024 examples`.
    var provenance: String { get }

    /// resultsᵢ = A vectorsᵢ; what stood in the results is overwritten.
    ///
    /// - Parameters:
    ///   - vectors: each `[inputCount]`.
    ///   - results: as many, each `[outputCount]`, none sharing memory with a vector.
    /// - Throws: whatever keeps the operator from a result (an interrupt, numbers that are not finite).
    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws
}

extension LinearOperator {
    public var operations: Double? { nil }
    public var blockSize: Int { 1 }
    public var provenance: String { "\(Self.self)" }

    /// A v, in new memory.
    public func product(with vector: Vector<Element>) throws -> Vector<Element> {
        let result = Vector<Element>(count: outputCount)
        try apply(to: [vector], into: [result])
        return result
    }
}
