public import Files

/// Reads a layer's keys, each once, and complains of those that are missing, wrong or left over.
public struct LayerReader: Sendable {
    public let kind: String
    /// Where the layer stands, for messages: `layer 3 (linear fc2)`.
    public let place: String
    private var rest: [String: LayerDescription.Value]

    public init(_ description: LayerDescription, index: Int) {
        kind = description.kind
        rest = description.keys
        let name = if case .text(let name)? = description.keys["name"] { " " + name } else { "" }
        place = "layer \(index) (\(description.kind)\(name))"
    }

    public mutating func text(_ key: String) throws(Fault) -> String {
        switch rest.removeValue(forKey: key) {
        case .text(let text)?: return text
        case let other: throw wrong(key, "text", other)
        }
    }

    public mutating func text(_ key: String, default standard: String) throws(Fault) -> String {
        rest[key] == nil ? standard : try text(key)
    }

    /// A positive whole number, not so large that a product of two overflows.
    public mutating func size(_ key: String) throws(Fault) -> Int {
        switch rest.removeValue(forKey: key) {
        case .integer(let size)? where size > 0 && size <= 1 << 24: return size
        case let other: throw wrong(key, "a whole number from 1 to 16777216", other)
        }
    }

    public mutating func flag(_ key: String, default standard: Bool) throws(Fault) -> Bool {
        switch rest.removeValue(forKey: key) {
        case nil: return standard
        case .flag(let flag)?: return flag
        case let other: throw wrong(key, "true or false", other)
        }
    }

    public mutating func number(_ key: String, default standard: Double) throws(Fault) -> Double {
        switch rest.removeValue(forKey: key) {
        case nil: return standard
        case .number(let number)? where number.isFinite: return number
        case .integer(let integer)?: return Double(integer)
        case let other: throw wrong(key, "a finite number", other)
        }
    }

    /// To be called when all keys of the kind have been read.
    public func finish() throws(Fault) {
        guard let key = rest.keys.min() else { return }
        throw fault("has a key '\(key)' that \(kind) does not know", remedy: "Remove it, or correct its spelling")
    }

    public func fault(_ what: String, remedy: String = "") -> Fault {
        Fault(.data, what, at: place, remedy: remedy)
    }

    /// The shape that reached the layer is not the one it needs.
    public func mismatch(got shape: [Int], needed: String) -> Fault {
        fault("gets examples of shape \(shape) and needs \(needed)", remedy: "Correct this layer or the one before it")
    }

    private func wrong(_ key: String, _ needed: String, _ found: LayerDescription.Value?) -> Fault {
        guard let found else { return fault("lacks the key '\(key)' (\(needed))") }
        return fault("has \(found) under '\(key)', which must be \(needed)")
    }
}
