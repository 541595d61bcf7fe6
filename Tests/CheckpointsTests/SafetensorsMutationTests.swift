import Checkpoints
import Files
import Foundation
import LinearAlgebra
import Testing

/// Damaged files by the thousand: each is refused with a `Fault`, or opens as a file that keeps every promise.
@Suite struct SafetensorsMutationTests {
    /// Oracle: the promises of `SafetensorsFile` themselves; that the process is alive at the end.
    @Test func damagedHeadersNeverCrash() throws {
        var random = RandomSource(seed: 1, stream: "damaged headers")
        let bases = try Self.bases()
        var opened = 0
        var refusals: Set<String> = []
        let rounds = 12_000
        for _ in 0..<rounds {
            let damaged = Damage.apply(to: bases[random.index(below: bases.count)], &random)
            do throws(Fault) {
                let file = try SafetensorsFile(parsing: damaged, from: "t")
                opened += 1
                try checkPromises(of: file, in: damaged)
            } catch {
                #expect(error.kind == .data)
                #expect(error.description.utf8.count < 1500)
                refusals.insert(String(error.what.filter { !$0.isNumber }.prefix(24)))
            }
        }
        // Were damage never noticed, or never harmless, or always noticed at one place, this test would not reach much.
        #expect(opened > rounds / 50 && opened < rounds / 2, "\(opened) of \(rounds) opened")
        #expect(refusals.count > 40, "only \(refusals.count) kinds of refusal")
    }

    private func checkPromises(of file: SafetensorsFile, in data: Data) throws(Fault) {
        var end = 0
        var names: Set<String> = []
        for entry in file.entries {
            #expect(entry.byteRange.lowerBound == end)
            end = entry.byteRange.upperBound
            #expect(entry.count * entry.dtype.bits == 8 * entry.byteRange.count)
            #expect(names.insert(entry.name).inserted)
            #expect(try file.entry(named: entry.name) == entry)
            // Readers give every element or refuse.
            for count in [try? file.doubles(entry.name).count, try? file.integers(entry.name).count] {
                #expect(count == nil || count == entry.count)
            }
        }
        // Arrays are made for tensors that were found in the file, never for what a header merely claims.
        #expect(end <= data.count - 8)
    }

