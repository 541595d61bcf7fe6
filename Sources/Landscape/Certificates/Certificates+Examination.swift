public import Krylov
public import LinearAlgebra
public import Networks

extension Certificates {
    /// Of an operator of a linearised network, and of the network's derivatives: what any result with it rests on.
    ///
    /// - Parameters:
    ///   - target: the operator, or some rows and columns of it.
    ///   - kind: which of the network's matrices it is.
    ///   - seed: of the random directions.
    /// - Throws: `KrylovFailure` where a product is not finite, since nothing goes with that; `Fault`; what the operator
    ///   throws.
    /// - Complexity: five products, and about two more for 1024 examples (`NetworkExamination`).
    public init<Element: Scalar>(
        examining target: some SymmetricOperator<Element>, of linearised: LinearisedNetwork<Element>,
        kind: OperatorKind = .hessian, gradientNorm: Double, seed: UInt64
    ) throws {
        let rounding = ProductRounding(of: linearised, gradientNorm: gradientNorm)
        let ofOperator = try OperatorExamination(target, rounding: rounding, seed: seed).certificates
        guard ofOperator["finite"]?.passed == true else { throw KrylovFailure.productIsNotFinite(product: 1) }
        // Operators that are no curvature have the Gauss-Newton product's parts.
        let curvature = (try? kind.curvature(for: linearised.loss.kind)) ?? .gaussNewton
        self = ofOperator + (try NetworkExamination(linearised, curvature: curvature, seed: seed).certificates)
    }
}
