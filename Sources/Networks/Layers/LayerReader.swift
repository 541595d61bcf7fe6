public import Files

/// Reads a layer's keys, each once, and complains of those that are missing, wrong or left over.
public struct LayerReader: Sendable {
    public let kind: String
    /// Where the layer stands, for messages: `layer 3 (linear fc2)`.
    public let place: String
    /// The layer's number, after those of the layers that hold it: `3.body.1`.
    let path: String
    private var rest: [String: LayerDescription.Value]

    /// How many layers may lie inside one another.
    private static let deepest = 8

    init(_ description: LayerDescription, path: String) {
        kind = description.kind
        rest = description.keys
        self.path = path
        let name = if case .text(let name)? = description.keys["name"] { " " + name } else { "" }
        place = "layer \(path) (\(description.kind)\(name))"
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

    public mutating func size(_ key: String, default standard: Int) throws(Fault) -> Int {
        rest[key] == nil ? standard : try size(key)
    }

    /// A whole number from 0 on.
    public mutating func count(_ key: String, default standard: Int) throws(Fault) -> Int {
        switch rest.removeValue(forKey: key) {
        case nil: return standard
        case .integer(let count)? where count >= 0 && count <= 1 << 24: return count
        case let other: throw wrong(key, "a whole number from 0 to 16777216", other)
        }
    }

    /// A shape: positive whole numbers, at least one.
    public mutating func sizes(_ key: String) throws(Fault) -> [Int] {
        switch rest.removeValue(forKey: key) {
        case .integers(let sizes)? where !sizes.isEmpty && sizes.allSatisfy { $0 > 0 && $0 <= 1 << 24 }: return sizes
        case let other: throw wrong(key, "a list of whole numbers from 1 to 16777216", other)
        }
    }

    /// Layers inside this one.
    public mutating func layers(_ key: String) throws(Fault) -> [LayerDescription] {
        guard path.count(where: { $0 == "." }) < 2 * Self.deepest else {
            throw fault("lies inside more than \(Self.deepest) others")
        }
        switch rest.removeValue(forKey: key) {
        case .layers(let layers)?: return layers
        // An empty list says nothing of what it might hold.
        case .integers(let none)? where none.isEmpty: return []
        case let other: throw wrong(key, "a list of layers", other)
        }
    }

    public mutating func layers(
        _ key: String, default standard: [LayerDescription]
    ) throws(Fault) -> [LayerDescription] {
        rest[key] == nil ? standard : try layers(key)
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
    public func mismatch(got shape: ExampleShape, needed: String) -> Fault {
        fault(
            "gets examples of shape \(shape.extents) and needs \(needed)",
            remedy: "Correct this layer or the one before it")
    }

    private func wrong(_ key: String, _ needed: String, _ found: LayerDescription.Value?) -> Fault {
        guard let found else { return fault("lacks the key '\(key)' (\(needed))") }
        return fault("has \(found) under '\(key)', which must be \(needed)")
    }
}
