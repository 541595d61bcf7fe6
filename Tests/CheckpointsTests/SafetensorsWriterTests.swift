import Checkpoints
import Files
import Foundation
import Testing

@Suite struct SafetensorsWriterTests {
    /// Oracle: the bytes that `safetensors.torch.save`, version 0.8.0, wrote for the same tensors and metadata.
    @Test func theBytesAreTheReferences() throws {
        let header =
            #"{"__metadata__":{"format":"pt \\ \n\u0001/"# + "\u{7F}" + #""},"#
            + #""labels":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},"#
            + #""a":{"dtype":"F64","shape":[2],"data_offsets":[16,32]},"#
            + #""b.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[32,48]},"#
            + #""empty":{"dtype":"F32","shape":[0,3],"data_offsets":[48,48]},"#
            + #""scalar":{"dtype":"F32","shape":[],"data_offsets":[48,52]},"#
            + #""é\"":{"dtype":"U8","shape":[3],"data_offsets":[52,55]}}       "#
        let tensors: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 1, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x80, 0x3E, 2, 0, 0, 0, 0, 0, 0, 0x40, 0, 0xFF, 3,
        ]
        var writer = SafetensorsWriter(metadata: ["format": "pt \\ \n\u{01}/\u{7F}"])
        try writer.add("é\"", [0, 255, 3] as [UInt8], shape: [3])
        try writer.add("scalar", [2] as [Float], shape: [])
        try writer.add("b.weight", [1.5, -2, 0.25, 0x1p-148] as [Float], shape: [2, 2])
        try writer.add("empty", [] as [Float], shape: [0, 3])
        try writer.add("a", [1, .leastNonzeroMagnitude] as [Double], shape: [2])
        try writer.add("labels", [-1, 7] as [Int64], shape: [2])
        #expect(header.utf8.count == 408)
        #expect(try writer.data() == safetensors(header, tensors))
    }

    /// Oracle: what was written, bit by bit; through a file on the disk.
    @Test func whatIsWrittenReadsBack() throws {
        let singles: [Float] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, -0x1p-140]
        let doubles: [Double] = [-0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi]
        var writer = SafetensorsWriter(metadata: ["b": "\u{08}\u{0C}\t\r\"\\/😀", "a": "", "": "\u{1F}"])
        try writer.add("singles", singles, shape: [2, 3])
        try writer.add("doubles", doubles, shape: [4, 1])
        try writer.add("integers", [.min, 0, .max] as [Int64], shape: [3])
        try writer.add("bytes", [0, 128, 255] as [UInt8], shape: [1, 3])
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writer.write(to: folder + "/x.safetensors")
        let file = try SafetensorsFile(reading: folder + "/x.safetensors")
        #expect(file.metadata == writer.metadata)
        #expect(file.entries.map(\.name) == ["integers", "doubles", "singles", "bytes"])
        #expect(file.entries.map(\.shape) == [[3], [4, 1], [2, 3], [1, 3]])
        #expect(try file.floats("singles").map(\.bitPattern) == singles.map(\.bitPattern))
        #expect(try file.doubles("doubles").map(\.bitPattern) == doubles.map(\.bitPattern))
        #expect(try file.integers("integers") == [.min, 0, .max])
        #expect(try file.bytes("bytes") == [0, 128, 255])
        #expect(try AtomicFile.read(folder + "/x.safetensors") == writer.data())
    }

    /// Oracle: the reference pads the header so that the tensors begin at a multiple of 8 bytes.
    @Test func theTensorsBeginAtAMultipleOfEightBytes() throws {
        for length in 0..<17 {
            let writer = SafetensorsWriter(metadata: ["a": String(repeating: "x", count: length)])
            #expect(try writer.data().count % 8 == 0)
        }
        #expect(try SafetensorsWriter().data() == safetensors("{}      "))
    }

    /// Oracle: the same tensors added in one piece, in another order.
    @Test func piecesAndOrderChangeNoByte() throws {
        let values = (0..<1000).map { Float($0) / 7 }
        let bytes = values.map { UInt8(truncatingIfNeeded: Int($0)) }
        var whole = SafetensorsWriter()
        try whole.add("values", values, shape: [10, 100])
        try whole.add("bytes", bytes, shape: [1000])
        var pieces = SafetensorsWriter()
        try pieces.addBytes("bytes", shape: [1000]) { given in Array(bytes[given..<min(given + 333, 1000)]) }
        try pieces.addFloats("values", shape: [10, 100]) { given in Array(values[given..<min(given + 7, 1000)]) }
        #expect(try pieces.data() == whole.data())
    }

    @Test func numbersThatAreNotFiniteAreRefused() throws {
        var writer = SafetensorsWriter()
        let first = #expect(throws: Fault.self) { try writer.add("y", [0, 0, 0, .nan] as [Float], shape: [2, 2]) }
        #expect(first?.kind == .data)
        #expect(
            first?.description == "tensor 'y': holds NaN at element 3 (row 1), and only finite numbers are saved. "
                + "The run has diverged: lower its step size")
        let second = #expect(throws: Fault.self) { try writer.add("y", [-.infinity] as [Double], shape: [1]) }
        #expect(second?.what == "holds -infinity at element 0, and only finite numbers are saved")
        #expect(try writer.data() == SafetensorsWriter().data())
    }

    @Test(
        arguments: [
            ("x", [1], 1, "is added twice"),
            ("y", [2, 2], 3, "has 3 elements, and shape [2, 2] needs 4"),
            ("y", [-1], 0, "has shape [-1], which is none"),
            ("y", [.max, 2], 0, "has shape [9223372036854775807, 2], more than can be addressed"),
            ("__metadata__", [0], 0, "is a name that the format keeps to itself"),
        ] as [(String, [Int], Int, String)])
    func misuseIsADefect(_ name: String, _ shape: [Int], _ count: Int, _ expected: String) throws {
        var writer = SafetensorsWriter()
        try writer.add("x", [1] as [Float], shape: [1])
        let fault = Fault(.software, expected, at: "tensor '\(name)'")
        #expect(throws: fault) { try writer.add(name, [Int64](repeating: 1, count: count), shape: shape) }
        #expect(try SafetensorsFile(parsing: writer.data(), from: "t").entries.map(\.name) == ["x"])
    }

    /// Oracle: the folder, which holds the old file alone when a piece is bad.
    @Test func aBadPieceLeavesTheOldFile() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/x.safetensors"
        try AtomicFile.write(Data("old".utf8), to: path)
        let pieces: [(String, (Int) throws(Fault) -> [Float])] = [
            (
                "tensor 'x': holds infinity at element 3 (row 1),",
                { given throws(Fault) in given == 0 ? [1, 2] : [3, .infinity] }
            ),
            ("was given a piece of 0 elements, and 1 to 4 are needed", { _ throws(Fault) in [] }),
            ("was given a piece of 3 elements, and 1 to 1 are needed", { _ throws(Fault) in [1, 2, 3] }),
            ("replay is gone", { _ throws(Fault) in throw Fault(.software, "replay is gone") }),
        ]
        for (expected, next) in pieces {
            var writer = SafetensorsWriter()
            try writer.addFloats("x", shape: [2, 2], next: next)
            let found = message { () throws(Fault) in try writer.write(to: path) }
            #expect(found?.hasPrefix(path) == true && found?.contains(expected) == true, "\(found ?? "no refusal")")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.safetensors"])
            #expect(try AtomicFile.read(path) == Data("old".utf8))
        }
    }
}
