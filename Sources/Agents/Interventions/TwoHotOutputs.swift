import Files
import Networks

/// `two-hot`: each action's value is a categorical distribution on a fixed support, learned by cross-entropy to the
/// two-hot encoding of its target: as `--two-hot` has it.
struct TwoHotOutputs: Intervention {
    static let name = "two-hot"
    static let summary = "learn values as distributions on a fixed support, by two-hot regression"
    static let source = "Lyle et al. 2023, figure 6; atoms and support: a choice"
    static let constants = [
        InterventionConstant(
            "atoms", Double(Support.defaultAtoms), in: 2...65_536, isWhole: true, meaning: "values on the support"),
        InterventionConstant("low", nil, in: -1e30...1e30, meaning: "its lower end; −1/(1 − γ) where not given"),
        InterventionConstant("high", nil, in: -1e30...1e30, meaning: "its upper end; 1/(1 − γ) where not given"),
    ]

    private let atoms: Int
    private let ends: (low: Double, high: Double)?

    init(_ constants: InterventionConstants) throws(Fault) {
        atoms = Int(constants["atoms"])
        switch (constants.optional("low"), constants.optional("high")) {
        case (let low?, let high?): ends = (low, high)
        case (nil, nil): ends = nil
        default: throw Self.conflict("has one end of its support", remedy: "Give both low and high, or neither")
        }
    }

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        guard configuration.agent.support == nil else {
            throw Self.conflict(
                "finds outputs that are distributions already",
                remedy: "Leave out the intervention, or the network's own outputs (--two-hot)")
        }
        let last = configuration.architecture.layers.count - 1
        let head = configuration.architecture.layers[last]
        guard head.kind == "linear", let outputs = head.integer("out") else {
            throw Self.conflict(
                "needs a network that ends in a fully connected layer, and this one ends in '\(head.kind)'",
                remedy: "Let it end so; where plasticity-injection makes branches, give that one last")
        }
        configuration.architecture.layers[last].keys["out"] = .integer(outputs * atoms)
        configuration.agent.support = try support(discount: configuration.agent.discount)
    }

    func isMade(in configuration: RunConfiguration) -> Bool { configuration.agent.support?.atoms == atoms }

    private func support(discount: Double) throws(Fault) -> Support {
        if let ends {
            let support = Support(low: ends.low, high: ends.high, atoms: atoms)
            try support.validate()
            return support
        }
        guard let support = Support(largestReward: 1, discount: discount, atoms: atoms) else {
            throw Self.conflict("has no support: γ \(discount) bounds no return", remedy: "Give it low and high")
        }
        return support
    }
}
