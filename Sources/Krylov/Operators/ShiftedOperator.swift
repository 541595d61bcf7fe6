public import LinearAlgebra

/// α A + σ I.
///
/// The shift is added in the operator's precision: eigenvalues far below eps · |σ| are lost in it.
public struct ShiftedOperator<Base: SymmetricOperator>: SymmetricOperator {
    public typealias Element = Base.Element

    private let base: Base
    /// α.
    public let factor: Double
    /// σ.
    public let shift: Double

    public var dimension: Int { base.dimension }
    public var blockSize: Int { base.blockSize }
    public var operations: Double? { base.operations.map { $0 + 2 * Double(dimension) } }
    public var provenance: String {
        (factor == 1 ? "" : "\(factor) · ") + "(\(base.provenance))" + (shift == 0 ? "" : " + \(shift) I")
    }

    public init(_ base: Base, factor: Double = 1, shift: Double = 0) {
        self.base = base
        self.factor = factor
        self.shift = shift
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try base.apply(to: vectors, into: results)
        for (vector, result) in zip(vectors, results) {
            if factor != 1 { result.scale(by: Element(factor)) }
            if shift != 0 { result.add(Element(shift), vector) }
        }
    }
}

extension SymmetricOperator {
    /// A + σ I
    public func shifted(by shift: Double) -> ShiftedOperator<Self> { ShiftedOperator(self, shift: shift) }

    /// α A
    public func scaled(by factor: Double) -> ShiftedOperator<Self> { ShiftedOperator(self, factor: factor) }
}
