import ArgumentParser
import CommandSupport
import Files
import Training

/// The optimiser and its constants; one that it does not read is refused, not ignored.
struct OptimiserOptions: ParsableArguments {
    @Option(name: [.customLong("optimiser"), .customLong("optimizer")], help: "The rule by which parameters move.")
    var kind = Choice(OptimiserConfiguration.Kind.adam)

    @Option(help: "α. (default: \(defaults(\.learningRate)), \(descentRate) for sgd and momentum)")
    var learningRate: Double?

    @Option(help: "β₁ of Adam, μ of momentum. (default: \(OptimiserConfiguration.adam().decay1))")
    var beta1: Double?

    @Option(help: "β₂ of Adam, ρ of RMSProp. (default: \(defaults(\.decay2)))")
    var beta2: Double?

    @Option(help: "ε, added to the root, of Adam and RMSProp. (default: \(defaults(\.epsilon)))")
    var epsilon: Double?

    @Option(help: "ε̄, added inside the root, of Adam and RMSProp. (default: 0.0)")
    var epsilonInRoot: Double?

    @Option(help: "λ of the term λθ in the gradient.")
    var weightDecay = 0.0

    private static func defaults(_ constant: KeyPath<OptimiserConfiguration, Double>) -> String {
        let adam = OptimiserConfiguration.adam()[keyPath: constant]
        return "\(adam) for adam, \(OptimiserConfiguration.rmsProp()[keyPath: constant]) for rmsprop"
    }

    /// The gentle rate of plain descent, which has no customary one.
    private static let descentRate = 0.01

    var configuration: OptimiserConfiguration {
        get throws(Fault) {
            var chosen: OptimiserConfiguration =
                switch kind.value {
                case .sgd: .sgd(learningRate: Self.descentRate)
                case .momentum: .momentum(learningRate: Self.descentRate)
                case .rmsProp: .rmsProp()
                case .adam: .adam()
                }
            chosen.learningRate = learningRate ?? chosen.learningRate
            chosen.decay1 = beta1 ?? chosen.decay1
            chosen.decay2 = beta2 ?? chosen.decay2
            chosen.epsilon = epsilon ?? chosen.epsilon
            chosen.epsilonInRoot = epsilonInRoot ?? chosen.epsilonInRoot
            chosen.weightDecay = weightDecay
            try chosen.validate()
            return chosen
        }
    }

    func validate() throws {
        let isAdaptive = kind.value == .adam || kind.value == .rmsProp
        try refuse("--beta1", beta1, unless: kind.value == .adam || kind.value == .momentum)
        try refuse("--beta2", beta2, unless: isAdaptive)
        try refuse("--epsilon", epsilon, unless: isAdaptive)
        try refuse("--epsilon-in-root", epsilonInRoot, unless: isAdaptive)
    }

    private func refuse(_ option: String, _ value: Double?, unless isRead: Bool) throws {
        if value != nil, !isRead { throw ValidationError("\(kind.value.rawValue) has no constant for \(option)") }
    }
}
