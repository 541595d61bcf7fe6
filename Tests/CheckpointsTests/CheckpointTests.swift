import Checkpoints
import Files
import Foundation
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Checkpoints as they are written, as PyTorch writes them, and as they should not be.
@Suite struct CheckpointTests {
    static let architecture = Architecture(
        input: [1, 3],
        layers: [
            .flatten, .linear("fc1", in: 3, out: 4), LayerDescription("leaky_relu", ["slope": .number(0.25)]),
            LayerDescription(
                "linear", ["name": .text("head"), "in": .integer(4), "out": .integer(2), "bias": .flag(false)]),
        ])

    @Test func roundTripInDoublePrecision() throws { try roundTrip(Double.self) }

    @Test func roundTripInSinglePrecision() throws { try roundTrip(Float.self) }

    /// Oracle: what was written, to the bit; and the same bytes when it is written again.
    private func roundTrip<Element: Scalar>(_: Element.Type) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("c.safetensors")
        let network = try Network<Element>(Self.architecture)
        let parameters = Parameters<Element>(initialising: network.layout, seed: 7)
        var run = RunRecord()
        run.environment = "true-label digits"
        run.seed = .max
        run.step = 12_000
        run.discount = 0.99
        run.nextAction = "double"
        try Checkpoint.write(parameters, architecture: Self.architecture, run: run, to: path)
        let read = try Checkpoint(reading: path)
        #expect(read.architecture == Self.architecture && read.run == run && read.path == path)
        #expect(read.isDouble == (Element.self == Double.self))
        let again = try read.parameters(of: network)
        #expect(again.vector.array == parameters.vector.array && again.layout == network.layout)
        try Checkpoint.write(again, architecture: read.architecture, run: read.run, to: folder.file("again"))
        #expect(try AtomicFile.read(path) == AtomicFile.read(folder.file("again")))
        // In the other precision each number is rounded once, or not at all.
        let doubles: Parameters<Double> = try read.parameters(of: Network<Double>(Self.architecture))
        #expect(doubles.vector.array == parameters.vector.doubles)
        let singles: Parameters<Float> = try read.parameters(of: Network<Float>(Self.architecture))
        #expect(singles.vector.array == parameters.vector.doubles.map { Float($0) })
        // PyTorch reads it by this mark, and the run's keys are those of the contract.
        let metadata = try SafetensorsFile(reading: path).metadata
        #expect(metadata["format"] == "pt" && metadata["landscape.format_version"] == "1")
        #expect(metadata["landscape.run"]?.contains("\"next_action\":\"double\"") == true)
    }

    @Test func aParameterThatIsNotFiniteIsNotWritten() throws {
        let folder = try TemporaryFolder()
        let network = try Network<Float>(Self.architecture)
        let parameters = Parameters<Float>(initialising: network.layout, seed: 7)
        parameters.vector[13] = .nan
        let text = message { () throws(Fault) in
            try Checkpoint.write(parameters, architecture: Self.architecture, to: folder.file("c"))
        }
        #expect(text?.contains("fc1.bias") == true && text?.contains("NaN") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("c")))
    }

    /// torch.save's files are named as what they are; a header of 640 bytes, whose length begins with the same bytes as a
    /// pickle, is none of them.
    @Test func torchFilesAreToldFromHeadersOfAnyLength() throws {
        let folder = try TemporaryFolder()
        for start in [[0x50, 0x4b, 0x03, 0x04, 0, 0, 8, 8], [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46]]
            as [[UInt8]]
        {
            try Data(start + [UInt8](repeating: 0, count: 100)).write(to: URL(fileURLWithPath: folder.file("model.pt")))
            let fault = #expect(throws: Fault.self) { try SafetensorsFile(reading: folder.file("model.pt")) }
            #expect(fault?.kind == .data && fault?.description.contains("torch.save") == true)
        }
        let json = Data(#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
        let header = json + Data(repeating: 0x20, count: 640 - json.count)
        let file = Data(littleEndian(UInt64(640))) + header + Data([0, 0, 0x80, 0x3f])
        try file.write(to: URL(fileURLWithPath: folder.file("x.safetensors")))
        #expect(try SafetensorsFile(reading: folder.file("x.safetensors")).floats("x") == [1])
    }

    /// As `safetensors.torch.save_file(model.state_dict(), path)` writes it: no metadata of ours, other dtypes, a counter.
    /// Oracle: numbers that half precision holds exactly, with their bits written out by hand.
    @Test(arguments: ["F16", "BF16", "F32", "F64"]) func aStateDictIsReadWithAnArchitecture(_ type: String) throws {
        let folder = try TemporaryFolder()
        let numbers: [Double] = [1, -2, 0.5, 0, 1.5, -0.25]
        let bytes = numbers.flatMap { number -> [UInt8] in
            switch type {
            case "F16":
                let bits: [Double: UInt16] = [1: 0x3c00, -2: 0xc000, 0.5: 0x3800, 0: 0, 1.5: 0x3e00, -0.25: 0xb400]
                return littleEndian(bits[number]!)
            case "BF16": return littleEndian(UInt16(Float(number).bitPattern >> 16))
            case "F32": return littleEndian(Float(number).bitPattern)
            default: return littleEndian(number.bitPattern)
            }
        }
        let end = bytes.count
        let header =
            #"{"__metadata__":{"format":"pt"},"fc.weight":{"dtype":"\#(type)","shape":[2,3],"data_offsets":[0,\#(end)]},"#
            + #""bn.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[\#(end),\#(end + 8)]}}"#
        try safetensors(header, bytes + littleEndian(Int64(17))).write(to: URL(fileURLWithPath: folder.file("c")))
        let architecture = try folder.write(
            #"{"input": [3], "layers": [{"kind": "linear", "name": "fc", "in": 3, "out": 2, "bias": false}]}"#,
            to: "a.json")
        let checkpoint = try Checkpoint(reading: folder.file("c"), architecture: architecture)
        #expect(checkpoint.run == RunRecord())
        let parameters: Parameters<Double> = try checkpoint.parameters(of: Network(checkpoint.architecture))
        #expect(parameters.vector.array == numbers)
        let singles: Parameters<Float> = try checkpoint.parameters(of: Network(checkpoint.architecture))
        #expect(singles.vector.doubles == numbers)
        // Without the file there is nothing to go by, and the message says what to do.
        let text = message { () throws(Fault) in try Checkpoint(reading: folder.file("c")) }
        #expect(text?.contains("does not carry its architecture") == true && text?.contains("--architecture") == true)
    }

    /// What does not fit is named with both shapes, and before any memory is asked for.
    @Test(arguments: [
        (#"{"kind": "linear", "name": "fc", "in": 3, "out": 5}"#, ["fc.weight", "[2, 3]", "[5, 3]"]),
        (#"{"kind": "linear", "name": "fc", "in": 3, "out": 16777216}"#, ["fc.weight", "[2, 3]", "[16777216, 3]"]),
        (#"{"kind": "linear", "name": "fc", "in": 3, "out": 2, "bias": false}"#, ["fc.bias", "left over", "[2]"]),
        (
            #"{"kind": "linear", "name": "fc", "in": 3, "out": 2}, {"kind": "linear", "name": "b", "in": 2, "out": 1}"#,
            ["b.weight", "missing", "[1, 2]"]
        ),
    ]) func tensorsThatDoNotFitAreNamed(_ layers: String, _ words: [String]) throws {
        let text = try refusal(layers, input: "[3]")
        #expect(text.contains("c.safetensors"))
        for word in words { #expect(text.contains(word), "\(text)") }
    }

    /// 2⁴⁸ parameters are claimed by a file of 32 bytes: a message, neither a crash nor memory for them.
    @Test func anAbsurdArchitectureIsRefused() throws {
        let wide = #"{"kind": "linear", "name": "fc", "in": 16777216, "out": 16777216, "bias": false}"#
        #expect(try refusal(wide, input: "[16777216]").contains("[16777216, 16777216]"))
        let two = wide + "," + wide.replacingOccurrences(of: "fc", with: "more")
        #expect(try refusal(two, input: "[16777216]").contains("more than 281474976710656 parameters"))
    }

    @Test func anUnknownVersionIsRefused() throws {
        let header = #"{"__metadata__":{"landscape.format_version":"2","landscape.architecture":"{}"}}"#
        let text = message { () throws(Fault) in try Checkpoint(parsing: safetensors(header), from: "c") }
        #expect(text?.contains("format version 2") == true && text?.contains("reads version 1") == true)
    }

    @Test func aDamagedRunRecordIsRefused() throws {
        let json = #"{\"input\":[2],\"layers\":[{\"kind\":\"linear\",\"name\":\"a\",\"in\":2,\"out\":1}]}"#
        func header(_ run: String) -> Data {
            safetensors(#"{"__metadata__":{"landscape.architecture":"\#(json)","landscape.run":"\#(run)"}}"#)
        }
        let text = message { () throws(Fault) in try Checkpoint(parsing: header("{oops"), from: "c") }
        #expect(text?.contains("c, landscape.run") == true)
        let checkpoint = try Checkpoint(
            parsing: header(#"{\"step\":3,\"mood\":{\"of\":[\"the\",\"day\"]}}"#), from: "c")
        #expect(checkpoint.run.step == 3)
    }

    /// A tensor's name is the file's, and must not steer the terminal that shows it.
    @Test func controlCharactersInNamesAreWrittenOut() throws {
        let folder = try TemporaryFolder()
        let header = #"{"\u001b[2Jx":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        try safetensors(header, [0, 0, 0, 0]).write(to: URL(fileURLWithPath: folder.file("c")))
        let architecture = try folder.write(
            #"{"input": [3], "layers": [{"kind": "linear", "name": "fc", "in": 3, "out": 2}]}"#, to: "a.json")
        let checkpoint = try Checkpoint(reading: folder.file("c"), architecture: architecture)
        let network = try Network<Float>(checkpoint.architecture)
        let text = message { () throws(Fault) in try checkpoint.parameters(of: network) } ?? ""
        #expect(text.contains("left over") && !text.unicodeScalars.contains("\u{1b}"))
    }

    /// What is said of a file with `fc.weight` `[2, 3]` and `fc.bias` `[2]` under an architecture of these layers.
    private func refusal(_ layers: String, input: String) throws -> String {
        let folder = try TemporaryFolder()
        var writer = SafetensorsWriter()
        try writer.add("fc.weight", [1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        if !layers.contains(#""in": 16777216"#) { try writer.add("fc.bias", [1, 2] as [Float], shape: [2]) }
        if layers.contains("more") { try writer.add("more.weight", [1] as [Float], shape: [1]) }
        try writer.write(to: folder.file("c.safetensors"))
        let architecture = try folder.write(#"{"input": \#(input), "layers": [\#(layers)]}"#, to: "a.json")
        return message { () throws(Fault) in
            let checkpoint = try Checkpoint(reading: folder.file("c.safetensors"), architecture: architecture)
            return try checkpoint.parameters(of: Network<Float>(checkpoint.architecture)).layout
        } ?? "nothing"
    }
}
