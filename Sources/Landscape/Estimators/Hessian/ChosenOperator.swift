import Files
import Krylov
import LinearAlgebra
import Networks

/// The matrix that a configuration asks for: one of the loss's, or some rows and columns of it.
struct ChosenOperator<Element: Scalar> {
    let target: AnySymmetricOperator<Element>
    /// ‖∇ℓ‖₂ of the chosen parameters.
    let gradientNorm: Double
    let isRestricted: Bool

    init(_ configuration: HessianConfiguration, of linearised: LinearisedNetwork<Element>) throws(Fault) {
        let whole = try configuration.target.make(of: linearised)
        let gradient = linearised.gradient()
        guard let patterns = configuration.parameters else {
            target = whole
            gradientNorm = gradient.norm
            isRestricted = false
            return
        }
        guard configuration.target.kind.actsOnParameters else {
            throw Fault(
                .usage, "\(configuration.target.kind.rawValue) has no rows of parameters to choose", at: "--parameters",
                remedy: "Leave it out, or take another --operator")
        }
        let selection = try ParameterSelection(patterns, of: linearised.network.layout)
        target = AnySymmetricOperator(whole.restricted(to: selection.ranges))
        gradientNorm = selection.ranges.reduce(0) { sum, range in
            let part = gradient[range]
            return sum + part.dot(part)
        }.squareRoot()
        isRestricted = true
    }
}
