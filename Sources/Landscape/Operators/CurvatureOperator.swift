public import Krylov
public import LinearAlgebra
public import Networks

/// One of a loss's curvature matrices at a point, as a linear operator: H, G, H − G, or a Fisher matrix.
///
/// - Complexity: a product is a forward and a backward pass of tangents; `linearised.directions` go through together.
public struct CurvatureOperator<Element: Scalar>: SymmetricOperator {
    public let linearised: LinearisedNetwork<Element>
    public let curvature: Curvature

    /// P, the number of parameters.
    public var dimension: Int { linearised.network.layout.count }

    public init(_ curvature: Curvature, of linearised: LinearisedNetwork<Element>) {
        self.linearised = linearised
        self.curvature = curvature
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        linearised.multiply(curvature, by: vectors, into: results)
    }
}
