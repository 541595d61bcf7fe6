import Checkpoints
import Foundation
import LinearAlgebra
import Networks
import Plasticity
import TestSupport
import Testing

/// What PyTorch and NumPy found at the reference cases; see `Fixtures/README.md`.
struct RecordedStatistics: Decodable {
    struct Case: Decodable {
        struct Layer: Decodable {
            var name = ""
            var kind = ""
            var values: [String: Double] = [:]

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Key.self)
                for key in container.allKeys {
                    switch key.stringValue {
                    case "name": name = try container.decode(String.self, forKey: key)
                    case "kind": kind = try container.decode(String.self, forKey: key)
                    default: values[key.stringValue] = try container.decode(Double.self, forKey: key)
                    }
                }
            }
        }

        let statistics: [String: Double]
        let layers: [Layer]
    }

    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static func read() throws -> [String: Case] {
        let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("statistics.json")))
        return try JSONDecoder().decode([String: Case].self, from: data)
    }
}

extension StatisticsSubject {
    init(_ reference: ReferenceCase) throws {
        let network: Network<Element> = try reference.network()
        try self.init(
            network: network, parameters: reference.checkpoint.parameters(of: network), inputs: reference.inputs())
        loss = try reference.loss()
    }
}

@Suite struct ReferenceStatisticsTests {
    /// Oracle: an interpreter of the architecture in PyTorch and singular values of NumPy, in double precision. Both lose
    /// a few hundred ulps on the way to the features; counts must agree. Positions as rows go through a Gram matrix here:
    /// σ lose up to order · eps σ₁²/σ, which for entropy ranks makes 1e-9 where the least σ is 1e-3 of the largest.
    @Test(arguments: ReferenceCase.names)
    func agreesWithPyTorch(_ name: String) throws {
        let recorded = try #require(RecordedStatistics.read()[name])
        let found = try NetworkStatistics(of: StatisticsSubject<Double>(ReferenceCase(name)))
        for (statistic, value) in recorded.statistics {
            // A key's bias adds the same to all logits of a row: its gradient is 0 but for rounding, which is each's own.
            if statistic == "zero_gradient_fraction" && name.hasPrefix("vit") { continue }
            let ours = try #require(found.values[statistic], "\(statistic)")
            #expect(abs(ours - value) <= 1e-9 * abs(value), "\(statistic): \(ours) for \(value)")
        }
        #expect(found.layers.count { $0.kind != "weights" } >= recorded.layers.count { $0.kind != "weights" })
        for layer in recorded.layers {
            let ours = try #require(
                found.layers.first { $0.name == layer.name && $0.kind == layer.kind }, "\(layer.name) \(layer.kind)")
            for (statistic, value) in layer.values {
                // A Gram matrix cannot resolve the exact rank in double precision: absent, and said so.
                if statistic == "feature_exact_rank", ours.values[statistic] == nil {
                    #expect(found.warnings.contains { $0.contains(layer.name) && $0.contains("exact_rank") })
                    continue
                }
                let number = try #require(ours.values[statistic], "\(layer.name): \(statistic)")
                #expect(abs(number - value) <= 1e-9 * abs(value), "\(layer.name), \(statistic): \(number) for \(value)")
            }
        }
    }

    /// Oracle: the same in single precision. Real numbers agree to the 1e-4 that reference cases ask for; a count may
    /// change where a σ stands at its threshold, of which these cases have none but the exact ranks of features.
    @Test(arguments: ReferenceCase.names)
    func singlePrecisionAgrees(_ name: String) throws {
        let double = try NetworkStatistics(of: StatisticsSubject<Double>(ReferenceCase(name)))
        let single = try NetworkStatistics(of: StatisticsSubject<Float>(ReferenceCase(name)))
        #expect(single.layers.count == double.layers.count)
        for (statistic, value) in double.values
        where statistic != "feature_exact_rank" && statistic != "zero_gradient_fraction" {
            let ours = try #require(single.values[statistic], "\(statistic)")
            #expect(abs(ours - value) <= 1e-4 * max(abs(value), 0.1), "\(statistic): \(ours) for \(value)")
        }
    }

    /// The same bytes for any number of workers, and for any number of examples that go together.
    @Test(arguments: ["resnet_groupnorm_cross_entropy", "mlp_relu_mse"])
    func workersDoNotMatter(_ name: String) throws {
        let reference = try ReferenceCase(name)
        var subject = try StatisticsSubject<Float>(reference)
        let one = try NetworkStatistics(of: subject)
        subject.workers = Workers(3)
        let three = try NetworkStatistics(of: subject)
        #expect(one.values == three.values)
        #expect(one.layers.map(\.values) == three.layers.map(\.values))

        let linearised: LinearisedNetwork<Float> = try reference.linearised()
        var passes = ExampleSweep(subject.network)
        // Less than a tile: one goes at a time.
        passes.blockBytes = 1
        let blocked = passes.run(
            at: subject.parameters, inputs: subject.inputs, loss: linearised.loss, visit: { _, _ in })
        #expect(blocked.gradient?.array == linearised.gradient().array)
        #expect(blocked.exampleLosses == linearised.exampleLosses)
        #expect(blocked.outputs.array == linearised.outputs.array)
    }
}
