import Files
import LinearAlgebra
import Networks
import Training

/// `shrink-and-perturb`: θ ← λ θ + σ θ_fresh, with θ_fresh drawn as fresh parameters are.
///
/// θ′ and the optimiser's moments stay; so do frozen parameters and buffers (running statistics, the vectors of
/// spectral norms). With λ + σ = 1 what is constant in fresh parameters, such as the scale 1 of a norm, is drawn
/// towards that.
struct ShrinkAndPerturb: Intervention {
    static let name = "shrink-and-perturb"
    static let summary = "θ ← λθ + σθ_fresh at each target update"
    static let source = "Ash and Adams 2020; constants: a choice, Lyle et al. 2023 give none"
    static let constants = [
        InterventionConstant("lambda", 0.8, in: 0...1, meaning: "λ, what remains of the parameters"),
        InterventionConstant("sigma", 0.2, in: 0...1e3, meaning: "σ, the share of fresh ones"),
        Occasion.constant,
    ]

    private let occasion: Occasion
    private let shrinking: Float
    private let noise: Float

    init(_ constants: InterventionConstants) throws(Fault) {
        occasion = Occasion(constants)
        shrinking = Float(constants["lambda"])
        noise = Float(constants["sigma"])
    }

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        try occasion.check(configuration, for: Self.place)
    }

    func act(_ moment: InterventionMoment) {
        guard occasion.isNow(moment) else { return }
        let theta = moment.agent.parameters.vector
        let layout = moment.agent.network.layout
        let fresh = Parameters<Float>(initialising: layout, seed: moment.freshSeed(for: Self.name)).vector
        for range in (moment.agent.restraint ?? Restraint()).moving(in: 0..<layout.count) {
            theta[range].scale(by: shrinking)
            theta[range].add(noise, fresh[range])
        }
    }
}
