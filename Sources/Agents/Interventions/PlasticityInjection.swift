import Files
import LinearAlgebra
import Networks
import Training

/// `plasticity-injection`: from one step on the network's head h_θ is frozen, and a fresh head learns beside it:
///
///     f = h_θ(φ) + h_θ′(φ) − h_θ″(φ)
///
/// where θ″ is a frozen copy of the fresh θ′, so that at that step outputs are as before.
///
/// The three branches are there from the start, as layers of kind `residual`; in the third the last layer's weight
/// and bias have the other sign, so that it is added and not subtracted. Until the step the second and the third are
/// frozen, and add to exactly zero; from then on the first and the third are. So the architecture never changes,
/// every checkpoint is one of an ordinary network, and only what is frozen moves.
///
/// A head of one fully connected layer is refused: the sum of three linear maps is one, and a fresh one adds nothing.
struct PlasticityInjection: Intervention {
    static let name = "plasticity-injection"
    static let summary = "freeze the head, and let a fresh one learn beside it, from one step on"
    static let source = "Nikishin et al. 2023; the step: a choice"
    static let constants = [
        InterventionConstant(
            "step", nil, in: 0...1e15, isWhole: true, meaning: "updates before it; half of the run's where not given"),
        InterventionConstant(
            "layers", 2, in: 2...1024, isWhole: true, meaning: "convolutions and fully connected layers of the head"),
    ]

    static let injected = ".injected"
    static let subtracted = ".subtracted"

    private let givenStep: Int?
    private let length: Int

    init(_ constants: InterventionConstants) throws(Fault) {
        givenStep = constants.whole("step")
        length = Int(constants["layers"])
    }

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        let layers = configuration.architecture.layers
        let steps = configuration.schedule.steps
        guard step(of: configuration) < steps else {
            throw Self.conflict(
                "is to come after \(step(of: configuration)) updates, and the run has \(steps)",
                remedy: "Give it a step before the last")
        }
        let places = configuration.architecture.weightPlaces
        let start = places.count >= length ? places[places.count - length] : 0
        let head = Array(layers[start...])
        if let kind = Architecture(input: [1], layers: head).firstBranch {
            throw unfit("a layer '\(kind)' in its head")
        }
        if let layer = head.first(where: { $0.kind == "dropout" || $0.kind == "batch_norm2d" || $0.hasSpectralNorm }) {
            throw unfit("a \(layer.hasSpectralNorm ? "spectral norm" : "'\(layer.kind)'") in its head")
        }
        guard places.count >= length else { throw unfit("\(places.count) layers that could be its head of \(length)") }
        let fresh = residual(named(head, Self.injected), named(head, Self.subtracted))
        configuration.architecture.layers = layers[..<start] + [residual(head, [fresh])]
    }

    func isMade(in configuration: RunConfiguration) -> Bool {
        configuration.architecture.allLayers.contains { $0.name?.hasSuffix(Self.injected) == true }
    }

    /// θ″ = θ′ but for the sign of its last layer, in the online network and in the target network.
    func prepare(_ agent: DQNAgent) {
        let last = Architecture.tensors(of: agent.network.architecture.lastLayers)
        for parameters in [agent.parameters, agent.target] {
            for entry in entries(agent, Self.subtracted) {
                let twin = entry.name.replacing(Self.subtracted, with: Self.injected)
                guard let source = parameters[twin] else { preconditionFailure("no tensor '\(twin)'") }
                parameters.vector[entry.range].assign(source)
                if last.contains(entry.name) { parameters.vector[entry.range].scale(by: -1) }
            }
        }
    }

    func attach(_ moment: InterventionMoment) {
        freeze(moment.agent, isInjected: moment.step > step(of: moment.configuration))
    }

    func act(_ moment: InterventionMoment) {
        if moment.step == step(of: moment.configuration) { freeze(moment.agent, isInjected: true) }
    }

    private func freeze(_ agent: DQNAgent, isInjected: Bool) {
        let injected = entries(agent, Self.injected)
        let subtracted = entries(agent, Self.subtracted)
        let head = Set(injected.map { $0.name.replacing(Self.injected, with: "") })
        let old = agent.network.layout.entries.filter { head.contains($0.name) }
        agent.restraint = Restraint(
            frozen: (subtracted + (isInjected ? old : injected)).map(\.range), anchor: agent.restraint?.anchor)
    }

    private func entries(_ agent: DQNAgent, _ mark: String) -> [ParameterLayout.Entry] {
        agent.network.layout.entries.filter { $0.name.contains(mark + ".") }
    }

    private func step(of configuration: RunConfiguration) -> Int { givenStep ?? configuration.schedule.steps / 2 }

    private func residual(_ body: [LayerDescription], _ shortcut: [LayerDescription]) -> LayerDescription {
        LayerDescription("residual", ["body": .layers(body), "shortcut": .layers(shortcut)])
    }

    private func named(_ layers: [LayerDescription], _ mark: String) -> [LayerDescription] {
        layers.map { layer in
            var layer = layer
            if let name = layer.name { layer.keys["name"] = .text(name + mark) }
            return layer
        }
    }

    private func unfit(_ what: String) -> Fault {
        Self.conflict(
            "finds \(what)",
            remedy: "Take mlp, cnn or nature for it, and spectral-norm with a head that ends before it (layers=…)")
    }
}
