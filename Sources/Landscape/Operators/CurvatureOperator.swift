public import Krylov
public import LinearAlgebra
public import Networks

/// One of a loss's curvature matrices at a point, as a linear operator: H, G, H − G, or the empirical Fisher matrix.
///
/// - Complexity: a product is a forward and a backward pass of tangents; `linearised.directions` go through together.
public struct CurvatureOperator<Element: Scalar>: SymmetricOperator {
    public let linearised: LinearisedNetwork<Element>
    public let curvature: Curvature
    /// Of one product.
    public let operations: Double?
    public let provenance: String

    /// P, the number of parameters.
    public var dimension: Int { linearised.network.layout.count }
    public var blockSize: Int { linearised.directions }

    /// - Parameters:
    ///   - place: where the point is from, for `provenance`: a checkpoint's file.
    ///   - name: what it goes by, where that is not the curvature's own name.
    public init(
        _ curvature: Curvature, of linearised: LinearisedNetwork<Element>, at place: String? = nil,
        named name: String? = nil
    ) {
        self.linearised = linearised
        self.curvature = curvature
        operations = linearised.operations { $0.product(curvature) }
        provenance = linearised.provenance(of: name ?? curvature.rawValue, at: place)
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        linearised.multiply(curvature, by: vectors, into: results)
    }
}

/// What all operators of a linearised network say of themselves.
extension LinearisedNetwork {
    /// Operations for all examples, without those for what a limit of memory has computed anew.
    func operations(_ count: (OperationCount) -> Double) -> Double {
        Double(exampleCount) * count(OperationCount(network.architecture))
    }

    /// `hessian of cross-entropy on 1024 examples at step_100.safetensors`
    func provenance(of name: String, at place: String?) -> String {
        let examples = exampleCount == 1 ? "1 example" : "\(exampleCount) examples"
        return "\(name) of \(loss.kind.rawValue) on \(examples)" + (place.map { " at \($0)" } ?? "")
    }
}
