import Agents
import Checkpoints
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Plasticity
import Testing

@Suite struct StatisticsRecorderTests {
    private let folder = TemporaryFolder()

    private static func configuration(period: Int? = 4) -> RunConfiguration {
        var configuration = SmallRun.configuration()
        configuration.statistics = period.map { StatisticsSchedule(periodSteps: $0, examples: 16) }
        return configuration
    }

    /// What a file of statistics says.
    struct Document: Decodable {
        let step: Int
        let examples: Int
        let statistics: [String: Double]
        let warnings: [String]
    }

    private func document(_ run: String, _ step: String) throws -> Document {
        let path = "\(folder.path)/\(run)/statistics/step_000000\(step).json"
        return try JSONDecoder().decode(Document.self, from: AtomicFile.read(path))
    }

    /// Oracle: the same run without statistics. Every other file but the configuration is the same to the byte.
    @Test func lookingChangesNothing() throws {
        try SmallRun.make(Self.configuration(), in: folder.path + "/with").run()
        try SmallRun.make(Self.configuration(period: nil), in: folder.path + "/without").run()
        var with = folder.files(in: "with")
        var without = folder.files(in: "without")
        let names = with.keys.filter { $0.hasPrefix("statistics/") }.sorted()
        #expect(names == ["00", "04", "08", "12", "16", "20", "24"].map { "statistics/step_000000\($0).json" })
        for name in names + ["run.json"] { with[name] = nil }
        without["run.json"] = nil
        #expect(with == without)
    }

    /// Oracle: an undisturbed run. Killed before each file of statistics in turn and resumed, the run ends in its bytes.
    @Test(arguments: 0..<7)
    func aKilledRunEndsInTheSameBytes(_ kill: Int) throws {
        try SmallRun.make(Self.configuration(), in: folder.path + "/whole").run()
        try runUntil(kill)
        try SmallRun.make(Self.configuration(), in: folder.path + "/killed").run()
        #expect(folder.files(in: "killed") == folder.files(in: "whole"))
    }

    /// Runs until file number `kill` of the statistics is to be written; the run's lock goes with the run.
    private func runUntil(_ kill: Int) throws {
        let run = try SmallRun.make(Self.configuration(), in: folder.path + "/killed")
        var count = 0
        run.willWrite = { path throws(Fault) in
            guard path.contains("/statistics/") else { return }
            count += 1
            if count == kill + 1 { throw Fault(.inputOutput, "killed") }
        }
        #expect(throws: Fault.self) { try run.run() }
    }

    /// Oracle: the checkpoint of the step and the transitions beside it, from their files. The same numbers to the bit.
    @Test(arguments: ["00", "20", "24"])
    func agreesWithTheCheckpoint(_ step: String) throws {
        try SmallRun.make(Self.configuration(), in: folder.path + "/run").run()
        let base = "\(folder.path)/run/checkpoints/step_000000"
        let checkpoint = try Checkpoint(reading: base + step + ".safetensors")
        let start = try Checkpoint(reading: base + "00.safetensors")
        let network = try Network<Float>(checkpoint.architecture)
        let sample = try TransitionSample(
            from: SafetensorsFile(reading: base + step + ".transitions.safetensors"), input: [1, 4, 4])
        var subject = StatisticsSubject(
            network: network, parameters: try checkpoint.parameters(of: network),
            inputs: Vector(sample.inputs).matrix(rows: sample.count, columns: 16))
        subject.reference = try start.parameters(of: network)
        let expected = try NetworkStatistics(of: subject)
        let found = try document("run", step)
        #expect(found.step == Int(step))
        #expect(found.examples == 16)
        #expect(found.warnings == expected.warnings)
        let others = ["loss", "gradient_norm", "zero_gradient_fraction", "update_norm", "effective_learning_rate"]
        #expect(found.statistics.filter { !others.contains($0.key) } == expected.values)
    }

    /// Oracle: for SGD the definition, the update is the learning rate times the gradient of the step's batch; for any,
    /// two checkpoints a step apart.
    @Test func theUpdateIsTheLastStep() throws {
        var configuration = Self.configuration(period: 1)
        configuration.schedule.checkpointPeriodSteps = 1
        try SmallRun.make(configuration, in: folder.path + "/run").run()
        func theta(_ step: String) throws -> Vector<Float> {
            let checkpoint = try Checkpoint(reading: "\(folder.path)/run/checkpoints/step_000000\(step).safetensors")
            return try checkpoint.parameters(of: Network<Float>(checkpoint.architecture)).vector
        }
        let (before, after) = (try theta("06"), try theta("07"))
        let update = zip(after.doubles, before.doubles).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        let found = try document("run", "07").statistics
        // Sums of 334 terms in double precision.
        #expect(abs(try #require(found["update_norm"]) / update - 1) < 1e-13)
        #expect(abs(try #require(found["effective_learning_rate"]) / (update / before.norm) - 1) < 1e-13)
        #expect(try document("run", "00").statistics["update_norm"] == nil)
    }

