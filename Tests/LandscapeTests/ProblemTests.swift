import Checkpoints
import Files
import Foundation
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Which examples and which loss a problem is made of, and what is said of input that cannot be used.
@Suite struct ProblemTests {
    /// Oracle: example i is (i, −i) with the class i mod 2, so that whatever is chosen can be told from the data.
    @Test func examplesAreDrawnWithoutReplacementAndAgainTheSame() throws {
        let bench = try Bench()
        let path = try bench.checkpoint("c.safetensors", Bench.linear, nil as [Float]?)
        var configuration = ProblemConfiguration(
            checkpoint: path, data: try bench.labelled("d.safetensors", count: 50), examples: 20, seed: 3)
        let problem = try Problem<Float>(configuration)
        let chosen = (0..<problem.examples).map { Int(problem.inputs[$0, 0]) }
        #expect(chosen.count == 20 && Set(chosen).count == 20 && chosen.allSatisfy { (0..<50).contains($0) })
        #expect(chosen != chosen.sorted())
        #expect((0..<20).allSatisfy { problem.inputs[$0, 1] == -problem.inputs[$0, 0] })
        #expect(problem.labels == chosen.map { $0 % 2 })
        #expect((problem.loss as? CrossEntropy<Float>)?.labels == problem.labels)
        #expect(try Problem<Float>(configuration).inputs.array == problem.inputs.array)
        configuration.seed = 4
        #expect(try Problem<Float>(configuration).inputs.array != problem.inputs.array)
        #expect(problem.warnings.isEmpty)

        configuration.examples = 60
        let all = try Problem<Float>(configuration)
        #expect((0..<50).allSatisfy { all.inputs[$0, 0] == Float($0) } && all.examples == 50)
        #expect(all.warnings.count == 1 && all.warnings[0].contains("60 examples were asked for"))
        configuration.examples = nil
        #expect(try Problem<Float>(configuration).examples == 50)
        configuration.data = try bench.labelled("many.safetensors", count: 1500)
        #expect(try Problem<Float>(configuration).examples == ProblemConfiguration.defaultExamples)
        for few in [0, -3] {
            configuration.examples = few
            #expect(bench.fault(configuration)?.kind == .usage)
        }
    }

    /// Oracle: the reference case's own data file, which holds its examples in double precision, gives its loss and its
    /// gradient to 10⁻¹⁰, as through memory: nothing is rounded on the way.
    @Test(arguments: ReferenceCase.names) func dataInDoublePrecisionIsNotRounded(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let loss = try #require(LossKind(named: reference.expected.metadata["loss"] ?? ""))
        let problem = try Problem<Double>(
            ProblemConfiguration(
                checkpoint: Fixtures.path(name + ".checkpoint.safetensors"),
                data: Fixtures.path(name + ".expected.safetensors"), loss: loss))
        let linearised = try problem.linearised(directions: 0)
        #expect(relativeError([linearised.lossValue], try reference.expected.doubles("loss")) < 1e-10)
        let gradient: Vector<Double> = try reference.vector("gradient", problem.network.layout)
        #expect(relativeError(linearised.gradient(), gradient) < 1e-10)
    }

    @Test func theLossIsTheOneAskedForElseTheRunsElseTheDatas() throws {
        let bench = try Bench()
        let labelled = try bench.labelled("d.safetensors", count: 4)
        let valued = try bench.data("v.safetensors") {
            try $0.add("inputs", [1, 2, 3, 4] as [Float], shape: [2, 2])
            try $0.add("targets", [1, 2, 3, 4] as [Float], shape: [2, 2])
        }
        let plain = try bench.checkpoint("c.safetensors", Bench.linear, nil as [Float]?)
        var run = RunRecord()
        run.loss = "mse"
        let trained = try bench.checkpoint("t.safetensors", Bench.linear, nil as [Float]?, run: run)
        func kind(_ path: String, _ data: String, _ loss: LossKind? = nil) throws -> LossKind {
            try Problem<Float>(ProblemConfiguration(checkpoint: path, data: data, loss: loss)).loss.kind
        }
        #expect(try kind(plain, labelled) == .crossEntropy && kind(plain, valued) == .meanSquaredError)
        #expect(try kind(trained, labelled) == .meanSquaredError)
        #expect(try kind(trained, labelled, .huber) == .huber && kind(trained, valued, .probe) == .probe)

        run.loss = "hinge"
        run.data = "d.safetensors"
        let odd = try bench.checkpoint("o.safetensors", Bench.linear, nil as [Float]?, run: run)
        let fault = bench.fault(ProblemConfiguration(checkpoint: odd, data: labelled))
        #expect(fault?.kind == .data && fault?.description.contains("'hinge'") == true)
    }

    /// Oracle: one-hot targets by hand: f = (0, 0) for the zero network, so ℓ = mean of y² = 1/2.
    @Test func classesUnderSquaredErrorAreOneHot() throws {
        let bench = try Bench()
        let path = try bench.checkpoint("c.safetensors", Bench.linear, [0, 0, 0, 0] as [Double])
        let problem = try Problem<Double>(
            ProblemConfiguration(
                checkpoint: path, data: try bench.labelled("d.safetensors", count: 5), loss: .meanSquaredError))
        #expect(try problem.linearised(directions: 0).exampleLosses == [0.5, 0.5, 0.5, 0.5, 0.5])
    }

