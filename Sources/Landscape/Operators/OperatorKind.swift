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
    case empiricalFisher = "empirical-fisher"

    /// The matrix to multiply by, for a loss of that kind.
    ///
    /// - Throws: `Fault` of kind `usage` for the Fisher matrix of a loss that is no likelihood.
    public func curvature(for loss: LossKind) throws(Fault) -> Curvature {
        switch self {
        case .hessian: return .hessian
        case .gaussNewton: return .gaussNewton
        case .residual: return .residual
        case .empiricalFisher: return .empiricalFisher
        case .fisher:
            guard loss.hasLikelihood else {
                throw Fault(
                    .usage, "the loss \(loss.rawValue) is no likelihood, so it has no Fisher matrix", at: "--operator",
                    remedy: "Take ggn or empirical-fisher")
            }
            return .gaussNewton
        }
    }
}
