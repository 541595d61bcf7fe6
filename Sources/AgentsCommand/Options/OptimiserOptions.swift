import ArgumentParser
import CommandSupport
import Files
import Training

/// The optimiser and its constants; one that it does not read is refused, not ignored.
struct OptimiserOptions: ParsableArguments {
    @Option(name: [.customLong("optimiser"), .customLong("optimizer")], help: "The rule by which parameters move.")
    var kind = Choice(OptimiserConfiguration.Kind.adam)

    @Option(help: "α. (default: \(defaults(\.learningRate)))")
    var learningRate: Double?

    @Option(help: "β₁ of Adam, μ of the momenta. (default: \(OptimiserConfiguration.adam().decay1))")
    var beta1: Double?

    @Option(help: "β₂ of Adam, ρ of RMSProp. (default: \(defaults(\.decay2) { $0.readsDecay2 }))")
    var beta2: Double?

    @Option(help: "ε, added to the root. (default: \(defaults(\.epsilon) { $0.readsEpsilons }))")
    var epsilon: Double?

    @Option(help: "ε̄, added inside the root. (default: 0.0)")
    var epsilonInRoot: Double?

    @Option(
        help: """
            λ of the term λθ in the gradient; of adamw, beside it. (default: 0.0, \
            \(OptimiserConfiguration.adamW().weightDecay) for adamw)
            """)
    var weightDecay: Double?

    /// `0.001 for adam, adamw; …`: a constant's defaults and the kinds that have them, Adam's first.
    private static func defaults(
        _ constant: KeyPath<OptimiserConfiguration, Double>,
        where isRead: (OptimiserConfiguration) -> Bool = { _ in true }
    ) -> String {
        var groups: [(value: Double, kinds: [String])] = []
        for kind in [.adam] + OptimiserConfiguration.Kind.allCases.filter({ $0 != .adam }) {
            let standard = OptimiserConfiguration.standard(kind)
            guard isRead(standard) else { continue }
            let value = standard[keyPath: constant]
            if let place = groups.firstIndex(where: { $0.value == value }) {
                groups[place].kinds.append(kind.rawValue)
            } else {
                groups.append((value, [kind.rawValue]))
            }
        }
        return groups.map { "\($0.value) for \($0.kinds.joined(separator: ", "))" }.joined(separator: "; ")
    }

    var configuration: OptimiserConfiguration {
        get throws(Fault) {
            var chosen = OptimiserConfiguration.standard(kind.value)
            chosen.learningRate = learningRate ?? chosen.learningRate
            chosen.decay1 = beta1 ?? chosen.decay1
            chosen.decay2 = beta2 ?? chosen.decay2
            chosen.epsilon = epsilon ?? chosen.epsilon
            chosen.epsilonInRoot = epsilonInRoot ?? chosen.epsilonInRoot
            chosen.weightDecay = weightDecay ?? chosen.weightDecay
            try chosen.validate()
            return chosen
        }
    }

    func validate() throws {
        let chosen = OptimiserConfiguration.standard(kind.value)
        try refuse("--beta1", beta1, unless: chosen.readsDecay1)
        try refuse("--beta2", beta2, unless: chosen.readsDecay2)
        try refuse("--epsilon", epsilon, unless: chosen.readsEpsilons)
        try refuse("--epsilon-in-root", epsilonInRoot, unless: chosen.readsEpsilons)
    }

    private func refuse(_ option: String, _ value: Double?, unless isRead: Bool) throws {
        if value != nil, !isRead { throw ValidationError("\(kind.value.rawValue) has no constant for \(option)") }
    }
}