    struct BadData: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the message must hold.
        let words: [String]
        let fill: @Sendable (inout SafetensorsWriter) throws -> Void
    }

    static let badData: [BadData] = [
        BadData(testDescription: "no targets", words: ["tensor 'targets'", "no such tensor"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
        },
        BadData(testDescription: "no inputs", words: ["tensor 'inputs'", "no such tensor"]) {
            try $0.add("targets", [1] as [Int64], shape: [1])
        },
        BadData(testDescription: "label out of range", words: ["label 7 of example 1", "has 2"]) {
            try $0.add("inputs", [1, 2, 3, 4] as [Float], shape: [2, 2])
            try $0.add("targets", [0, 7] as [Int64], shape: [2])
        },
        BadData(testDescription: "negative label", words: ["label -1 of example 0"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("targets", [-1] as [Int64], shape: [1])
        },
        BadData(testDescription: "inputs of another shape", words: ["tensor 'inputs'", "[1, 3]", "[N, 2]"]) {
            try $0.add("inputs", [1, 2, 3] as [Float], shape: [1, 3])
            try $0.add("targets", [0] as [Int64], shape: [1])
        },
        BadData(testDescription: "no examples", words: ["tensor 'inputs'", "[0, 2]"]) {
            try $0.add("inputs", [] as [Float], shape: [0, 2])
            try $0.add("targets", [] as [Int64], shape: [0])
        },
        BadData(testDescription: "targets of another length", words: ["tensor 'targets'", "[2]", "1 inputs"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("targets", [0, 1] as [Int64], shape: [2])
        },
        BadData(testDescription: "targets of another width", words: ["3 values an example", "2 outputs"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("targets", [0, 1, 2] as [Float], shape: [1, 3])
        },
        BadData(testDescription: "targets without width", words: ["targets"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("targets", [] as [Float], shape: [1, 0])
        },
        BadData(testDescription: "targets of three dimensions", words: ["tensor 'targets'", "[1, 1, 2]"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("targets", [0, 1] as [Float], shape: [1, 1, 2])
        },
        BadData(testDescription: "labels that are floats", words: ["tensor 'targets'", "dtype F32", "integer"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("targets", [1] as [Float], shape: [1])
        },
        BadData(testDescription: "inputs that are integers", words: ["tensor 'inputs'", "dtype I64", "floating"]) {
            try $0.add("inputs", [1, 2] as [Int64], shape: [1, 2])
            try $0.add("targets", [1] as [Int64], shape: [1])
        },
        BadData(testDescription: "transitions without rewards", words: ["tensor 'rewards'", "no such tensor"]) {
            try $0.add("inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("next_inputs", [1, 2] as [Float], shape: [1, 2])
            try $0.add("actions", [1] as [Int64], shape: [1])
        },
    ]

    @Test(arguments: badData) func badDataIsRefusedByName(_ bad: BadData) throws {
        let bench = try Bench()
        let path = try bench.checkpoint("c.safetensors", Bench.linear, nil as [Float]?)
        let data = try bench.data("bad.safetensors") { try bad.fill(&$0) }
        let fault = bench.fault(ProblemConfiguration(checkpoint: path, data: data))
        #expect(fault?.kind == .data)
        let message = fault?.description ?? ""
        #expect(message.contains("bad.safetensors"), "\(message)")
        for word in bad.words { #expect(message.contains(word), "\(message)") }
    }

    /// The writer refuses such numbers, so one is put into the file's last four bytes by hand: those of the inputs, which
    /// stand behind the labels (of greater alignment).
    @Test(arguments: [Float.nan, .infinity, -.infinity]) func dataThatIsNoNumberIsRefused(_ number: Float) throws {
        let bench = try Bench()
        let path = try bench.checkpoint("c.safetensors", Bench.linear, nil as [Float]?)
        let data = try bench.labelled("bad.safetensors", count: 3)
        var bytes = try AtomicFile.read(data)
        withUnsafeBytes(of: number.bitPattern.littleEndian) {
            bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: $0)
        }
        try AtomicFile.write(bytes, to: data)
        let message = bench.fault(ProblemConfiguration(checkpoint: path, data: data))?.description ?? ""
        #expect(
            message.contains("bad.safetensors, tensor 'inputs'") && message.contains("element 5 (row 2)"), "\(message)")
    }

    @Test func dataThatIsNotThereIsRefused() throws {
        let bench = try Bench()
        let path = try bench.checkpoint("c.safetensors", Bench.linear, nil as [Float]?)
        let fault = bench.fault(ProblemConfiguration(checkpoint: path, data: "nowhere"))
        #expect(fault?.kind == .data && fault?.place == "nowhere")
        #expect(bench.fault(ProblemConfiguration(checkpoint: path))?.kind == .usage)
        #expect(
            bench.fault(ProblemConfiguration(checkpoint: path, data: "digits"))?.description.contains("[1, 28, 28]")
                == true)
        let missing = bench.fault(ProblemConfiguration(checkpoint: bench.folder.file("x"), data: "digits"))
        #expect(missing?.description.contains("no such file") == true)
    }

    /// A number that only double precision holds is refused in single, and named.
    @Test func dataTooLargeForSinglePrecisionIsRefused() throws {
        let bench = try Bench()
        let path = try bench.checkpoint("c.safetensors", Bench.linear, nil as [Float]?)
        let data = try bench.data("d.safetensors") {
            try $0.add("inputs", [1, 2, 1e300, 4] as [Double], shape: [2, 2])
            try $0.add("targets", [0, 1] as [Int64], shape: [2])
        }
        let fault = #expect(throws: Fault.self) {
            try Problem<Float>(ProblemConfiguration(checkpoint: path, data: data))
        }
        #expect(fault?.kind == .data && fault?.description.contains("example 1") == true)
    }
}
