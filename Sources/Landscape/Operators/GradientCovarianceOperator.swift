public import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// The covariance of the examples' gradients, C = (1/N) Σ (gᵢ − ḡ)(gᵢ − ḡ)ᵀ with ḡ their mean, as a linear operator on
/// parameters; gradients are not normalised.
///
/// C v = (1/N) Σ (sᵢ − s̄) gᵢ with sᵢ = gᵢ·v, which is the same since Σ (sᵢ − s̄) = 0: the mean is taken from N numbers
/// rather than ḡ ḡᵀ from a matrix, so that nothing cancels where gradients agree.
///
/// - Complexity: a product is one with J, one with Jᵀ, and N · outputs numbers.
public struct GradientCovarianceOperator<Element: Scalar>: SymmetricOperator {
    public let linearised: LinearisedNetwork<Element>
    public let operations: Double?
    public let provenance: String
    /// ∂ℓᵢ/∂fᵢ, `[N, outputs]`.
    private let gradients: Matrix<Element>

    public var dimension: Int { linearised.network.layout.count }
    public var blockSize: Int { linearised.directions }

    /// - Throws: `Fault` of kind `usage` for coupled examples, of which none has a gradient of its own.
    public init(of linearised: LinearisedNetwork<Element>, at place: String? = nil) throws(Fault) {
        guard !linearised.couplesExamples else { throw Fault.coupledExamples }
        self.linearised = linearised
        gradients = linearised.loss.gradients(at: linearised.outputs).weights
        operations = linearised.operations { $0.jacobianProduct + $0.jacobianTransposeProduct }
        provenance = linearised.provenance(of: "gradient-covariance", at: place)
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        let count = linearised.exampleCount
        for first in stride(from: 0, to: vectors.count, by: blockSize) {
            let group = first..<min(vectors.count, first + blockSize)
            let tangents = group.map { _ in Matrix<Element>(rows: count, columns: gradients.columns) }
            linearised.multiplyByJacobian(Array(vectors[group]), into: tangents)
            for tangent in tangents { centre(tangent) }
            linearised.multiplyByJacobianTranspose(tangents, into: Array(results[group]))
        }
    }

    /// Row i ← (sᵢ − s̄)/N ∂ℓᵢ/∂fᵢ with sᵢ the inner product of the row and ∂ℓᵢ/∂fᵢ.
    private func centre(_ rows: Matrix<Element>) {
        let count = Double(rows.rows)
        let slopes = (0..<rows.rows).map { gradients.row($0).dot(rows.row($0)) }
        let mean = slopes.reduce(0, +) / count
        for (row, slope) in slopes.enumerated() {
            rows.row(row).assign(gradients.row(row))
            rows.row(row).scale(by: Element((slope - mean) / count))
        }
    }
}

extension LinearisedNetwork {
    /// Whether one example's outputs depend on others, so that none has a gradient of its own.
    var couplesExamples: Bool { mode.couplesExamples && network.couplesExamples }
}
