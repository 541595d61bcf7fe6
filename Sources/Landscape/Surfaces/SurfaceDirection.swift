public import LinearAlgebra

/// A direction in parameter space, and where it comes from.
public struct SurfaceDirection<Element: Scalar>: Sendable {
    /// d, flat.
    public let vector: Vector<Element>
    /// In words: `random, filter-normalised`.
    public let origin: String
    /// Of an eigenvector: its eigenvalue, and ‖H v − λ v‖.
    public let eigenvalue: (value: Double, residual: Double)?

    public init(_ vector: Vector<Element>, origin: String, eigenvalue: (value: Double, residual: Double)? = nil) {
        self.vector = vector
        self.origin = origin
        self.eigenvalue = eigenvalue
    }

    /// The part orthogonal to `other`, as long as the whole was; nil where nothing is left but rounding.
    public func orthogonal(to other: SurfaceDirection) -> SurfaceDirection? {
        let (length, square) = (vector.norm, other.vector.dot(other.vector))
        guard length > 0, square > 0 else { return nil }
        let part = vector.copy()
        // Twice is enough (Parlett 1980, section 6-9): what rounding left of `other` is taken out as well.
        for _ in 0..<2 { part.add(Element(-part.dot(other.vector) / square), other.vector) }
        guard part.norm > 1e3 * Double(Element.ulpOfOne) * length else { return nil }
        part.scale(by: Element(length / part.norm))
        return SurfaceDirection(part, origin: origin + ", made orthogonal to the first", eigenvalue: eigenvalue)
    }

    /// ⟨d, e⟩ / ‖d‖‖e‖; 0 where one of them is 0.
    public func cosine(with other: SurfaceDirection) -> Double {
        let lengths = vector.norm * other.vector.norm
        return lengths > 0 ? vector.dot(other.vector) / lengths : 0
    }
}

extension Vector {
    /// Turned so that its largest element (the first of equal ones) is positive: ± v are one eigenvector.
    func turnPositive() {
        let numbers = doubles
        guard let place = numbers.indices.max(by: { abs(numbers[$0]) < abs(numbers[$1]) }), numbers[place] < 0 else {
            return
        }
        scale(by: -1)
    }
}
