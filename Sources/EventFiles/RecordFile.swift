import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Records one after another in a file that grows: the framing that TensorFlow calls TFRecord.
///
/// | bytes | what |
/// | --- | --- |
/// | 8 | the record's length n, little-endian |
/// | 4 | masked CRC-32C of those 8 bytes |
/// | n | the record |
/// | 4 | masked CRC-32C of the record |
///
/// Each record goes to the system whole and at once, so that who reads along sees it, and a kill leaves at most one
/// unfinished record at the end, which readers pass over.
final class RecordFile {
    let path: String
    private let descriptor: Int32

    /// Makes the file, which must not be there yet.
    ///
    /// - Throws: `Fault` of kind `inputOutput` where the system refuses.
    init(creating path: String) throws(Fault) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.refusal("cannot be made", path) }
    }

    deinit { _ = close(descriptor) }

    /// - Throws: `Fault` of kind `inputOutput` where the system refuses.
    func append(_ record: Data) throws(Fault) {
        let frame = Self.frame(record)
        var written = 0
        while written < frame.count {
            let count = frame.withUnsafeBytes { bytes in
                unsafe write(descriptor, bytes.baseAddress?.advanced(by: written), frame.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.refusal("cannot be written", path)
            }
            written += count
        }
    }

    /// The record with its length and checksums.
    static func frame(_ record: Data) -> Data {
        var frame = Data()
        let length = Data(littleEndian: UInt64(record.count))
        frame.append(length)
        frame.append(Data(littleEndian: Checksum.masked(length)))
        frame.append(record)
        frame.append(Data(littleEndian: Checksum.masked(record)))
        return frame
    }

    /// The records of a file's bytes, up to the first that is damaged or unfinished.
    static func records(in file: Data) -> [Data] {
        var records: [Data] = []
        var rest = file
        while rest.count >= 16 {
            let length = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(rest.count - 16) else { break }
            let record = Data(rest.dropFirst(12).prefix(Int(length)))
            guard Data(rest.prefix(16 + record.count)) == frame(record) else { break }
            records.append(record)
            rest = rest.dropFirst(16 + record.count)
        }
        return records
    }

    private static func refusal(_ what: String, _ path: String) -> Fault {
        let reason = unsafe String(cString: strerror(errno))
        return Fault(.inputOutput, "\(what) (\(reason))", at: path, remedy: "Free space, or write elsewhere")
    }
}

extension Data {
    init<Number: FixedWidthInteger>(littleEndian number: Number) {
        self.init((0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }
}
