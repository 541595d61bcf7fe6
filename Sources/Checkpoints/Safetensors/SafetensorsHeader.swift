import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file's header, read and checked against the file's size.
///
/// Stricter than the reference in three things: a name or key that stands twice is refused (it keeps the last), so is a
/// key it does not know (it skips them), and more than 64 dimensions (NumPy and PyTorch hold no more).
struct SafetensorsHeader {
    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [SafetensorsFile.Entry] = []
    /// Where in the file the tensors' bytes begin.
    let dataStart: Int

    /// The longest header that the reference implementation takes.
    static let longest = 100_000_000
    static let mostDimensions = 64
    static let metadataKey = "__metadata__"

    init(of file: Data) throws(Fault) {
        let length = try Self.length(of: file)
        dataStart = 8 + length
        let start = file.startIndex + 8
        let bytes = [UInt8](file[start..<start + length])
        guard bytes.first == UInt8(ascii: "{") else {
            let found = bytes.first.map { "byte \($0)" } ?? "nothing"
            throw Fault(.data, "the header begins with \(found), and '{' is needed", remedy: damaged)
        }
        var scanner = HeaderScanner(bytes)
        var names: Set<String> = []
        var isMetadataRead = false
        try scanner.object("the header") { scanner, name throws(Fault) in
            if name == Self.metadataKey {
                guard !isMetadataRead else { throw scanner.refusal("\(Self.metadataKey) stands twice") }
                isMetadataRead = true
                metadata = try Self.metadata(&scanner)
            } else {
                guard names.insert(name).inserted else { throw scanner.refusal("\(place(of: name)) stands twice") }
                do throws(Fault) {
                    entries.append(try Self.entry(name, &scanner))
                } catch {
                    throw error.within(place(of: name))
                }
            }
        }
        try scanner.end()
        entries.sort { left, right in
            let keys = (left.byteRange.lowerBound, left.byteRange.upperBound)
            let others = (right.byteRange.lowerBound, right.byteRange.upperBound)
            return keys == others ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : keys < others
        }
        try checkCover(file.count - dataStart)
    }

    private static func length(of file: Data) throws(Fault) -> Int {
        guard file.count >= 8 else {
            let what = "has \(file.count) bytes, and a safetensors file has at least 8"
            throw Fault(.data, what, remedy: damaged)
        }
        let length = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(longest) else {
            // What torch.save writes, a zip archive or in older files a pickle, has such lengths, all of them.
            guard !file.starts(with: [0x50, 0x4b, 0x03, 0x04]), !file.starts(with: [0x80, 0x02]) else {
                throw Fault(
                    .data, "is a file of torch.save's, not safetensors",
                    remedy: "Write it as safetensors: tools/export_checkpoint.py does, with the architecture")
            }
            let what = "says that its header has \(length) bytes, and at most \(longest) are allowed"
            throw Fault(.data, what, remedy: damaged)
        }
        guard length <= UInt64(file.count - 8) else {
            let what = "says that its header has \(length) bytes, and only \(file.count - 8) follow"
            throw Fault(.data, what, remedy: "The file is cut short or no safetensors file: copy or save it again")
        }
        return Int(length)
    }

    private static func metadata(_ scanner: inout HeaderScanner) throws(Fault) -> [String: String] {
        var metadata: [String: String] = [:]
        try scanner.object(metadataKey) { scanner, key throws(Fault) in
            let value = try scanner.string("\(metadataKey) \(quoted(key))")
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw scanner.refusal("\(metadataKey) has the key \(quoted(key)) twice")
            }
        }
        return metadata
    }

    private static func entry(
        _ name: String, _ scanner: inout HeaderScanner
    ) throws(Fault) -> SafetensorsFile.Entry {
        var dtype: SafetensorsType?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object("its description") { scanner, key throws(Fault) in
            switch key {
            case "dtype" where dtype == nil: dtype = try type(&scanner)
            case "shape" where shape == nil: shape = try scanner.counts("its shape", atMost: mostDimensions)
            case "data_offsets" where offsets == nil: offsets = try scanner.counts("data_offsets", atMost: 2)
            case "dtype", "shape", "data_offsets": throw scanner.refusal("the key \(quoted(key)) stands twice")
            default: throw scanner.refusal("has the key \(quoted(key)), which the format does not know")
            }
        }
        guard let dtype else { throw scanner.refusal("has no dtype") }
        guard let shape else { throw scanner.refusal("has no shape") }
        guard let offsets else { throw scanner.refusal("has no data_offsets") }
        guard offsets.count == 2 else {
            throw scanner.refusal("data_offsets has \(offsets.count) numbers, and a begin and an end are needed")
        }
        let size = try byteCount(shape, dtype)
        guard offsets[0] <= offsets[1] else {
            throw Fault(.data, "begins at byte \(offsets[0]) but ends at \(offsets[1])", remedy: damaged)
        }
        guard offsets[1] - offsets[0] == size else {
            let what =
                "has \(offsets[1] - offsets[0]) bytes (\(offsets[0]) to \(offsets[1])), "
                + "and \(dtype.rawValue) of shape \(text(shape)) needs \(size)"
            throw Fault(.data, what, remedy: damaged)
        }
        return .init(name: name, dtype: dtype, shape: shape, byteRange: offsets[0]..<offsets[1])
    }

    private static func type(_ scanner: inout HeaderScanner) throws(Fault) -> SafetensorsType {
        let name = try scanner.string("its dtype")
        guard let type = SafetensorsType(rawValue: name) else {
            let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(.data, "has dtype \(quoted(name)), which is unknown", remedy: "Save it as one of \(known)")
        }
        return type
    }

    /// Bytes that a tensor takes; shapes beyond the machine's integers, or ending within a byte, are refused.
    static func byteCount(_ shape: [Int], _ dtype: SafetensorsType) throws(Fault) -> Int {
        var bits = dtype.bits
        for size in shape {
            let (product, overflow) = bits.multipliedReportingOverflow(by: size)
            guard !overflow else {
                throw Fault(.data, "has shape \(text(shape)), more than can be addressed", remedy: damaged)
            }
            bits = product
        }
        guard bits % 8 == 0 else {
            throw Fault(.data, "\(dtype.rawValue) of shape \(text(shape)) ends within a byte", remedy: damaged)
        }
        return bits / 8
    }

    /// The tensors must cover the `size` bytes after the header exactly: no overlap, no hole, nothing left.
    private func checkCover(_ size: Int) throws(Fault) {
        var end = 0
        for entry in entries {
            let begin = entry.byteRange.lowerBound
            guard begin == end else {
                let what = begin < end ? "overlaps" : "leaves a hole behind"
                throw Fault(
                    .data, "begins at byte \(begin) and \(what) the tensor before, which ends at \(end)",
                    at: place(of: entry.name), remedy: damaged)
            }
            end = entry.byteRange.upperBound
        }
        guard end <= size else {
            let what = "has \(size) bytes of tensors, and its header describes \(end)"
            throw Fault(.data, what, remedy: "The file is cut short: copy or save it again")
        }
        guard end == size else {
            let what = "has \(size) bytes of tensors, and its header describes only \(end)"
            throw Fault(.data, what, remedy: damaged)
        }
    }
}
