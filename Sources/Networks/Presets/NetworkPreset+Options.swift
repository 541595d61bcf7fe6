public import Files

extension NetworkPreset {
    /// What may be changed about a preset, by the keys of the JSON form.
    public enum Option: String, Sendable, CaseIterable {
        case widths, width, depth
        case layerNorm = "layer_norm"
        case spectralNorm = "spectral_norm"
        case crelu
        case twoHot = "two_hot"
        case dropout, patch, heads
        case groupNorm = "group_norm"

        /// The presets that have the option.
        public var presets: [Kind] {
            switch self {
            case .widths: [.mlp]
            case .width, .twoHot: Kind.allCases
            case .depth: [.mlp, .cnn, .vit]
            case .layerNorm, .spectralNorm, .crelu: [.mlp, .cnn, .nature]
            case .dropout, .patch, .heads: [.vit]
            case .groupNorm: [.resnet18]
            }
        }

        /// The presets that have the option, as words: `mlp, cnn and nature`.
        public var presetsInWords: String {
            let names = presets.map(\.rawValue)
            return names.count == 1
                ? names[0] : names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
        }
    }

    /// The options that are set to something.
    public var givenOptions: [Option] { Option.allCases.filter { value(of: $0) != nil } }

    /// The options that are set and that the preset does not have.
    public var foreignOptions: [Option] { givenOptions.filter { !$0.presets.contains(kind) } }

    /// - Throws: `Fault` of kind `usage` that names the first option that the preset does not have, with the presets that
    ///   have it, or that is out of range.
    public func validate() throws(Fault) {
        if let option = foreignOptions.first {
            throw Fault(
                .usage, "has no option \(option.rawValue)", at: place,
                remedy: "\(option.presetsInWords) \(option.presets.count == 1 ? "has" : "have") it")
        }
        if widths != nil, depth != nil {
            throw Fault(
                .usage, "has its depth from widths and from depth", at: place,
                remedy: "Give widths, one for each hidden layer, or depth, for so many of the standard width")
        }
        for width in widths ?? [] { try check(.widths, width, in: 1...LayerStack.mostSize) }
        if let width, !(width > 0 && width.isFinite) {
            throw Fault(.usage, "width \(width) is out of range", at: place, remedy: "It is a number above 0")
        }
        if let depth { try check(.depth, depth, in: 1...1024) }
        if let twoHotAtoms { try check(.twoHot, twoHotAtoms, in: 2...LayerStack.mostSize) }
        if let dropout, !(0..<1).contains(dropout) {
            throw Fault(.usage, "dropout \(dropout) is out of range", at: place, remedy: "It is from 0 to below 1")
        }
        if let patch { try check(.patch, patch, in: 1...LayerStack.mostSize) }
        if let heads { try check(.heads, heads, in: 1...LayerStack.mostSize) }
        if let groupNormGroups { try check(.groupNorm, groupNormGroups, in: 1...LayerStack.mostSize) }
    }

    private func check(_ option: Option, _ value: Int, in range: ClosedRange<Int>) throws(Fault) {
        guard range.contains(value) else {
            throw Fault(
                .usage, "\(option.rawValue) \(value) is out of range", at: place,
                remedy: "It is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// What an option is set to; nil where it is not.
    private func value(of option: Option) -> LayerDescription.Value? {
        switch option {
        case .widths: widths.map { .integers($0) }
        case .width: width.map { .number($0) }
        case .depth: depth.map { .integer($0) }
        case .layerNorm: layerNorm ? .flag(true) : nil
        case .spectralNorm: spectralNorm ? .flag(true) : nil
        case .crelu: crelu ? .flag(true) : nil
        case .twoHot: twoHotAtoms.map { .integer($0) }
        case .dropout: dropout.map { .number($0) }
        case .patch: patch.map { .integer($0) }
        case .heads: heads.map { .integer($0) }
        case .groupNorm: groupNormGroups.map { .integer($0) }
        }
    }

    /// The keys and values of the JSON form.
    var keys: [String: LayerDescription.Value] {
        var keys: [String: LayerDescription.Value] = ["preset": .text(kind.rawValue)]
        for option in Option.allCases { keys[option.rawValue] = value(of: option) }
        return keys
    }
}
