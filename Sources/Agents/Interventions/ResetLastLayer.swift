import Files
import LinearAlgebra
import Networks

/// `reset-last-layer`: the last layer's weight and bias are drawn afresh.
///
/// θ′ keeps what it was given at the copy before. The optimiser goes on with its moments unless asked: the paper resets
/// those as an intervention of its own. A choice of ours.
struct ResetLastLayer: Intervention {
    static let name = "reset-last-layer"
    static let summary = "draw the last layer afresh at each target update"
    static let source = "Nikishin et al. 2022; Lyle et al. 2023, figure 6"
    static let constants = [
        Occasion.constant,
        InterventionConstant(
            "moments", 0, in: 0...1, isWhole: true, meaning: "1: the optimiser forgets the layer's moments, too"),
    ]

    private let occasion: Occasion
    private let forgetsMoments: Bool

    init(_ constants: InterventionConstants) throws(Fault) {
        occasion = Occasion(constants)
        forgetsMoments = constants["moments"] == 1
    }

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        try occasion.check(configuration, for: Self.place)
    }

    func act(_ moment: InterventionMoment) {
        guard occasion.isNow(moment) else { return }
        let seed = moment.freshSeed(for: Self.name)
        let names = Architecture.tensors(of: moment.configuration.architecture.lastLayers)
        for entry in moment.movingEntries(names) {
            entry.draw(into: moment.agent.parameters.vector[entry.range], seed: seed)
            if forgetsMoments { moment.forgetMoments(entry.range) }
        }
    }
}
