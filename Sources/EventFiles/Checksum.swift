#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// CRC-32C: the polynomial 0x1EDC6F41 of Castagnoli, reflected, all bits inverted before and after (RFC 3720, B.4).
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? (remainder >> 1) ^ 0x82F6_3B78 : remainder >> 1
        }
    }

    static func value(_ bytes: Data) -> UInt32 {
        ~bytes.reduce(~0) { remainder, byte in
            table[Int((remainder ^ UInt32(byte)) & 0xFF)] ^ (remainder >> 8)
        }
    }

    /// As records carry it: turned right by 15 and moved, so that the checksum of bytes which hold checksums is sound.
    static func masked(_ bytes: Data) -> UInt32 {
        let value = value(bytes)
        return ((value >> 15) | (value << 17)) &+ 0xA282_EAD8
    }
}