    /// Files with as different headers as possible, all small, so that 12 000 of them take seconds in debug mode too.
    private static func bases() throws -> [Data] {
        var mixed = SafetensorsWriter(metadata: ["format": "pt", "run": "{\"a\": [1, 2]}\n", "é": "😀"])
        try mixed.add("fc1.weight", [1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        try mixed.add("fc1.bias", [1, 2] as [Double], shape: [2])
        try mixed.add("labels", [1, 2, 3] as [Int64], shape: [3])
        try mixed.add("none", [] as [UInt8], shape: [4, 0])
        let small = [#"{"a":{"dtype":"U8","shape":[2,1],"data_offsets":[0,2]}}"#, "{}", #"{"__metadata__":{"a":"b"}}"#]
        return [
            try mixed.data(), everyType(), safetensors(small[0], [1, 2]), safetensors(small[1]), safetensors(small[2]),
            try AtomicFile.read(fixtures + "/mlp_tanh_cross_entropy.checkpoint.safetensors"),
        ]
    }

    /// A tensor of eight elements of each type there is.
    private static func everyType() -> Data {
        var end = 0
        let members = SafetensorsType.allCases.map { type in
            defer { end += type.bits }
            let name = type.rawValue
            let offsets = "[\(end),\(end + type.bits)]"
            return #""\#(name)":{"dtype":"\#(name)","shape":[2,2,2],"data_offsets":\#(offsets)}"#
        }
        return safetensors("{\(members.joined(separator: ","))}", [UInt8](repeating: 1, count: end))
    }
}

/// The ways in which a file gets damaged.
private enum Damage: CaseIterable {
    case flipBit, replaceByte, cutHeader, insertBytes, deleteBytes, swapTokens, replaceNumber, replaceToken,
        repeatMember
    case nestDeeply, changeLength, cutFile, extendFile

    /// A copy of `file` with one to three damages.
    static func apply(to file: Data, _ random: inout RandomSource) -> Data {
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var header = [UInt8](file[8..<8 + length])
        var tensors = [UInt8](file[(8 + length)...])
        var claimed: UInt64?
        for _ in 0...random.index(below: 3) {
            let damage = allCases[random.index(below: allCases.count)]
            switch damage {
            case .changeLength:
                let claims = [0, 1, UInt64(header.count) + 1, 100_000_000, 1 << 32, 1 << 63, .max, random.next()]
                claimed = claims[random.index(below: claims.count)]
            case .cutFile: tensors.removeLast(random.index(below: tensors.count + 1))
            case .extendFile: tensors += [UInt8](repeating: 0, count: 1 + random.index(below: 9))
            default: damage.spoil(&header, &random)
            }
        }
        return safetensors(header, tensors, length: claimed)
    }

    private func spoil(_ header: inout [UInt8], _ random: inout RandomSource) {
        guard !header.isEmpty else { return }
        let place = random.index(below: header.count)
        switch self {
        case .flipBit: header[place] ^= 1 << UInt8(random.index(below: 8))
        case .replaceByte: header[place] = UInt8(random.index(below: 256))
        case .cutHeader: header.removeSubrange(place...)
        case .insertBytes: header.insert(contentsOf: Self.someBytes(&random), at: place)
        case .deleteBytes: header.removeSubrange(place..<min(header.count, place + 1 + random.index(below: 8)))
        case .nestDeeply:
            let open = [UInt8(ascii: "["), UInt8(ascii: "{")][random.index(below: 2)]
            header.insert(contentsOf: [UInt8](repeating: open, count: 1 + random.index(below: 20_000)), at: place)
        default: spoilTokens(&header, &random)
        }
    }

    private func spoilTokens(_ header: inout [UInt8], _ random: inout RandomSource) {
        var tokens = Self.tokens(of: header)
        let place = random.index(below: tokens.count)
        switch self {
        case .swapTokens: tokens.swapAt(place, random.index(below: tokens.count))
        case .replaceNumber:
            let numbers = tokens.indices.filter { (48...57).contains(tokens[$0][0]) }
            guard !numbers.isEmpty else { return }
            let others = [
                "-1", "0", "1", "7", "2.0", "1e9", "00", "4294967296", "9223372036854775807", "\(UInt64.max)",
            ]
            tokens[numbers[random.index(below: numbers.count)]] = Array(others[random.index(below: others.count)].utf8)
        case .replaceToken:
            let others = [
                "null", "true", "[]", "{}", "\"\"", "\"dtype\"", "\"shape\"", "\"F64\"", "\"F4\"", "\"\\u0000\"",
            ]
            tokens[place] = Array(others[random.index(below: others.count)].utf8)
        case .repeatMember:
            // A stretch of tokens again, behind itself: where it is a whole member, keys stand twice.
            let stretch = tokens[place..<min(tokens.count, place + 1 + random.index(below: 24))]
            tokens.insert(contentsOf: [[UInt8(ascii: ",")]] + stretch, at: stretch.endIndex)
        default: break
        }
        header = Array(tokens.joined())
    }

    private static func someBytes(_ random: inout RandomSource) -> [UInt8] {
        let alphabet = Array("\"\\{}[]:,0123456789-.eEu é".utf8) + [0, 0x1F, 0x7F, 0x80, 0xC0, 0xFF]
        return (0...random.index(below: 6)).map { _ in alphabet[random.index(below: alphabet.count)] }
    }

    /// The header cut into strings, numbers and single bytes.
    private static func tokens(of header: [UInt8]) -> [[UInt8]] {
        var tokens: [[UInt8]] = []
        var isInString = false
        var isInNumber = false
        for byte in header {
            let isDigit = (48...57).contains(byte)
            if isInString || (isInNumber && isDigit) {
                tokens[tokens.count - 1].append(byte)
                if isInString, byte == UInt8(ascii: "\"") { isInString = false }
                continue
            }
            tokens.append([byte])
            isInString = byte == UInt8(ascii: "\"")
            isInNumber = isDigit
        }
        return tokens
    }
}
