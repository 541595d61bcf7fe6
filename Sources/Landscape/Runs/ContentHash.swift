public import LinearAlgebra

/// Tells contents apart by 64 bits; no protection against malice.
///
/// XXH64 of each piece, with the hash of all before it as seed: the same pieces in the same order give the same value
/// on every machine.
///
/// Source: Collet, "xxHash fast digest algorithm", version 0.1.1, section "XXH64 algorithm description".
public struct ContentHash: Sendable, Equatable {
    public private(set) var value: UInt64 = 0

    public init() {}

    /// Sixteen hexadecimal digits.
    public var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    public mutating func add(_ bytes: RawSpan) { value = Self.xxh64(bytes, seed: value) }

    public mutating func add(_ text: String) {
        let bytes = Array(text.utf8)
        add(bytes.span.bytes)
    }

    /// Numbers in their precision, to the bit.
    public mutating func add<Element: Scalar>(_ vector: Vector<Element>) {
        let length = 1 << 20
        for start in stride(from: 0, to: vector.count, by: length) {
            add(values: vector[start..<min(vector.count, start + length)].array)
        }
    }

    /// Numbers in their precision, to the bit, as one piece.
    mutating func add<Element: Scalar>(values: [Element]) {
        if let singles = values as? [Float] {
            add(singles.span.bytes)
        } else {
            let doubles = values as? [Double] ?? values.map { Double($0) }
            add(doubles.span.bytes)
        }
    }

    /// Four lanes of eight bytes each, folded into one at the end.
    static func xxh64(_ bytes: RawSpan, seed: UInt64 = 0) -> UInt64 {
        let count = bytes.byteCount
        var offset = 0
        var hash = seed &+ prime5
        if count >= 32 {
            var (a, b, c, d) = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
            while offset + 32 <= count {
                a = round(a, word(bytes, offset))
                b = round(b, word(bytes, offset + 8))
                c = round(c, word(bytes, offset + 16))
                d = round(d, word(bytes, offset + 24))
                offset += 32
            }
            hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
            for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
        }
        hash = hash &+ UInt64(count)
        while offset + 8 <= count {
            hash = rotate(hash ^ round(0, word(bytes, offset)), 27) &* prime1 &+ prime4
            offset += 8
        }
        if offset + 4 <= count {
            let half = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            hash = rotate(hash ^ (UInt64(UInt32(littleEndian: half)) &* prime1), 23) &* prime2 &+ prime3
            offset += 4
        }
        while offset < count {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            hash = rotate(hash ^ (UInt64(byte) &* prime5), 11) &* prime1
            offset += 1
        }
        hash = (hash ^ (hash >> 33)) &* prime2
        hash = (hash ^ (hash >> 29)) &* prime3
        return hash ^ (hash >> 32)
    }

    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }

    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }

    /// Any bytes are an integer, and the span checks the range.
    private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