    /// Oracle: the loss in plain loops from the transitions' file and the two networks' outputs; it is that of the double
    /// DQN, and of two-hot outputs, too. 16 terms in single-precision outputs: 1e-5.
    @Test(arguments: [NextAction.max, .double])
    func theLossIsTheAgents(_ nextAction: NextAction) throws {
        var configuration = Self.configuration()
        configuration.agent.nextAction = nextAction
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        try run.run()
        let base = "\(folder.path)/run/checkpoints/step_00000020"
        let sample = try TransitionSample(
            from: SafetensorsFile(reading: base + ".transitions.safetensors"), input: [1, 4, 4])
        func values(_ file: String, _ inputs: [Float]) throws -> [[Double]] {
            let checkpoint = try Checkpoint(reading: file)
            let network = try Network<Double>(checkpoint.architecture)
            let passes = Backpropagation(network, examples: sample.count, workers: .one)
            passes.load(Vector(inputs.map(Double.init)).matrix(rows: sample.count, columns: 16))
            passes.forward(at: try checkpoint.parameters(of: network))
            let outputs = passes.outputs
            return (0..<outputs.rows).map { outputs.row($0).array }
        }
        let now = try values(base + ".safetensors", sample.inputs)
        let next = try values(base + ".target.safetensors", sample.nextInputs)
        let chooser = nextAction == .max ? next : try values(base + ".safetensors", sample.nextInputs)
        var sum = 0.0
        for row in 0..<sample.count {
            let best = try #require(chooser[row].indices.max { chooser[row][$0] < chooser[row][$1] })
            let target = sample.rewards[row] + (sample.terminals[row] ? 0 : 0.99 * next[row][best])
            sum += (now[row][sample.actions[row]] - target) * (now[row][sample.actions[row]] - target)
        }
        let found = try #require(document("run", "20").statistics["loss"])
        #expect(abs(found / (sum / Double(sample.count)) - 1) < 1e-5)
    }

    /// What single layers have moved.
    private struct Layers: Decodable {
        struct Layer: Decodable {
            let name: String
            let distance: Double?
            let changes: Double?

            enum CodingKeys: String, CodingKey {
                case name
                case distance = "distance_from_initialisation"
                case changes = "sign_change_fraction"
            }
        }

        let layers: [Layer]
    }

    /// θ₀ is what the run began with, after what interventions make of fresh parameters: what they freeze has not
    /// moved. Oracle for the whole: the checkpoint of step 0.
    @Test func distancesAreFromWhatTheRunBeganWith() throws {
        var configuration = Self.configuration()
        configuration.architecture = .perceptron(input: [1, 4, 4], widths: [12, 9], outputs: 10)
        try configuration.intervene(with: [InterventionSetting("plasticity-injection", ["step": 5])])
        try SmallRun.make(configuration, in: folder.path + "/run").run()
        func theta(_ step: String) throws -> [Double] {
            let checkpoint = try Checkpoint(reading: "\(folder.path)/run/checkpoints/step_000000\(step).safetensors")
            return try checkpoint.parameters(of: Network<Float>(checkpoint.architecture)).vector.doubles
        }
        let (first, last) = (try theta("00"), try theta("24"))
        let distance = zip(first, last).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        let found = try #require(document("run", "24").statistics["distance_from_initialisation"])
        #expect(abs(found / distance - 1) < 1e-12)
        let path = "\(folder.path)/run/statistics/step_00000024.json"
        let layers = try JSONDecoder().decode(Layers.self, from: AtomicFile.read(path)).layers
        for name in ["fc2.subtracted", "fc3.subtracted"] {
            let layer = try #require(layers.first { $0.name == name })
            #expect(layer.distance == 0 && layer.changes == 0, "\(name)")
        }
        let moved = try #require(layers.first { $0.name == "fc3.injected" })
        #expect((moved.distance ?? 0) > 0)
    }

    /// Parameters whose derivatives, or whose outputs, are beyond single precision: that is the run's fault and not the
    /// program's, told with its step and with a remedy that `agents train` has.
    @Test(arguments: [1e11, 1e20])
    func parametersThatAreTooLargeAreADataFault(_ size: Double) throws {
        var configuration = Self.configuration()
        configuration.architecture = .perceptron(input: [1, 4, 4], widths: [12, 12], outputs: 10)
        configuration.statistics?.measured.groups = Set(Statistic.Group.allCases)
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        run.agent.parameters.vector.fill(Float(size))
        let fault = #expect(throws: Fault.self) { try run.run() }
        #expect(fault?.kind == .data, "\(fault?.description ?? "")")
        #expect(fault?.place.hasPrefix("step 0, ") == true, "\(fault?.description ?? "")")
        #expect(fault?.description.contains("--precision") == false)
    }

    /// A run's configuration reads back as it was, and one from before there were statistics has none.
    @Test func theConfigurationReadsBack() throws {
        var configuration = Self.configuration()
        configuration.statistics?.measured.groups = [.weights, .gradientCovariance, .units]
        configuration.statistics?.measured.furtherDormantThresholds = [0.1]
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(RunConfiguration.self, from: data) == configuration)
        #expect(String(decoding: data, as: UTF8.self).contains(#"["weights","units","gradient-covariance"]"#))
        let old = try JSONEncoder().encode(Self.configuration(period: nil))
        #expect(!String(decoding: old, as: UTF8.self).contains("statistics"))
        #expect(try JSONDecoder().decode(RunConfiguration.self, from: old).statistics == nil)
        configuration.statistics?.periodSteps = 0
        #expect(throws: Fault.self) { try configuration.validate() }
    }
}
