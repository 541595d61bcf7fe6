public import Files
import LinearAlgebra

/// A first-order optimiser and its constants, as users and files give them.
///
/// | kind | step, with g the gradient plus λθ |
/// | --- | --- |
/// | `sgd` | θ −= α g |
/// | `momentum` | m = β₁ m + g, θ −= α m |
/// | `nesterov` | m = β₁ m + g, θ −= α (g + β₁ m) |
/// | `rmsprop` | m = β₂ m + (1 − β₂) g, v = β₂ v + (1 − β₂) g², θ −= α g / (√(v − m² + ε̄) + ε) (centred) |
/// | `rmsprop-uncentred` | v = β₂ v + (1 − β₂) g², θ −= α g / (√(v + ε̄) + ε) |
/// | `adam` | m = β₁ m + (1 − β₁) g, v = β₂ v + (1 − β₂) g², θ −= α m̂ / (√(v̂ + ε̄) + ε), m̂ = m/(1 − β₁ᵗ), v̂ alike |
/// | `adamw` | as `adam` with g the gradient alone, and θ −= αλθ beside it |
/// | `adagrad` | v = v + g², θ −= α g / (√(v + ε̄) + ε) |
///
/// Source: Kingma and Ba 2015 for Adam; Lyle et al. 2023, section 3, for ε̄ inside the root; Polyak 1964 and Sutskever et
/// al. 2013, equations 3 and 4, for the momenta, in the form of PyTorch and optax; Tieleman and Hinton 2012, and Graves
/// 2013, equation 40, for RMSProp; Loshchilov and Hutter 2019, algorithm 2, for AdamW; Duchi, Hazan and Singer 2011 for
/// AdaGrad.
public struct OptimiserConfiguration: Sendable, Equatable, Codable {
    /// The rule, by the name that commands and files give it.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case sgd
        case momentum
        case nesterov
        case rmsProp = "rmsprop"
        case uncentredRMSProp = "rmsprop-uncentred"
        case adam
        case adamW = "adamw"
        case adaGrad = "adagrad"
    }

    public var kind: Kind
    /// α.
    public var learningRate: Double
    /// β₁ of Adam, or μ of momentum; not read by the others.
    public var decay1: Double
    /// β₂ of Adam, or ρ of RMSProp; not read by the others.
    public var decay2: Double
    /// ε, added to the root.
    public var epsilon: Double
    /// ε̄, added inside the root.
    public var epsilonInRoot: Double
    /// λ of the term λθ in the gradient; of `adamw`, beside it.
    public var weightDecay: Double = 0

    enum CodingKeys: String, CodingKey {
        case kind
        case learningRate = "learning_rate"
        case decay1, decay2, epsilon
        case epsilonInRoot = "epsilon_in_root"
        case weightDecay = "weight_decay"
    }

    private init(_ kind: Kind, _ learningRate: Double, _ decay1: Double, _ decay2: Double, _ epsilons: (Double, Double))
    {
        self.kind = kind
        self.learningRate = learningRate
        self.decay1 = decay1
        self.decay2 = decay2
        (epsilon, epsilonInRoot) = epsilons
    }

    public static func sgd(learningRate: Double) -> Self { Self(.sgd, learningRate, 0, 0, (0, 0)) }

    public static func momentum(learningRate: Double, decay: Double = 0.9) -> Self {
        Self(.momentum, learningRate, decay, 0, (0, 0))
    }

    public static func nesterov(learningRate: Double, decay: Double = 0.9) -> Self {
        Self(.nesterov, learningRate, decay, 0, (0, 0))
    }

    /// The defaults are those of Mnih et al. 2015: centred, ε = 0.01 / 32².
    public static func rmsProp(
        learningRate: Double = 2.5e-4, decay: Double = 0.95, epsilon: Double = 0.01 / 1024, epsilonInRoot: Double = 0
    ) -> Self {
        Self(.rmsProp, learningRate, 0, decay, (epsilon, epsilonInRoot))
    }

    /// The defaults are PyTorch's.
    public static func uncentredRMSProp(
        learningRate: Double = 0.01, decay: Double = 0.99, epsilon: Double = 1e-8, epsilonInRoot: Double = 0
    ) -> Self {
        Self(.uncentredRMSProp, learningRate, 0, decay, (epsilon, epsilonInRoot))
    }

    public static func adam(
        learningRate: Double = 1e-3, decay1: Double = 0.9, decay2: Double = 0.999, epsilon: Double = 1e-8,
        epsilonInRoot: Double = 0
    ) -> Self {
        Self(.adam, learningRate, decay1, decay2, (epsilon, epsilonInRoot))
    }

    /// The defaults are PyTorch's.
    public static func adamW(
        learningRate: Double = 1e-3, decay1: Double = 0.9, decay2: Double = 0.999, epsilon: Double = 1e-8,
        epsilonInRoot: Double = 0, weightDecay: Double = 0.01
    ) -> Self {
        var configuration = Self(.adamW, learningRate, decay1, decay2, (epsilon, epsilonInRoot))
        configuration.weightDecay = weightDecay
        return configuration
    }

    /// The defaults are PyTorch's.
    public static func adaGrad(
        learningRate: Double = 0.01, epsilon: Double = 1e-10, epsilonInRoot: Double = 0
    ) -> Self {
        Self(.adaGrad, learningRate, 0, 0, (epsilon, epsilonInRoot))
    }

    /// An optimiser of that kind with its defaults; plain descent and the momenta, which have no customary rate, take a
    /// gentle one.
    public static func standard(_ kind: Kind) -> Self {
        let descentRate = 0.01
        return switch kind {
        case .sgd: .sgd(learningRate: descentRate)
        case .momentum: .momentum(learningRate: descentRate)
        case .nesterov: .nesterov(learningRate: descentRate)
        case .rmsProp: .rmsProp()
        case .uncentredRMSProp: .uncentredRMSProp()
        case .adam: .adam()
        case .adamW: .adamW()
        case .adaGrad: .adaGrad()
        }
    }

    /// - Throws: `Fault` of kind `usage` that names the constant, its value and the range it must be in; where the rule
    ///   divides by a root, for two epsilons that are 0 in single precision.
    public func validate() throws(Fault) {
        try check("learning_rate", learningRate, "above 0") { $0 > 0 }
        try check("decay1", decay1, "from 0 to below 1") { $0 >= 0 && $0 < 1 }
        try check("decay2", decay2, "from 0 to below 1") { $0 >= 0 && $0 < 1 }
        try check("epsilon", epsilon, "0 or more") { $0 >= 0 }
        try check("epsilon_in_root", epsilonInRoot, "0 or more") { $0 >= 0 }
        try check("weight_decay", weightDecay, "0 or more") { $0 >= 0 }
        guard !rule.hasSecondMoment || Float(epsilon) > 0 || Float(epsilonInRoot) > 0 else {
            throw Fault(
                .usage,
                "both epsilons are 0 in single precision (epsilon \(epsilon), epsilon_in_root \(epsilonInRoot)), so a "
                    + "parameter without gradient would be moved by 0/0",
                at: "optimiser \(kind.rawValue)", remedy: "Make one of them positive, 1e-38 or more")
        }
    }

    var rule: UpdateRule {
        switch kind {
        case .sgd: .gradientDescent
        case .momentum: .momentum
        case .nesterov: .nesterov
        case .rmsProp: .rmsProp
        case .uncentredRMSProp: .uncentredRMSProp
        case .adam: .adam
        case .adamW: .decoupledAdam
        case .adaGrad: .adaGrad
        }
    }

    /// Whether the rule reads β₁ (or μ).
    public var readsDecay1: Bool { rule.hasFirstMoment && kind != .rmsProp }

    /// Whether the rule reads β₂ (or ρ).
    public var readsDecay2: Bool { rule.hasSecondMoment && kind != .adaGrad }

    /// Whether the rule divides by a root, and so reads ε and ε̄.
    public var readsEpsilons: Bool { rule.hasSecondMoment }

    /// Which moments the rule keeps, by the names that saved states give them.
    var momentNames: [String] {
        (rule.hasFirstMoment ? ["first"] : []) + (rule.hasSecondMoment ? ["second"] : [])
    }

    private func check(
        _ key: String, _ value: Double, _ needed: String, _ holds: (Double) -> Bool
    ) throws(Fault) {
        guard !value.isFinite || !holds(value) else { return }
        throw Fault(.usage, "\(key) is \(value) and must be \(needed)", at: "optimiser \(kind.rawValue)")
    }
}

extension OptimiserConfiguration: CustomStringConvertible {
    /// The optimiser on one line, with the constants that it reads.
    public var description: String {
        var constants = ["learning_rate \(learningRate)"]
        let isAdam = kind == .adam || kind == .adamW
        if kind == .rmsProp { constants.append("centred") }
        if readsDecay1 { constants.append("\(isAdam ? "beta1" : "decay") \(decay1)") }
        if readsDecay2 { constants.append("\(isAdam ? "beta2" : "decay") \(decay2)") }
        if readsEpsilons { constants += ["epsilon \(epsilon)", "epsilon_in_root \(epsilonInRoot)"] }
        if weightDecay != 0 { constants.append("weight_decay \(weightDecay)") }
        return "\(kind.rawValue) (\(constants.joined(separator: ", ")))"
    }
}
