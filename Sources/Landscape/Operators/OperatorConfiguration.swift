public import Files
public import LinearAlgebra
public import Networks

/// Which matrix is wanted, with all that defines it beside the problem.
public struct OperatorConfiguration: Sendable, Equatable {
    public var kind: OperatorKind
    /// Targets drawn for each example; read by `fisher-mc` alone. One, as in most of the literature.
    public var samples: Int
    /// Of the drawn targets.
    public var seed: UInt64
    /// Where the point is from, for `provenance`: a checkpoint's file.
    public var place: String?

    public init(_ kind: OperatorKind = .hessian, samples: Int = 1, seed: UInt64 = 0, place: String? = nil) {
        self.kind = kind
        self.samples = samples
        self.seed = seed
        self.place = place
    }

    /// The operator at a point.
    ///
    /// - Throws: `Fault` of kind `usage` for a Fisher matrix of a loss that is no likelihood, and for the gradient
    ///   covariance of coupled examples.
    public func make<Element: Scalar>(
        of linearised: LinearisedNetwork<Element>
    ) throws(Fault) -> AnySymmetricOperator<Element> {
        switch kind {
        case .hessian, .gaussNewton, .residual, .fisher, .empiricalFisher:
            let curvature = try kind.curvature(for: linearised.loss.kind)
            return AnySymmetricOperator(
                CurvatureOperator(curvature, of: linearised, at: place, named: kind.rawValue))
        case .monteCarloFisher:
            return AnySymmetricOperator(
                try MonteCarloFisherOperator(of: linearised, samples: samples, seed: seed, at: place))
        case .gradientCovariance:
            return AnySymmetricOperator(try GradientCovarianceOperator(of: linearised, at: place))
        case .tangentKernel:
            return AnySymmetricOperator(TangentKernelOperator(of: linearised, at: place))
        }
    }
}
