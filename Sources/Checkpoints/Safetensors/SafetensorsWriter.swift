public import Files

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Builds a safetensors file: the same tensors and metadata give the same bytes, in whatever order they were added.
///
/// The layout is the reference's: tensors by alignment descending, then by name (bytewise), the header padded with
/// blanks to 8 bytes. Metadata is sorted by key, where the reference's order is random. Arrays are kept, not copied.
///
/// A NaN or an infinity is a fault of kind `data`, not `software`: it comes from a run that diverged, which is the
/// user's to mend. A name given twice or a shape that does not fit is a fault of kind `software`.
///
/// Source: `prepare` of the `safetensors` crate, version 0.8.
public struct SafetensorsWriter {
    /// Free text, written as `__metadata__` unless empty.
    public var metadata: [String: String]
    var tensors: [String: SafetensorsTensor] = [:]

    public init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds an F32 tensor, row-major.
    ///
    /// - Throws: `Fault` where a number is not finite, the name is taken, or `values` do not fill `shape`.
    public mutating func add(_ name: String, _ values: [Float], shape: [Int]) throws(Fault) {
        try checkFinite(values, name, shape)
        try add(name, .f32, shape, .singles(values), count: values.count)
    }

    /// Adds an F64 tensor, row-major.
    ///
    /// - Throws: as for F32.
    public mutating func add(_ name: String, _ values: [Double], shape: [Int]) throws(Fault) {
        try checkFinite(values, name, shape)
        try add(name, .f64, shape, .doubles(values), count: values.count)
    }

    /// Adds an I64 tensor, row-major.
    ///
    /// - Throws: `Fault` where the name is taken or `values` do not fill `shape`.
    public mutating func add(_ name: String, _ values: [Int64], shape: [Int]) throws(Fault) {
        try add(name, .i64, shape, .integers(values), count: values.count)
    }

    /// Adds a U8 tensor, row-major.
    ///
    /// - Throws: `Fault` where the name is taken or `values` do not fill `shape`.
    public mutating func add(_ name: String, _ values: [UInt8], shape: [Int]) throws(Fault) {
        try add(name, .u8, shape, .bytes(values), count: values.count)
    }

    /// Adds an F32 tensor that never is in memory as a whole.
    ///
    /// `next` is called, once the tensor's turn has come, with the number of elements already given, and gives the
    /// elements that follow: at least one, and in the end as many as fill `shape`.
    public mutating func addFloats(
        _ name: String, shape: [Int], next: @escaping (_ given: Int) throws(Fault) -> [Float]
    ) throws(Fault) {
        try add(name, .f32, shape, .singlesInPieces(next), count: nil)
    }

    /// Adds a U8 tensor that never is in memory as a whole; `next` as for `addFloats`.
    public mutating func addBytes(
        _ name: String, shape: [Int], next: @escaping (_ given: Int) throws(Fault) -> [UInt8]
    ) throws(Fault) {
        try add(name, .u8, shape, .bytesInPieces(next), count: nil)
    }

    /// Writes the file at once or not at all.
    ///
    /// - Throws: `Fault` of kind `inputOutput` where the system refuses, or what a piece throws; an old file stays then.
    public func write(to path: String) throws(Fault) {
        let (header, order) = try layout()
        do throws(Fault) {
            try AtomicFile.write(to: path) { file throws(Fault) in
                try file.append(header)
                for tensor in order {
                    try tensor.forEachPiece { bytes throws(Fault) in try file.append(bytes) }
                }
            }
        } catch {
            // The system's refusals name the path themselves.
            throw error.place.hasPrefix(path) ? error : error.within(path)
        }
    }

    /// The file's bytes.
    ///
    /// - Throws: `Fault` where a piece throws or does not fit.
    public func data() throws(Fault) -> Data {
        let (header, order) = try layout()
        var data = header
        for tensor in order {
            try tensor.forEachPiece { bytes throws(Fault) in bytes.withUnsafeBytes { data.append(contentsOf: $0) } }
        }
        return data
    }
}
