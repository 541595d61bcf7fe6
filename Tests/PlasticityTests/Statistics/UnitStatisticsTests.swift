import Files
import LinearAlgebra
import Networks
import Plasticity
import TestSupport
import Testing

@Suite struct UnitStatisticsTests {
    /// One hidden layer whose unit u is σ(wᵤ x + bᵤ) of a single input x, then a sum.
    private static func subject(
        _ activation: LayerDescription, weights: [Double], biases: [Double], inputs: [Double]
    ) throws -> StatisticsSubject<Double> {
        let units = weights.count
        let network = try Network<Double>(
            Architecture(
                input: [1], layers: [.linear("fc1", in: 1, out: units), activation, .linear("fc2", in: units, out: 1)]))
        let theta = weights + biases + [Double](repeating: 1, count: units) + [0]
        return StatisticsSubject(
            network: network, parameters: Parameters(layout: network.layout, vector: Vector(theta)),
            inputs: Vector(inputs).matrix(rows: inputs.count, columns: 1))
    }

    private static func layer(_ statistics: NetworkStatistics) throws -> [String: Double] {
        try #require(statistics.layers.first { $0.kind != "weights" }).values
    }

    /// Oracle: units made to be what they are called. On x = −2, −1, 1, 2:
    /// u0 = relu(x − 3) dead, u1 = relu(x + 3) positive on all, u2 = relu(x), u3 = relu(−x), u4 = relu(x/1000) dormant
    /// (its mean 0.75e-3 against a layer mean of (0 + 3 + 0.75 + 0.75 + 0.75e-3)/5 = 0.9; τ = 0.025 is 0.0225).
    @Test func rectifiers() throws {
        let subject = try Self.subject(
            .relu, weights: [1, 1, 1, -1, 1e-3], biases: [-3, 3, 0, 0, 0], inputs: [-2, -1, 1, 2])
        var configuration = StatisticsConfiguration()
        configuration.furtherDormantThresholds = [0, 0.9]
        let found = try NetworkStatistics(of: subject, configuration)
        for values in [found.values, try Self.layer(found)] {
            #expect(values["dead_fraction"] == 1.0 / 5)
            #expect(values["linearised_fraction"] == 1.0 / 5)
            #expect(values["dormant_fraction"] == 2.0 / 5)
            #expect(values["dormant_fraction_tau_0.0"] == 1.0 / 5)
            // 0.75 / 0.9 = 0.83: all but u1.
            #expect(values["dormant_fraction_tau_0.9"] == 4.0 / 5)
            // Zero: u0 on 4, u2, u3 and u4 on 2 each, of 20.
            #expect(values["zero_activation_fraction"] == 10.0 / 20)
            #expect(values["dead_channel_fraction"] == 1.0 / 5)
            #expect(values["saturated_fraction"] == nil)
        }
        #expect(try Self.layer(found)["feature_norm"] != nil)
        #expect(found.layers.map(\.name) == ["fc1", "fc2", "fc1.relu"])
    }

    /// Oracle: as above. On x = −2, −1, 1, 2 with slope 0.1: leaky(x + 3) and leaky(x − 3) are linear, leaky(x) is not;
    /// none can be dead.
    @Test func leakyRectifiersAreLinearOnBothSides() throws {
        let leaky = LayerDescription("leaky_relu", ["slope": .number(0.1)])
        let found = try NetworkStatistics(
            of: Self.subject(leaky, weights: [1, 1, 1], biases: [3, -3, 0], inputs: [-2, -1, 1, 2]))
        #expect(found.values["linearised_fraction"] == 2.0 / 3)
        #expect(found.values["dead_fraction"] == nil)
        #expect(found.values["zero_activation_fraction"] == nil)
    }

