import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension NetworkPreset {
    /// The preset of a JSON document `{"preset": "cnn", "layer_norm": true, "width": 2}`, whose keys are these.
    ///
    /// - Throws: `Fault` of kind `data` that names the key that is unknown, or whose value is of the wrong type.
    init(keys: [String: LayerDescription.Value]) throws(Fault) {
        let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        guard case .text(let name)? = keys["preset"], let kind = Kind(rawValue: name) else {
            throw Self.wrong("preset", keys["preset"], "one of \(names)")
        }
        self.init(kind)
        for (key, value) in keys.sorted(by: { $0.key < $1.key }) where key != "preset" {
            guard let option = Option(rawValue: key) else {
                let known = Option.allCases.filter { $0.presets.contains(kind) }.map(\.rawValue)
                throw Fault(
                    .data, "has a key '\(key)' that presets do not know",
                    remedy: "\(name) knows \(known.joined(separator: ", "))")
            }
            try set(option, value)
        }
    }

    /// The JSON document on one line, keys sorted: equal presets give equal text.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(keys) else { preconditionFailure("a preset is always JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    private mutating func set(_ option: Option, _ value: LayerDescription.Value) throws(Fault) {
        switch (option, value) {
        case (.widths, .integers(let widths)): self.widths = widths
        case (.width, .number(let factor)): width = factor
        case (.width, .integer(let factor)): width = Double(factor)
        case (.depth, .integer(let count)): depth = count
        case (.layerNorm, .flag(let flag)): layerNorm = flag
        case (.spectralNorm, .flag(let flag)): spectralNorm = flag
        case (.crelu, .flag(let flag)): crelu = flag
        case (.twoHot, .integer(let count)): twoHotAtoms = count
        case (.dropout, .number(let probability)): dropout = probability
        case (.dropout, .integer(let probability)): dropout = Double(probability)
        case (.patch, .integer(let extent)): patch = extent
        case (.heads, .integer(let count)): heads = count
        case (.groupNorm, .integer(let count)): groupNormGroups = count
        default: throw Self.wrong(option.rawValue, value, option.form)
        }
    }

    private static func wrong(_ key: String, _ value: LayerDescription.Value?, _ needed: String) -> Fault {
        Fault(.data, "has \(value.map(\.words) ?? "nothing") under '\(key)', which must be \(needed)")
    }
}

extension NetworkPreset.Option {
    /// What the JSON form holds under the option's key.
    fileprivate var form: String {
        switch self {
        case .widths: "a list of whole numbers"
        case .width, .dropout: "a number"
        case .depth, .twoHot, .patch, .heads, .groupNorm: "a whole number"
        case .layerNorm, .spectralNorm, .crelu: "true or false"
        }
    }
}

extension LayerDescription.Value {
    fileprivate var words: String {
        switch self {
        case .flag(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): "'\(value)'"
        case .integers(let value): "\(value)"
        case .layers: "a list of layers"
        }
    }
}
