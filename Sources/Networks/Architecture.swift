public import Files

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a network is made of: the shape of one example, and its layers in the order in which they run.
///
/// It is the JSON document that checkpoints carry: `{"input": [1, 28, 28], "layers": [{"kind": "flatten"}, …]}`.
public struct Architecture: Sendable, Equatable, Codable {
    /// The shape of one example, without the batch.
    public var input: [Int]
    public var layers: [LayerDescription]

    public init(input: [Int], layers: [LayerDescription]) {
        self.input = input
        self.layers = layers
    }

    /// Reads the JSON document.
    ///
    /// - Throws: `Fault` of kind `data` that names the layer and the key.
    public init(parsing json: Data, from place: String) throws(Fault) {
        do {
            self = try JSONDecoder().decode(Architecture.self, from: json)
        } catch {
            throw Fault(
                .data, "is not an architecture (\(Self.reason(error)))", at: place,
                remedy: "It is JSON of the form {\"input\": [1, 28, 28], \"layers\": [{\"kind\": \"flatten\"}, …]}")
        }
        let size = input.reduce(1) { partial, extent in
            extent > 0 && partial > 0 && partial <= 1 << 40 / extent ? partial * extent : 0
        }
        guard !input.isEmpty, size > 0 else {
            throw Fault(
                .data, "input shape \(input) is not a shape of one example", at: place,
                remedy: "Give positive extents, such as [1, 28, 28]")
        }
        guard !layers.isEmpty else { throw Fault(.data, "has no layers", at: place) }
    }

    /// The JSON document on one line, keys sorted: equal architectures give equal text.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("an architecture is always JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): "no key '\(key.stringValue)'\(path(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.debugDescription)\(path(context))"
        case .dataCorrupted(let context): "\(context.debugDescription)\(path(context))"
        default: "\(error)"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        return keys.isEmpty ? "" : " at \(keys.joined(separator: "."))"
    }
}