    /// Oracle: tanh 2 = 0.964 and tanh 1.5 = 0.905 on either side of 0.95; σ(4) = 0.982 and σ(3) = 0.953 on either side
    /// of 0.975. Unit 0 is saturated on all inputs, unit 1 on half of them, unit 2 on none.
    @Test(arguments: [("tanh", 2.0, 1.5), ("sigmoid", 4.0, 3.0)])
    func boundedFunctionsSaturate(_ kind: String, _ beyond: Double, _ within: Double) throws {
        let found = try NetworkStatistics(
            of: Self.subject(
                LayerDescription(kind), weights: [beyond, 0.5 * (beyond - within), within],
                biases: [0, 0.5 * (beyond + within), 0], inputs: [-1, 1, -1, 1]))
        #expect(found.values["saturated_fraction"] == 1.0 / 3)
        #expect(found.values["saturation_rate"] == 6.0 / 12)
        #expect(found.values["dead_fraction"] == nil)
        #expect(found.values["linearised_fraction"] == nil)
    }

    /// A convolution of 1×1 with three channels on images of 2×2: channel 0 dead everywhere, channel 1 dead where the
    /// image is always negative, channel 2 alive everywhere. Oracle: which pixels are positive in any of the images.
    @Test func channelsOfImages() throws {
        let network = try Network<Double>(
            Architecture(
                input: [1, 2, 2],
                layers: [
                    LayerDescription(
                        "conv2d",
                        ["name": .text("conv"), "in": .integer(1), "out": .integer(3), "kernel": .integer(1)]),
                    .relu, .flatten, .linear("head", in: 12, out: 2),
                ]))
        var theta = [Double](repeating: 0.5, count: network.layout.count)
        theta.replaceSubrange(0..<6, with: [1, 1, 1, -9, 0, 9])
        let images = Vector<Double>([-1, -2, 3, 4, -5, -6, -7, 8]).matrix(rows: 2, columns: 4)
        let found = try NetworkStatistics(
            of: StatisticsSubject(
                network: network, parameters: Parameters(layout: network.layout, vector: Vector(theta)), inputs: images)
        )
        // Channel 0's four units, and of channel 1 the two pixels that are never positive.
        #expect(found.values["dead_fraction"] == 6.0 / 12)
        #expect(found.values["dead_channel_fraction"] == 1.0 / 3)
        #expect(found.values["linearised_fraction"] == 5.0 / 12)
        #expect(found.values["linearised_channel_fraction"] == 1.0 / 3)
        // The features that the head takes are flattened, those of the layer are positions of two channels alive.
        let features = try #require(found.layers.first { $0.kind == "features" })
        #expect(features.name == "features")
        #expect(found.values["feature_exact_rank"] == 2)
        #expect(found.values["feature_exact_rank"] == features.values["feature_exact_rank"])
    }

    /// Each half of a CReLU unit is a unit. Oracle: 2x is positive on all inputs, so its first half is linear, its second
    /// dead; x − 2 has both signs on them.
    @Test func halvesOfPairedRectifiersAreUnits() throws {
        let network = try Network<Double>(
            Architecture(
                input: [1], layers: [.linear("fc1", in: 1, out: 2), .crelu, .linear("fc2", in: 4, out: 1)]))
        let theta = Vector<Double>([2, 1, 0, -2, 1, 1, 1, 1, 0])
        let found = try NetworkStatistics(
            of: StatisticsSubject(
                network: network, parameters: Parameters(layout: network.layout, vector: theta),
                inputs: Vector<Double>([1, 2, 3, 4]).matrix(rows: 4, columns: 1)))
        #expect(found.values["dead_fraction"] == 1.0 / 4)
        #expect(found.values["linearised_fraction"] == 1.0 / 4)
        #expect(found.layers.map(\.name) == ["fc1", "fc2", "fc1.crelu"])
    }

    /// A layer of zeros has no rank that divides, says so, and never a NaN.
    @Test func aDeadLayerIsSaid() throws {
        let found = try NetworkStatistics(
            of: Self.subject(.relu, weights: [1, 1], biases: [-9, -9], inputs: [-2, -1, 1, 2]))
        #expect(found.values["dead_fraction"] == 1)
        #expect(found.values["dormant_fraction"] == 1)
        #expect(found.values["feature_exact_rank"] == 0)
        #expect(found.values["feature_norm"] == 0)
        for name in ["feature_srank", "feature_energy_rank", "feature_entropy_rank", "feature_stable_rank"] {
            #expect(found.values[name] == nil)
        }
        #expect(found.warnings.count { $0.contains("all its entries are 0") } == 4)
        #expect(!found.values.contains { !$0.value.isFinite })
    }
}
