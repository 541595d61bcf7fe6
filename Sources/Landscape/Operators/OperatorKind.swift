public import Files
public import Networks

/// The curvature matrices by the names that commands give them.
public enum OperatorKind: String, Sendable, Codable, CaseIterable {
    case hessian
    case gaussNewton = "ggn"
    case residual
    /// (1/N) Σ E[∇ log p ∇ log pᵀ] over the model's own predictions; for the losses that are likelihoods it is the
    /// generalised Gauss-Newton matrix (Martens 2020, section 9.2).
    case fisher
    /// The same with the mean over the model's predictions taken over samples: `MonteCarloFisherOperator`.
    case monteCarloFisher = "fisher-mc"
    case empiricalFisher = "empirical-fisher"
    /// (1/N) Σ (gᵢ − ḡ)(gᵢ − ḡ)ᵀ: `GradientCovarianceOperator`.
    case gradientCovariance = "gradient-covariance"
    /// J Jᵀ on N · outputs numbers: `TangentKernelOperator`.
    case tangentKernel = "ntk"

    /// Whether the matrix acts on parameters; the tangent kernel acts on outputs.
    public var actsOnParameters: Bool { self != .tangentKernel }

    /// Whether no eigenvalue is negative, whatever the loss.
    public var isPositiveSemidefinite: Bool {
        switch self {
        case .hessian, .residual: false
        case .gaussNewton, .fisher, .monteCarloFisher, .empiricalFisher, .gradientCovariance, .tangentKernel: true
        }
    }

    /// The matrix to multiply by, for a loss of that kind.
    ///
    /// - Throws: `Fault` of kind `usage` for the Fisher matrix of a loss that is no likelihood, and for a matrix that is
    ///   an operator of its own (`OperatorConfiguration.make`).
    public func curvature(for loss: LossKind) throws(Fault) -> Curvature {
        switch self {
        case .hessian: return .hessian
        case .gaussNewton: return .gaussNewton
        case .residual: return .residual
        case .empiricalFisher: return .empiricalFisher
        case .fisher:
            guard loss.hasLikelihood else { throw Fault.noLikelihood(loss) }
            return .gaussNewton
        case .monteCarloFisher, .gradientCovariance, .tangentKernel:
            throw Fault(
                .usage, "\(rawValue) is not one of the matrices that can be taken here", at: "--operator",
                remedy: "Take hessian, ggn, residual, fisher or empirical-fisher")
        }
    }
}
