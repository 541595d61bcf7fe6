import Files
import Networks
import Training

/// `weight-decay`: λθ is added to the gradient, the optimiser's `weight_decay` by another name. That of `adamw` is
/// decoupled by the optimiser's definition: θ −= αλθ beside the step.
struct WeightDecay: Intervention {
    static let name = "weight-decay"
    static let summary = "add λθ to the gradient; with adamw, whose decay is decoupled, αλθ to the step"
    static let source = "Lyle et al. 2023, figure 6"
    static let constants = [InterventionConstant("lambda", 1e-5, in: 0...1e6, meaning: "λ")]

    private let strength: Double

    init(_ constants: InterventionConstants) throws(Fault) { strength = constants["lambda"] }

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        guard configuration.optimiser.weightDecay == 0 else {
            throw Self.conflict(
                "finds a weight decay of \(configuration.optimiser.weightDecay) in the optimiser "
                    + "\(configuration.optimiser.kind.rawValue) already, and it would count twice",
                remedy: "Leave out the intervention, or give the optimiser a weight decay of 0 (--weight-decay 0)")
        }
        configuration.optimiser.weightDecay = strength
    }

    func isMade(in configuration: RunConfiguration) -> Bool { configuration.optimiser.weightDecay == strength }
}

/// `l2-init`: λ(θ − θ₀) is added to the gradient, with θ₀ the fresh parameters, which the seed gives again.
///
/// That is λ/2 ‖θ − θ₀‖² in the loss, as weight decay is λ/2 ‖θ‖²; Kumar et al. write λ ‖θ − θ₀‖², so that their λ is
/// half of ours. They search for λ by problem; the default is a choice of ours.
struct InitialDecay: Intervention {
    static let name = "l2-init"
    static let summary = "add λ(θ − θ₀) to the gradient: regenerative regularisation"
    static let source = "Kumar, Marklund and Van Roy 2023"
    static let constants = [
        InterventionConstant("lambda", 1e-3, in: 0...1e6, meaning: "λ, twice that of λ‖θ − θ₀‖² in the loss")
    ]

    private let strength: Double

    init(_ constants: InterventionConstants) throws(Fault) { strength = constants["lambda"] }

    func attach(_ moment: InterventionMoment) {
        let fresh = Parameters<Float>(initialising: moment.agent.network.layout, seed: moment.configuration.seed)
        moment.agent.restraint = Restraint(
            frozen: moment.agent.restraint?.frozen ?? [], anchor: (strength, fresh.vector))
    }
}
