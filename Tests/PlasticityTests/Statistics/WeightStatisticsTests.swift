import Files
import Foundation
import LinearAlgebra
import Networks
import Plasticity
import TestSupport
import Testing

@Suite struct WeightStatisticsTests {
    private let network: Network<Double>
    private var subject: StatisticsSubject<Double>

    init() throws {
        network = try Network(
            Architecture(input: [3], layers: [.linear("a", in: 3, out: 4), .relu, .linear("b", in: 4, out: 2)]))
        let inputs = Matrix<Double>(rows: 5, columns: 3)
        var source = RandomSource(seed: 2, stream: "inputs")
        inputs.elements.fillNormal(using: &source)
        subject = StatisticsSubject(
            network: network, parameters: Parameters(initialising: network.layout, seed: 1), inputs: inputs)
    }

    /// Oracle: the definitions in plain loops over the flat vector of 12 + 4 and 8 + 2 numbers; sums of 26 terms agree to
    /// a few ulps.
    @Test func theDefinitionsInPlainLoops() throws {
        var subject = subject
        let start = Parameters<Double>(initialising: network.layout, seed: 9)
        subject.reference = start
        subject.previous = start
        let found = try NetworkStatistics(of: subject)
        let (x, y) = (subject.parameters.vector.array, start.vector.array)
        func check(_ values: [String: Double], _ range: Range<Int>, _ name: String) throws {
            func sum(_ term: (Double, Double) -> Double) -> Double { range.reduce(0) { $0 + term(x[$1], y[$1]) } }
            let norm = sum { a, _ in a * a }.squareRoot()
            let from = sum { _, b in b * b }.squareRoot()
            let distance = sum { ($0 - $1) * ($0 - $1) }.squareRoot()
            let expected = [
                "weight_norm": norm, "weight_mean_magnitude": sum { a, _ in abs(a) } / Double(range.count),
                "distance_from_initialisation": distance, "relative_distance_from_initialisation": distance / from,
                "cosine_with_initialisation": sum(*) / (norm * from),
                "sign_change_fraction": sum { $0 * $1 < 0 ? 1 : 0 } / Double(range.count), "update_norm": distance,
                "effective_learning_rate": distance / from,
            ]
            for (statistic, value) in expected {
                let ours = try #require(values[statistic], "\(name): \(statistic)")
                #expect(abs(ours - value) < 1e-13, "\(name): \(statistic)")
            }
        }
        try check(found.values, 0..<26, "all")
        try check(found.layers[0].values, 0..<16, "a")
        try check(found.layers[1].values, 16..<26, "b")
        let matrices = (Array(0..<12) + Array(16..<24)).reduce(0) { $0 + x[$1] * x[$1] }.squareRoot()
        #expect(abs(try #require(found.values["weight_norm_without_biases"]) - matrices) < 1e-14)
    }

