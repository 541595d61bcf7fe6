public import Krylov
public import LinearAlgebra
public import Networks

/// J = ∂f/∂θ, the derivative of all examples' outputs, `[N · outputs, P]`.
///
/// Its rows are ordered by examples, an example's outputs side by side. Only the network counts; the loss does not.
///
/// - Complexity: a product is a forward pass of tangents.
public struct JacobianOperator<Element: Scalar>: LinearOperator {
    public let linearised: LinearisedNetwork<Element>
    public let operations: Double?
    public let provenance: String

    /// P.
    public var inputCount: Int { linearised.network.layout.count }
    /// N · outputs.
    public var outputCount: Int { linearised.outputs.rows * linearised.outputs.columns }
    public var blockSize: Int { linearised.directions }
    /// Jᵀ.
    public var transpose: TransposedJacobianOperator<Element> { TransposedJacobianOperator(self) }

    public init(of linearised: LinearisedNetwork<Element>, at place: String? = nil) {
        self.linearised = linearised
        operations = linearised.operations(\.jacobianProduct)
        provenance = linearised.provenanceOfOutputs("jacobian", at: place)
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        linearised.multiplyByJacobian(vectors, into: results.map(linearised.asOutputs))
    }
}

/// Jᵀ, `[P, N · outputs]`.
///
/// - Complexity: a product is the first-order part of a backward pass of tangents.
public struct TransposedJacobianOperator<Element: Scalar>: LinearOperator {
    /// J.
    public let transpose: JacobianOperator<Element>

    /// N · outputs.
    public var inputCount: Int { transpose.outputCount }
    /// P.
    public var outputCount: Int { transpose.inputCount }
    public var operations: Double? { transpose.linearised.operations(\.jacobianTransposeProduct) }
    public var blockSize: Int { transpose.blockSize }
    public var provenance: String { "transpose of the \(transpose.provenance)" }

    init(_ transpose: JacobianOperator<Element>) { self.transpose = transpose }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        let linearised = transpose.linearised
        linearised.multiplyByJacobianTranspose(vectors.map(linearised.asOutputs), into: results)
    }
}

/// The neural tangent kernel of all outputs, K = J Jᵀ, `[N · outputs, N · outputs]`, as a linear operator.
///
/// Neither centred nor normalised: Jacot, Gabriel and Hongler 2018, equation 1, at the point instead of in the limit.
///
/// - Complexity: a product is one with Jᵀ and one with J, and P numbers of memory a vector.
public struct TangentKernelOperator<Element: Scalar>: SymmetricOperator {
    private let jacobian: JacobianOperator<Element>
    public let provenance: String

    /// N · outputs.
    public var dimension: Int { jacobian.outputCount }
    public var operations: Double? {
        jacobian.linearised.operations { $0.jacobianProduct + $0.jacobianTransposeProduct }
    }
    public var blockSize: Int { jacobian.blockSize }

    public init(of linearised: LinearisedNetwork<Element>, at place: String? = nil) {
        jacobian = JacobianOperator(of: linearised, at: place)
        provenance = linearised.provenanceOfOutputs("ntk", at: place)
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        let blocks = stride(from: 0, to: vectors.count, by: blockSize).map { $0..<min(vectors.count, $0 + blockSize) }
        let images = blocks.isEmpty ? [] : blocks[0].map { _ in Vector<Element>(count: jacobian.inputCount) }
        for block in blocks {
            let images = Array(images.prefix(block.count))
            try jacobian.transpose.apply(to: Array(vectors[block]), into: images)
            try jacobian.apply(to: images, into: Array(results[block]))
        }
    }
}

extension LinearisedNetwork {
    /// A vector over all outputs as `[N, outputs]`, a view.
    func asOutputs(_ vector: Vector<Element>) -> Matrix<Element> {
        vector.matrix(rows: outputs.rows, columns: outputs.columns)
    }

    /// `ntk on 64 examples with 10 outputs at step_100.safetensors`
    func provenanceOfOutputs(_ name: String, at place: String?) -> String {
        "\(name) on \(exampleCount) examples with \(outputs.columns) outputs" + (place.map { " at \($0)" } ?? "")
    }
}
