public import LinearAlgebra

/// A symmetric linear map A on vectors of `dimension` numbers, known by its products alone.
///
/// A block of vectors goes through together, since most operators do several products in less than the time of as many
/// single ones. What comes out for one vector must not depend on the vectors beside it beyond rounding.
public protocol SymmetricOperator<Element>: Sendable {
    associatedtype Element: Scalar

    /// The order of A.
    var dimension: Int { get }

    /// resultsᵢ = A vectorsᵢ; what stood in the results is overwritten.
    ///
    /// - Parameters:
    ///   - vectors: each `[dimension]`.
    ///   - results: as many, each `[dimension]`, none sharing memory with a vector.
    /// - Throws: whatever keeps the operator from a result (an interrupt, numbers that are not finite).
    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws
}

extension SymmetricOperator {
    /// A v, in new memory.
    public func product(with vector: Vector<Element>) throws -> Vector<Element> {
        let result = Vector<Element>(count: dimension)
        try apply(to: [vector], into: [result])
        return result
    }

    /// The unit roundoff's double, 2⁻²³ or 2⁻⁵², in double precision.
    static var epsilon: Double { Double(Element.ulpOfOne) }
}
