import LinearAlgebra
import Networks
import Testing
import Training

@testable import Agents

/// What `redo` does to parameters, moments and outputs.
@Suite struct RecyclingTests {
    private static func conv(_ name: String, _ inputs: Int, _ outputs: Int) -> LayerDescription {
        LayerDescription(
            "conv2d",
            [
                "name": .text(name), "in": .integer(inputs), "out": .integer(outputs), "kernel": .integer(3),
                "padding": .integer(1),
            ])
    }

    /// Images of 1×4×4: two convolutions, a pool between them, a flatten with four positions behind, a hidden layer.
    private static func layers(_ rectifier: LayerDescription) -> [LayerDescription] {
        let copies = rectifier == .crelu ? 2 : 1
        return [
            conv("conv1", 1, 6), rectifier, LayerDescription("max_pool2d", ["kernel": .integer(2)]),
            conv("conv2", copies * 6, 5), rectifier, .flatten, .linear("fc1", in: copies * 20, out: 7), rectifier,
            .linear("fc2", in: copies * 7, out: 10),
        ]
    }

    static let killed = ["conv1": [2, 5], "conv2": [0], "fc1": [3, 4, 6]]
    private static let next = ["conv1": "conv2", "conv2": "fc1", "fc1": "fc2"]

    /// Units without weights and bias give zero. Oracle: the network's outputs, which may not change by a bit when
    /// those units are recycled, since zeros come out of them before and after; that most of them are alive then (a
    /// fresh unit is dead by chance now and then); and, for where numbers changed, each tensor seen in PyTorch's
    /// shape.
    @Test(arguments: ["relu", "crelu"]) func deadUnitsComeToLifeUnseen(_ kind: String) throws {
        let rectifier = LayerDescription(kind)
        let bench = try InterventionBench { configuration in
            configuration.architecture = Architecture(input: [1, 4, 4], layers: Self.layers(rectifier))
        }
        let agent = bench.run.agent
        for (name, units) in Self.killed {
            for part in ["weight", "bias"] {
                let tensor = try #require(agent.parameters["\(name).\(part)"])
                let bias = try #require(agent.parameters["\(name).bias"])
                let length = tensor.count / bias.count
                for unit in units { tensor[unit * length..<(unit + 1) * length].fill(0) }
            }
        }
        let dead = dead(bench)
        // Some may have been dead before.
        #expect(Self.killed.allSatisfy { name, units in dead[name]?.isSuperset(of: units) == true })
        #expect(dead.values.reduce(0) { $0 + $1.count } < 12, "of 18 units")
        let (before, outputs) = (bench.snapshot, outputs(bench))
        let redo = try bench.intervention("redo:tau=0,period=7")
        redo.act(bench.moment(step: 6))
        #expect(bench.snapshot == before)
        redo.act(bench.moment())
        let after = bench.snapshot
        #expect(self.outputs(bench) == outputs)
        let left = self.dead(bench).values.reduce(0) { $0 + $1.count }
        #expect(2 * left < dead.values.reduce(0) { $0 + $1.count })
        // Nothing comes out of a recycled unit, not into one that is recycled itself either.
        for (name, next) in Self.next {
            let weight = try #require(agent.network.layout.entries.first { $0.name == "\(next).weight" })
            let isOut = Self.mark(weight, dead.filter { $0.key == name }, copies: kind == "crelu" ? 2 : 1)
            let numbers = try #require(after.parameters[weight.name])
            #expect(numbers.indices.allSatisfy { !isOut[$0] || numbers[$0] == 0 }, "\(next)")
        }
        let touched = dead.keys.flatMap { ["\($0).weight", "\($0).bias"] } + ["fc2.weight"]
        let moments = touched.flatMap { ["first \($0)", "second \($0)"] }
        #expect(after.changes(from: before).isSubset(of: touched + moments))
        for entry in agent.network.layout.entries {
            let isTouched = Self.mark(entry, dead, copies: kind == "crelu" ? 2 : 1)
            let values = try (#require(before.parameters[entry.name]), #require(after.parameters[entry.name]))
            for index in 0..<entry.range.count where !isTouched[index] {
                guard values.0[index] == values.1[index] else {
                    Issue.record("\(entry.name) \(index) changed")
                    return
                }
            }
            for moment in ["first", "second"] {
                let name = "\(moment) \(entry.name)"
                let pair = try (#require(before.moments[name]), #require(after.moments[name]))
                for index in 0..<entry.range.count where pair.1[index] != (isTouched[index] ? 0 : pair.0[index]) {
                    Issue.record("\(name) \(index)")
                    return
                }
            }
        }
    }

    /// Oracle: τ times the mean, with units scaled so that their scores are known: a layer of 12 with the weights and
    /// bias of one divided by 100 has one unit at about a hundredth of the others. It is recycled at τ = 0.1 and not
    /// at 1e-4.
    @Test func theThresholdDecides() throws {
        let bench = try InterventionBench()
        let agent = bench.run.agent
        try #require(agent.parameters["fc1.weight"])[5 * 16..<6 * 16].scale(by: 0.01)
        try #require(agent.parameters["fc1.bias"])[5..<6].scale(by: 0.01)
        let layer = try #require(RecyclableLayer.all(in: bench.run.configuration.architecture).first)
        let scores = layer.scores(passes(bench))
        let dormant = scores.indices.filter { scores[$0] <= 0.1 }
        try #require(dormant.contains(5) && dormant.count < 6)
        let before = bench.snapshot
        try bench.intervention("redo:tau=0.0001,period=7").act(bench.moment())
        let few = try #require(bench.snapshot.parameters["fc1.weight"])
        #expect(few[80..<96] == before.parameters["fc1.weight"]?[80..<96])
        try bench.intervention("redo:tau=0.1,period=7").act(bench.moment())
        let after = bench.snapshot
        let bias = try (#require(before.parameters["fc1.bias"]), #require(after.parameters["fc1.bias"]))
        #expect((0..<12).filter { bias.0[$0] != bias.1[$0] } == dormant)
        let out = try #require(after.parameters["fc2.weight"])
        for unit in dormant { #expect((0..<10).allSatisfy { out[$0 * 12 + unit] == 0 }) }
        // Fresh: uniform on ±1/4, as a layer of 16 inputs begins.
        let fresh = try #require(after.parameters["fc1.weight"])[80..<96]
        #expect(fresh.allSatisfy { abs($0) <= 0.25 } && fresh.contains { abs($0) > 0.1 })
    }

    /// With a norm the unit's scale and shift begin afresh, too; frozen layers are left alone.
    @Test func normsBelongToTheirUnitsAndTheFrozenAreLeft() throws {
        let bench = try InterventionBench([InterventionSetting("layer-norm")])
        let agent = bench.run.agent
        let (scale, shift) = try (#require(agent.parameters["ln1.weight"]), #require(agent.parameters["ln1.bias"]))
        (scale[4], shift[4]) = (0, 0)
        let before = bench.snapshot
        let bias = try #require(agent.network.layout.entries.first { $0.name == "fc1.bias" })
        agent.restraint = Restraint(frozen: [bias.range])
        let redo = try bench.intervention("redo:tau=0,period=7")
        redo.act(bench.moment())
        #expect(bench.snapshot == before)
        agent.restraint = nil
        redo.act(bench.moment())
        let after = bench.snapshot
        #expect(scale[4] == 1 && shift[4] == 0)
        let norm = try #require(after.parameters["ln1.weight"])
        #expect(norm.indices.filter { norm[$0] != before.parameters["ln1.weight"]?[$0] } == [4])
        #expect(try #require(after.parameters["fc2.weight"]).indices.filter { $0 % 12 == 4 }.count == 10)
    }

    private func passes(_ bench: InterventionBench) -> Backpropagation<Float> {
        let inputs = bench.moment().observations(atMost: 256, for: "redo")
        let passes = Backpropagation(bench.run.agent.network, examples: inputs.rows, workers: .one)
        passes.load(inputs)
        passes.forward(at: bench.run.agent.parameters)
        return passes
    }

    /// The units of each layer that give nothing on what `redo` looks at.
    private func dead(_ bench: InterventionBench) -> [String: Set<Int>] {
        let passes = passes(bench)
        let layers = RecyclableLayer.all(in: bench.run.configuration.architecture)
        return Dictionary(
            uniqueKeysWithValues: layers.map { layer in
                (layer.name, Set(layer.scores(passes).enumerated().filter { $0.element == 0 }.map(\.offset)))
            })
    }

    private func outputs(_ bench: InterventionBench) -> [Float] { passes(bench).outputs.array }

    /// Which numbers of a tensor `[out, in, …]` or `[out]` are of the dead units: rows of their own, and of the next
    /// layer the columns behind them, `[copies, units, positions]` of them.
    private static func mark(
        _ entry: ParameterLayout.Entry, _ dead: [String: Set<Int>], copies: Int
    ) -> [Bool] {
        let parts = entry.name.split(separator: ".").map(String.init)
        let length = entry.range.count / entry.shape[0]
        let behind = next.first { $0.value == parts[0] }?.key
        let units = ["conv1": 6, "conv2": 5, "fc1": 7]
        return (0..<entry.range.count).map { index in
            let (row, column) = (index / length, index % length)
            if dead[parts[0]]?.contains(row) == true { return true }
            guard parts[1] == "weight", let behind, let count = units[behind], let gone = dead[behind] else {
                return false
            }
            return gone.contains(column / (length / (copies * count)) % count)
        }
    }
}
