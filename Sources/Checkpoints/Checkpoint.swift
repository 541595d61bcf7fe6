public import Files
public import LinearAlgebra
public import Networks

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A network's parameters in a file, with the architecture that gives them meaning: a point of a loss landscape.
///
/// The file is safetensors with PyTorch's names and shapes; see `docs/CHECKPOINTS.md`. Tensors stay in the file until
/// they are asked for, in whichever precision.
public struct Checkpoint: Sendable {
    /// Metadata keys of ours.
    enum Key {
        static let version = "landscape.format_version"
        static let architecture = "landscape.architecture"
        static let run = "landscape.run"
    }

    static let formatVersion = "1"

    public let path: String
    public let architecture: Architecture
    /// How it was trained; empty where the file does not say.
    public let run: RunRecord
    private let file: SafetensorsFile

    /// Reads the file's header and architecture.
    ///
    /// - Parameter architecture: a JSON file that describes the layers, for checkpoints that do not carry theirs; it
    ///   wins over what the checkpoint carries.
    /// - Throws: `Fault` of kind `data` for a damaged file, a version this program does not know, or no architecture;
    ///   of kind `inputOutput` where the system refuses to read.
    public init(reading path: String, architecture: String? = nil) throws(Fault) {
        try self.init(SafetensorsFile(reading: path), path: path, architecture: architecture)
    }

    /// As above, for a checkpoint in memory; `place` stands for the path in messages.
    public init(parsing data: Data, from place: String) throws(Fault) {
        try self.init(SafetensorsFile(parsing: data, from: place), path: place, architecture: nil)
    }

    private init(_ file: SafetensorsFile, path: String, architecture: String?) throws(Fault) {
        self.path = path
        self.file = file
        if let version = file.metadata[Key.version], version != Self.formatVersion {
            throw Fault(
                .data, "is of format version \(version); this program reads version \(Self.formatVersion)", at: path,
                remedy: "Use a newer landscape")
        }
        if let architecture {
            self.architecture = try Architecture(parsing: AtomicFile.read(architecture), from: architecture)
        } else if let json = file.metadata[Key.architecture] {
            self.architecture = try Architecture(parsing: Data(json.utf8), from: "\(path), \(Key.architecture)")
        } else {
            throw Fault(
                .data, "does not carry its architecture", at: path,
                remedy: "Describe the layers in a JSON file and give it with --architecture")
        }
        run = try Self.run(file, path)
    }

    /// The file's tensors as the parameters of `network`, in its precision.
    ///
    /// - Throws: `Fault` of kind `data` that names the tensor: missing, left over, of another shape (with both shapes),
    ///   not a floating-point type, or holding a NaN or an infinity.
    public func parameters<Element: Scalar>(of network: Network<Element>) throws(Fault) -> Parameters<Element> {
        try checkNames(network.layout)
        // Before any memory is asked for: an architecture may claim more than there is.
        for entry in network.layout.entries + network.layout.buffers { try checkShape(entry) }
        return Parameters(
            layout: network.layout, vector: try read(network.layout.entries, count: network.layout.count),
            buffers: try read(network.layout.buffers, count: network.layout.bufferCount))
    }

    /// Whether the parameters are stored in double precision.
    public var isDouble: Bool { file.entries.contains { $0.dtype == .f64 } }

    /// Writes parameters with their architecture, whole or not at all.
    ///
    /// - Throws: `Fault` of kind `data` for a parameter that is not finite; of kind `inputOutput` where the system
    ///   refuses to write.
    public static func write<Element: Scalar>(
        _ parameters: Parameters<Element>, architecture: Architecture, run: RunRecord? = nil, to path: String
    ) throws(Fault) {
        var metadata = ["format": "pt", Key.version: formatVersion, Key.architecture: architecture.json]
        if let run {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let json = try? encoder.encode(run) else {
                throw Fault(.data, "the run's record holds a number that is not finite", at: path)
            }
            metadata[Key.run] = String(decoding: json, as: UTF8.self)
        }
        var writer = SafetensorsWriter(metadata: metadata)
        let tensors =
            parameters.layout.entries.map { ($0, parameters.vector[$0.range]) }
            + parameters.layout.buffers.map { ($0, parameters.buffers[$0.range]) }
        for (entry, values) in tensors {
            if let singles = values.array as? [Float] {
                try writer.add(entry.name, singles, shape: entry.shape)
            } else {
                try writer.add(entry.name, values.doubles, shape: entry.shape)
            }
        }
        try writer.write(to: path)
    }

    private func read<Element: Scalar>(
        _ entries: [ParameterLayout.Entry], count: Int
    ) throws(Fault) -> Vector<Element> {
        let vector = Vector<Element>(count: count)
        for entry in entries {
            do throws(Fault) {
                try read(entry, into: vector[entry.range])
            } catch {
                throw error.place.hasPrefix(path) ? error : error.within(path)
            }
        }
        return vector
    }

    private func read<Element: Scalar>(_ entry: ParameterLayout.Entry, into vector: Vector<Element>) throws(Fault) {
        if Element.self == Double.self {
            vector.assign(Vector<Element>(rounding: try file.doubles(entry.name)))
        } else if let singles = try file.floats(entry.name) as? [Element] {
            vector.assign(singles)
        }
    }

    private func checkShape(_ entry: ParameterLayout.Entry) throws(Fault) {
        let found = try file.entry(named: entry.name).shape
        guard found == entry.shape else {
            throw Fault(
                .data, "has shape \(found) where the architecture needs \(entry.shape)",
                at: "\(path), \(place(of: entry.name))",
                remedy: "Correct the architecture, or take the checkpoint that belongs to it")
        }
    }

    private func checkNames(_ layout: ParameterLayout) throws(Fault) {
        let needed = Set((layout.entries + layout.buffers).map(\.name))
        for entry in file.entries where !needed.contains(entry.name) {
            guard !entry.name.hasSuffix(".num_batches_tracked") else { continue }
            throw Fault(
                .data, "is left over: no layer of the architecture has it (its shape is \(entry.shape))",
                at: "\(path), \(place(of: entry.name))", remedy: "Complete the architecture, or leave the tensor out")
        }
        for entry in layout.entries + layout.buffers where !file.contains(entry.name) {
            throw Fault(
                .data, "is missing; the architecture needs it with shape \(entry.shape)",
                at: "\(path), \(place(of: entry.name))", remedy: "Save the whole state dict")
        }
    }

    private static func run(_ file: SafetensorsFile, _ path: String) throws(Fault) -> RunRecord {
        guard let json = file.metadata[Key.run] else { return RunRecord() }
        do {
            return try JSONDecoder().decode(RunRecord.self, from: Data(json.utf8))
        } catch {
            throw Fault(.data, "is not the JSON that it should be", at: "\(path), \(Key.run)")
        }
    }
}
