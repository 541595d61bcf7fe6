public import Files

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A safetensors file in memory: its metadata, what tensors it holds, and readers that decode them.
///
/// Layout: 8 bytes, the length n of the header as a little-endian integer; n bytes of JSON; the tensors' bytes, row-major
/// and little-endian, one after the other without holes. Everything about the layout is checked on opening, and the
/// values when a tensor is read. Bytes are taken in the machine's order, which is the file's wherever Swift runs today.
///
/// Source: <https://github.com/huggingface/safetensors>, "Format" and `SafeTensors::deserialize`.
public struct SafetensorsFile: Sendable {
    /// What messages call this file: its path.
    public let name: String
    /// The free text of `__metadata__`; empty where there is none.
    public let metadata: [String: String]
    /// The tensors in the order of their bytes.
    public let entries: [Entry]

    private let indices: [String: Int]
    let data: Data
    let dataStart: Int

    /// One tensor's place and form.
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let dtype: SafetensorsType
        /// Sizes of the dimensions, slowest first; empty for a single number.
        public let shape: [Int]
        /// Where its bytes lie, counted from the end of the header.
        public let byteRange: Range<Int>

        /// Number of elements, the product of `shape`.
        public var count: Int { shape.reduce(1, *) }
    }

    /// Opens the file at `path`.
    ///
    /// - Throws: `Fault` of kind `data` where it is missing or breaks the format, `inputOutput` where the system refuses.
    public init(reading path: String) throws(Fault) {
        try self.init(parsing: AtomicFile.read(path), from: path)
    }

    /// Opens a file whose bytes are `data`; `name` is what messages call it.
    ///
    /// - Throws: `Fault` of kind `data` that says where the format is broken, with what was found and what is needed.
    /// - Complexity: O(header), in time and in memory; the tensors' bytes are not touched.
    public init(parsing data: Data, from name: String) throws(Fault) {
        let header: SafetensorsHeader
        do throws(Fault) {
            header = try SafetensorsHeader(of: data)
        } catch {
            throw error.within(name)
        }
        self.name = name
        self.data = data
        metadata = header.metadata
        entries = header.entries
        dataStart = header.dataStart
        indices = Dictionary(uniqueKeysWithValues: header.entries.indices.map { (header.entries[$0].name, $0) })
    }

    /// Whether the file holds a tensor of that name.
    public func contains(_ tensor: String) -> Bool {
        indices[tensor] != nil
    }

    /// The tensor of that name.
    ///
    /// - Throws: `Fault` of kind `data` that lists the names most like it.
    public func entry(named tensor: String) throws(Fault) -> Entry {
        if let index = indices[tensor] { return entries[index] }
        let near = nearestNames(to: tensor, among: entries.lazy.map(\.name))
        let remedy =
            entries.isEmpty
            ? "The file holds no tensors"
            : "It holds \(near.map(quoted).joined(separator: ", "))"
                + (near.count < entries.count ? " and \(entries.count - near.count) more" : "")
        throw Fault(.data, "no such tensor", at: "\(name), \(place(of: tensor))", remedy: remedy)
    }
}

/// How messages name a tensor.
func place(of tensor: String) -> String {
    "tensor \(quoted(tensor))"
}

/// A name from a file, in quotes: cut where it is long, control characters written out, so that no file can flood or
/// steer a terminal.
func quoted(_ name: String) -> String {
    let limit = 80
    var text = ""
    for scalar in name.unicodeScalars.prefix(limit) {
        text += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return "'\(text)\(name.unicodeScalars.dropFirst(limit).isEmpty ? "" : "…")'"
}

/// A shape as text, cut where it is long.
func text(_ shape: [Int]) -> String {
    let shown = shape.prefix(8).map(String.init).joined(separator: ", ")
    return "[\(shown)\(shape.count > 8 ? ", …" : "")]"
}
