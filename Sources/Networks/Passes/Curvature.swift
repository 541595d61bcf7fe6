/// A symmetric matrix that describes how a loss curves around a point.
public enum Curvature: String, Sendable, CaseIterable {
    /// H, all second derivatives.
    case hessian
    /// G = (1/N) Σ Jᵀ (∂²ℓ/∂f²) J; positive semidefinite for a convex ℓ (Schraudolph 2002).
    case gaussNewton = "ggn"
    /// H − G = (1/N) Σ (∂ℓ/∂f)ₖ ∇²fₖ: what the curvature of the network itself contributes.
    case residual
    /// (1/N) Σ gᵢ gᵢᵀ, the uncentred second moment of the examples' gradients.
    case empiricalFisher = "empirical-fisher"

    var order: DerivativeOrder {
        switch self {
        case .hessian, .residual: .second
        case .gaussNewton, .empiricalFisher: .first
        }
    }
}
