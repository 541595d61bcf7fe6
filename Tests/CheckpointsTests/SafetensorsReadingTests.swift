import Checkpoints
import Files
import Foundation
import Testing

@Suite struct SafetensorsReadingTests {
    /// Oracle: the values that IEEE 754 gives these bit patterns, written out by hand.
    @Test func everyFloatingTypeReadsItsKnownPatterns() throws {
        let halves: [(UInt16, Double)] = [
            (0x0000, 0), (0x3C00, 1), (0xC000, -2), (0x7BFF, 65504), (0x0400, 0x1p-14), (0x0001, 0x1p-24),
            (0x03FF, 1023 * 0x1p-24), (0x8001, -0x1p-24), (0x3555, 1365 * 0x1p-12),
        ]
        let brains: [(UInt16, Double)] = [
            (0x0000, 0), (0x3F80, 1), (0xC000, -2), (0x7F7F, 255 * 0x1p120), (0x0080, 0x1p-126), (0x0001, 0x1p-133),
            (0x4049, 3.140625),
        ]
        let singles: [Float] = [0, -1.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0.1]
        let doubles: [Double] = [0, -1.5, 1e-300, .leastNonzeroMagnitude, 0.1]
        let files: [(SafetensorsFile, [Double])] = [
            (try oneTensor("F16", [9], halves.flatMap { littleEndian($0.0) }), halves.map(\.1)),
            (try oneTensor("BF16", [7], brains.flatMap { littleEndian($0.0) }), brains.map(\.1)),
            (try oneTensor("F32", [5], singles.flatMap { littleEndian($0.bitPattern) }), singles.map(Double.init)),
            (try oneTensor("F64", [5], doubles.flatMap { littleEndian($0.bitPattern) }), doubles),
        ]
        for (file, expected) in files {
            #expect(try file.doubles("x").map(\.bitPattern) == expected.map(\.bitPattern))
            #expect(try file.floats("x") == expected.map { Float($0) })
        }
    }

    #if !(os(macOS) && arch(x86_64))
        /// Oracle: the machine's own `Float16`, over all finite halves.
        @Test func everyHalfIsWidenedExactly() throws {
            let patterns = (0...UInt16.max).filter { Float16(bitPattern: $0).isFinite }
            let file = try oneTensor("F16", [patterns.count], patterns.flatMap { littleEndian($0) })
            let expected = patterns.map { Float(Float16(bitPattern: $0)).bitPattern }
            #expect(try file.floats("x").map(\.bitPattern) == expected)
        }
    #endif

    /// Oracle: two's complement, written out by hand.
    @Test func everyIntegerTypeReadsItsExtremes() throws {
        let cases: [(String, [UInt8], [Int])] = [
            ("I64", littleEndian(Int64.min) + littleEndian(Int64.max), [.min, .max]),
            ("I32", littleEndian(Int32.min) + littleEndian(Int32.max), [-2_147_483_648, 2_147_483_647]),
            ("I16", [0x00, 0x80, 0xFF, 0x7F], [-32768, 32767]),
            ("I8", [0x80, 0x7F], [-128, 127]),
            ("U64", [UInt8](repeating: 0, count: 8) + [UInt8](repeating: 0xFF, count: 7) + [0x7F], [0, .max]),
            ("U32", [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], [0, 4_294_967_295]),
            ("U16", [0, 0, 0xFF, 0xFF], [0, 65535]),
            ("U8", [0, 0xFF], [0, 255]),
            ("BOOL", [0, 1], [0, 1]),
        ]
        for (type, bytes, expected) in cases {
            #expect(try oneTensor(type, [2], bytes).integers("x") == expected, "\(type)")
        }
        #expect(try oneTensor("U8", [3], [7, 0, 255]).bytes("x") == [7, 0, 255])
    }

    /// Oracle: IEEE rounding to nearest; 1 + 2⁻²⁴ is a tie and goes to even, 1e-46 is below half the least single.
    @Test func doublesRoundToNearestSingles() throws {
        let values: [Double] = [0.1, 1 + 0x1p-24, 1e-46]
        let file = try oneTensor("F64", [3], values.flatMap { littleEndian($0.bitPattern) })
        #expect(try file.floats("x") == [0.1, 1, 0])
    }

    /// Oracle: the header, read by eye. Tensors come in the order of their bytes, not of their names or of the header.
    @Test func namesShapesAndMetadataComeThrough() throws {
        let header = """
            { "__metadata__" : {"a\\u00e9\\n" : "\\ud83d\\ude00\\/"} ,
              "b":{"shape":[2,1],"data_offsets":[8,16],"dtype":"F32"},
              "none":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]},
              "a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}  \n\t
            """
        let bytes = littleEndian(Int64(-5)) + littleEndian(Float(1.5).bitPattern) + littleEndian(Float(2).bitPattern)
        let file = try SafetensorsFile(parsing: safetensors(header, bytes), from: "t")
        #expect(file.metadata == ["aé\n": "😀/"])
        #expect(file.entries.map(\.name) == ["a", "none", "b"])
        #expect(file.entries.map(\.shape) == [[], [0, 3], [2, 1]])
        #expect(file.entries.map(\.dtype) == [.i64, .f32, .f32])
        #expect(file.entries.map(\.byteRange) == [0..<8, 8..<8, 8..<16])
        #expect(file.entries.map(\.count) == [1, 0, 2])
        #expect(try file.integers("a") == [-5])
        #expect(try file.floats("b") == [1.5, 2])
        #expect(try file.doubles("none") == [])
        #expect(file.contains("none") && !file.contains("c"))
    }

    /// Oracle: the same tensor at every offset of memory, also in a slice of a larger `Data`.
    @Test func tensorsReadFromUnalignedMemory() throws {
        let values: [Double] = [1, -2.5, 1e300]
        for shift in 0..<9 {
            let bytes = [UInt8](repeating: 1, count: shift) + values.flatMap { littleEndian($0.bitPattern) }
            let header = """
                {"s":{"dtype":"U8","shape":[\(shift)],"data_offsets":[0,\(shift)]},\
                "x":{"dtype":"F64","shape":[3],"data_offsets":[\(shift),\(shift + 24)]}}
                """
            let data = Data([9, 9, 9]) + safetensors(header, bytes) + Data([9])
            let file = try SafetensorsFile(parsing: data[3..<data.count - 1], from: "t")
            #expect(try file.doubles("x") == values)
        }
    }

    /// Oracle: 20 MB at 100 MB/s, ten times less than a copy of memory takes; elements read one by one take longer.
    @Test func largeTensorsReadAtTheSpeedOfMemory() throws {
        var writer = SafetensorsWriter()
        try writer.add("x", [Float](repeating: 1.5, count: 5_000_000), shape: [5_000_000])
        let file = try SafetensorsFile(parsing: writer.data(), from: "t")
        let clock = ContinuousClock()
        var count = 0
        let time = try clock.measure { count = try file.floats("x").count }
        #expect(count == 5_000_000)
        // Without optimisation nothing here is fast.
        #if DEBUG
            #expect(time > .zero)
        #else
            #expect(time < .milliseconds(200))
        #endif
    }
}
