import Files
import LinearAlgebra
import Networks
import Training

/// `redo`: recycles dormant units, those whose mean |activation| on replayed observations is at most τ times their
/// layer's mean: what goes into a unit is drawn afresh, what comes out of it becomes zero, and the moments of both
/// are forgotten.
///
/// All layers are scored on one batch before any is changed. With the weight's row go the unit's bias and its part of
/// a normalisation; its running statistics, too. The outputs are as they were where no normalisation mixes a layer's
/// units, but for what a unit at most τ of the mean gave. θ′ stays. Units of layers that hold frozen parameters are
/// left alone.
///
/// Sokar et al. set fresh biases to zero, which is how their networks begin; here they are drawn as ours begin.
struct RecycleDormantUnits: Intervention {
    static let name = "redo"
    static let summary = "recycle dormant units: fresh weights in, none out"
    static let source = "Sokar et al. 2023, algorithm 1; batch and period: a choice"
    static let constants = [
        InterventionConstant(
            "tau", 0.025, in: 0...1e3, meaning: "τ, the share of its layer's mean up to which a unit is dormant"),
        InterventionConstant("period", 1000, in: 1...1e15, isWhole: true, meaning: "updates from one time to the next"),
        InterventionConstant(
            "batch", 256, in: 1...65_536, isWhole: true, meaning: "replayed observations that units are judged by"),
    ]

    private let threshold: Double
    private let occasion: Occasion
    private let batch: Int

    init(_ constants: InterventionConstants) throws(Fault) {
        threshold = constants["tau"]
        occasion = Occasion(constants)
        batch = Int(constants["batch"])
    }

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        guard RecyclableLayer.all(in: configuration.architecture).isEmpty else { return }
        throw Self.conflict(
            "finds no hidden layer whose units all go into one other layer", remedy: "Take a network with hidden layers"
        )
    }

    func act(_ moment: InterventionMoment) {
        guard occasion.isNow(moment) else { return }
        let observations = moment.observations(atMost: batch, for: Self.name)
        let passes = Backpropagation(moment.agent.network, examples: observations.rows, workers: moment.workers)
        passes.load(observations)
        passes.forward(at: moment.agent.parameters)
        let dormant = RecyclableLayer.all(in: moment.configuration.architecture).filter { !isHeld($0, moment) }
            .map { layer in
                (layer, units: layer.scores(passes).enumerated().filter { $0.element <= threshold }.map(\.offset))
            }
        let seed = moment.freshSeed(for: Self.name)
        // A recycled unit takes nothing from another that is recycled: zeros come last.
        for (layer, units) in dormant where !units.isEmpty { drawIncoming(layer, units, moment, seed: seed) }
        for (layer, units) in dormant where !units.isEmpty { clearOutgoing(layer, units, moment) }
    }

    private func isHeld(_ layer: RecyclableLayer, _ moment: InterventionMoment) -> Bool {
        let names = Set(incomingTensors(layer) + [layer.next + ".weight"])
        let entries = moment.agent.network.layout.entries.filter { names.contains($0.name) }
        return moment.movingEntries(names).count < entries.count
    }

    private func incomingTensors(_ layer: RecyclableLayer) -> [String] {
        ([layer.name] + layer.norms).flatMap { [$0 + ".weight", $0 + ".bias"] }
    }

    private func drawIncoming(
        _ layer: RecyclableLayer, _ units: [Int], _ moment: InterventionMoment, seed: UInt64
    ) {
        let (layout, parameters) = (moment.agent.network.layout, moment.agent.parameters)
        let statistics = layer.norms.flatMap { [$0 + ".running_mean", $0 + ".running_var"] }
        for (entries, vector) in [(layout.entries, parameters.vector), (layout.buffers, parameters.buffers)] {
            for entry in entries where (incomingTensors(layer) + statistics).contains(entry.name) {
                let fresh = Vector<Float>(count: entry.range.count)
                entry.draw(into: fresh, seed: seed)
                for unit in units {
                    let part = layer.incoming(unit, of: entry.range.count)
                    vector[entry.range][part].assign(fresh[part])
                }
            }
        }
        forgetMoments(incomingTensors(layer), moment) { entry in
            units.map { layer.incoming($0, of: entry.range.count) }
        }
    }

    private func clearOutgoing(_ layer: RecyclableLayer, _ units: [Int], _ moment: InterventionMoment) {
        func stretches(_ entry: ParameterLayout.Entry) -> [Range<Int>] {
            units.flatMap { layer.outgoing($0, of: entry.range.count, rows: entry.shape[0]) }
        }
        let name = layer.next + ".weight"
        for entry in moment.agent.network.layout.entries where entry.name == name {
            let weight = moment.agent.parameters.vector[entry.range]
            for stretch in stretches(entry) { weight[stretch].fill(0) }
        }
        forgetMoments([name], moment, in: stretches)
    }

    private func forgetMoments(
        _ names: [String], _ moment: InterventionMoment, in stretches: (ParameterLayout.Entry) -> [Range<Int>]
    ) {
        for entry in moment.agent.network.layout.entries where names.contains(entry.name) {
            for (_, values) in moment.agent.optimiser.moments {
                for stretch in stretches(entry) { values[entry.range][stretch].fill(0) }
            }
        }
    }
}
