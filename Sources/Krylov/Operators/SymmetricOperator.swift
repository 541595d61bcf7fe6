import LinearAlgebra

/// A symmetric linear map: that it conforms is its word for ⟨u, A v⟩ = ⟨A u, v⟩, up to rounding.
public protocol SymmetricOperator<Element>: LinearOperator {
    /// The order of A.
    var dimension: Int { get }
}

extension SymmetricOperator {
    public var inputCount: Int { dimension }
    public var outputCount: Int { dimension }

    /// The unit roundoff's double, 2⁻²³ or 2⁻⁵², in double precision.
    static var epsilon: Double { Double(Element.ulpOfOne) }
}
