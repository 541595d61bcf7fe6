/// One layer as an architecture describes it: its kind and its keys.
///
/// Which keys a kind has is the kind's own business (`Layer.init`), so that a new kind is one new file.
public struct LayerDescription: Sendable, Equatable, Codable {
    /// What a key may hold.
    public enum Value: Sendable, Equatable, Codable {
        case flag(Bool)
        case integer(Int)
        case number(Double)
        case text(String)
        case integers([Int])
        case layers([LayerDescription])

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let integer = try? container.decode(Int.self) {
                self = .integer(integer)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let integers = try? container.decode([Int].self) {
                self = .integers(integers)
            } else {
                self = .layers(try container.decode([LayerDescription].self))
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .flag(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .text(let value): try container.encode(value)
            case .integers(let value): try container.encode(value)
            case .layers(let value): try container.encode(value)
            }
        }
    }

    public var kind: String
    public var keys: [String: Value]

    public init(_ kind: String, _ keys: [String: Value] = [:]) {
        self.kind = kind
        self.keys = keys
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        kind = try container.decode(String.self, forKey: Key("kind"))
        keys = [:]
        for key in container.allKeys where key.stringValue != "kind" {
            keys[key.stringValue] = try container.decode(Value.self, forKey: key)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(kind, forKey: Key("kind"))
        for (name, value) in keys { try container.encode(value, forKey: Key(name)) }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension LayerDescription {
    public static let flatten = LayerDescription("flatten")
    public static let relu = LayerDescription("relu")
    public static let crelu = LayerDescription("crelu")

    public static func linear(_ name: String, in inputs: Int, out outputs: Int) -> LayerDescription {
        LayerDescription("linear", ["name": .text(name), "in": .integer(inputs), "out": .integer(outputs)])
    }
}