    /// A layer norm over images has gains `[C, H, W]`, and they are no weights: with all of them 100, norms and ranks of
    /// weights are what they were.
    @Test func gainsAreNoWeights() throws {
        let layers: [LayerDescription] = [
            LayerDescription(
                "conv2d", ["name": .text("c"), "in": .integer(1), "out": .integer(2), "kernel": .integer(3)]),
            LayerDescription("layer_norm", ["name": .text("l"), "shape": .integers([2, 4, 4])]), .relu, .flatten,
            .linear("w", in: 32, out: 3),
        ]
        let network = try Network<Double>(Architecture(input: [1, 6, 6], layers: layers))
        let inputs = Matrix<Double>(rows: 5, columns: 36)
        var source = RandomSource(seed: 2, stream: "inputs")
        inputs.elements.fillNormal(using: &source)
        let parameters = Parameters<Double>(initialising: network.layout, seed: 1)
        let names = ["weight_norm_without_biases", "weight_spectral_norm", "weight_stable_rank", "weight_srank"]
        func measure() throws -> [Double] {
            let found = try NetworkStatistics(
                of: StatisticsSubject(network: network, parameters: parameters, inputs: inputs))
            return try names.map { try #require(found.values[$0], "\($0)") }
        }
        let before = try measure()
        let gains = try #require(parameters["l.weight"])
        #expect(gains.count == 32 && before.allSatisfy { $0 > 0 })
        gains.fill(100)
        #expect(try measure() == before)
    }

    /// At θ₀ itself nothing has moved: exact zeros, and the cosine is 1 to rounding.
    @Test func nothingMovesAtTheReference() throws {
        var subject = subject
        subject.reference = subject.parameters.copy()
        subject.previous = subject.parameters.copy()
        var found = try NetworkStatistics(of: subject)
        found.addDisplacement(from: subject.parameters, to: subject.parameters.copy(), steps: 10)
        for name in [
            "distance_from_initialisation", "relative_distance_from_initialisation", "sign_change_fraction",
            "update_norm", "effective_learning_rate", "relative_displacement_per_step",
        ] { #expect(found.values[name] == 0, "\(name)") }
        #expect(abs(try #require(found.values["cosine_with_initialisation"]) - 1) < 1e-15)
    }

    /// Oracle: the definition. θ doubled in 50 steps is a displacement of 1/50 of its norm a step.
    @Test func displacementIsPerStep() throws {
        let double = subject.parameters.copy()
        double.vector.scale(by: 2)
        var found = try NetworkStatistics(of: subject, StatisticsConfiguration(groups: []))
        found.addDisplacement(from: subject.parameters, to: double, steps: 50)
        #expect(abs(try #require(found.values["relative_displacement_per_step"]) - 0.02) < 1e-16)
        #expect(found.layers.map { $0.values["relative_displacement_per_step"] != nil } == [true, true])
    }

    /// What is asked for alone comes, the loss only where there is one.
    @Test func groupsComeAlone() throws {
        var subject = subject
        for group in Statistic.Group.allCases {
            let found = try NetworkStatistics(of: subject, StatisticsConfiguration(groups: [group]))
            for name in found.values.keys { #expect(Statistic(named: name)?.group == group, "\(name)") }
        }
        #expect(try NetworkStatistics(of: subject).values["gradient_norm"] == nil)
        subject.loss = SquaredError(targets: Matrix(rows: 5, columns: 2))
        #expect(try NetworkStatistics(of: subject).values["gradient_norm"] != nil)
    }

    /// Every number has its definition in the list, each name once.
    @Test func allNamesAreListed() throws {
        var subject = subject
        subject.loss = SquaredError(targets: Matrix(rows: 5, columns: 2))
        subject.reference = Parameters(initialising: network.layout, seed: 9)
        subject.previous = subject.reference
        let found = try NetworkStatistics(of: subject, StatisticsConfiguration(groups: Set(Statistic.Group.allCases)))
        #expect(Set(Statistic.all.map(\.name)).count == Statistic.all.count)
        for name in found.values.keys {
            #expect(Statistic(named: name).map { $0.scope != .layer } == true, "\(name)")
        }
        for (layer, name) in found.layers.flatMap({ layer in layer.values.keys.map { (layer.name, $0) } }) {
            #expect(Statistic(named: name).map { $0.scope != .network } == true, "\(layer): \(name)")
        }
    }

    /// Oracle: a linear network's kernel on inputs x and loss: K = (x xᵀ + 1) ⊗ I. On x = 1, 2 and again 1: the third is
    /// left out, K = [[2, 3], [3, 5]] has eigenvalues (7 ± √45)/2, so the condition (7 + √45)²/4.
    @Test func theTangentKernelLeavesOutRepetitions() throws {
        let network = try Network<Double>(Architecture(input: [1], layers: [.linear("a", in: 1, out: 1)]))
        var subject = StatisticsSubject(
            network: network, parameters: Parameters(initialising: network.layout, seed: 1),
            inputs: Vector<Double>([1, 2, 1]).matrix(rows: 3, columns: 1))
        subject.loss = SquaredError(targets: Matrix(rows: 3, columns: 1))
        let found = try NetworkStatistics(of: subject, StatisticsConfiguration(groups: [.tangentKernel]))
        let largest = (7 + 45.0.squareRoot()) / 2
        #expect(abs(try #require(found.values["ntk_largest_eigenvalue"]) - largest) < 1e-13)
        #expect(abs(try #require(found.values["ntk_condition"]) - largest * largest) < 1e-11)
        #expect(found.values["ntk_exact_rank"] == 2)
        // A third input makes the kernel of two parameters singular, and that is said.
        subject.inputs = Vector<Double>([1, 2, 3]).matrix(rows: 3, columns: 1)
        let singular = try NetworkStatistics(of: subject, StatisticsConfiguration(groups: [.tangentKernel]))
        #expect(singular.values["ntk_condition"] == nil && singular.values["ntk_exact_rank"] == 2)
        #expect(singular.warnings.contains { $0.contains("rank 2 of 3") })
    }

    /// Oracle: the Hessian of a linear network's squared error, 2/N Σ (x, 1)(x, 1)ᵀ: on x = 1, 2 it is [[5, 3], [3, 2]],
    /// of eigenvalues (7 ± √45)/2; and the cosines of gradients along (x, 1) that have the signs of their errors.
    @Test func sharpnessAndGradientsOfALinearNetwork() throws {
        let network = try Network<Double>(Architecture(input: [1], layers: [.linear("a", in: 1, out: 1)]))
        var subject = StatisticsSubject(
            network: network, parameters: Parameters(layout: network.layout, vector: Vector<Double>([1, 0])),
            inputs: Vector<Double>([1, 2]).matrix(rows: 2, columns: 1))
        // Errors 1 − 0 and 2 − 3: of opposite signs.
        subject.loss = SquaredError(targets: Vector<Double>([0, 3]).matrix(rows: 2, columns: 1))
        let found = try NetworkStatistics(
            of: subject, StatisticsConfiguration(groups: [.sharpness, .gradientCovariance]))
        #expect(abs(try #require(found.values["sharpness"]) - (7 + 45.0.squareRoot()) / 2) < 1e-12)
        #expect(try #require(found.values["sharpness_residual"]) < 1e-12)
        let cosine = -3 / 10.0.squareRoot()
        #expect(abs(try #require(found.values["gradient_mean_cosine"]) - cosine) < 1e-14)
        #expect(found.values["gradient_negative_fraction"] == 1)
        // Eigenvalues 1 ± |c|, of sum 2.
        #expect(abs(try #require(found.values["gradient_stable_rank"]) - 2 / (1 - cosine)) < 1e-13)
    }

    /// Two-hot outputs: logits and what they stand for are named apart. Oracle: logits all 0 are the uniform distribution,
    /// whose mean on the support [−3, 5] is 1.
    @Test func categoricalOutputsAreNamedApart() throws {
        let network = try Network<Double>(Architecture(input: [3], layers: [.linear("a", in: 3, out: 10)]))
        var subject = StatisticsSubject(
            network: network, parameters: Parameters(layout: network.layout, vector: Vector(count: 40)),
            inputs: subject.inputs)
        subject.support = Support(low: -3, high: 5, atoms: 5)
        let found = try NetworkStatistics(of: subject, StatisticsConfiguration(groups: [.outputs]))
        for name in ["logit_mean", "logit_standard_deviation", "logit_root_mean_square"] {
            #expect(found.values[name] == 0)
        }
        #expect(abs(try #require(found.values["output_mean"]) - 1) < 1e-15)
        #expect(abs(try #require(found.values["output_root_mean_square"]) - 1) < 1e-15)
        #expect(try #require(found.values["output_standard_deviation"]) < 1e-15)
    }

    /// The JSON document is flat, and layers carry name and kind; numbers read back to the same bits.
    @Test func theDocument() throws {
        var subject = subject
        subject.parameters = subject.parameters.copy()
        var found = try NetworkStatistics(of: subject)
        found.step = 7
        let read = try JSONDecoder().decode(RecordedStatistics.Case.self, from: JSONEncoder().encode(found))
        #expect(read.statistics == found.values)
        #expect(read.layers.map(\.name) == ["a", "b", "a.relu"])
        #expect(read.layers.map(\.kind) == ["weights", "weights", "relu"])
        #expect(read.layers.map(\.values) == found.layers.map(\.values))
        let tree = try JSONSerialization.jsonObject(with: JSONEncoder().encode(found)) as? [String: Any]
        #expect(tree?["step"] as? Int == 7)
        #expect(tree?["examples"] as? Int == 5)
    }

    /// A network without activation functions: features are the inputs, units there are none.
    @Test func aLinearNetworkHasNoUnits() throws {
        let network = try Network<Double>(Architecture(input: [3], layers: [.linear("a", in: 3, out: 2)]))
        let found = try NetworkStatistics(
            of: StatisticsSubject(
                network: network, parameters: Parameters(initialising: network.layout, seed: 1), inputs: subject.inputs)
        )
        #expect(found.values["dead_fraction"] == nil)
        #expect(found.values["feature_exact_rank"] == 3)
        #expect(found.warnings.contains { $0.contains("no activation functions") })
    }
}
