/// Statistics of a network at one point of its parameters, on some examples: flat numbers by name, and the same of
/// single layers.
///
/// As JSON `{"step": …, "examples": …, "statistics": {name: number}, "layers": [{"name": …, "kind": …, name: number}],
/// "thresholds": {…}, "warnings": […]}`. What is not defined or not finite is absent, and a warning says why.
public struct NetworkStatistics: Sendable, Encodable {
    /// The numbers of one layer.
    public struct Layer: Sendable, Encodable {
        /// Of weights the layer's own name; of hidden activations `HiddenLayer.name`.
        public let name: String
        /// `weights`, or what stands there: `relu`, `residual`, `features`.
        public let kind: String
        public var values: [String: Double] = [:]

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: Key("name"))
            try container.encode(kind, forKey: Key("kind"))
            for (name, value) in values { try container.encode(value, forKey: Key(name)) }
        }
    }

    /// The singular values of one matrix.
    public struct Spectrum: Sendable {
        /// Whether of a weight matrix, or of features.
        public let isOfWeights: Bool
        public let layer: String
        public let spectrum: SingularSpectrum
    }

    /// Training steps done; nil where nobody knows.
    public var step: Int?
    public let examples: Int
    /// Of the network, by name.
    public internal(set) var values: [String: Double] = [:]
    /// In the order of the network; weights first.
    public internal(set) var layers: [Layer] = []
    /// By the statistics that they belong to.
    public let thresholds: [String: Double]
    public internal(set) var warnings: [String] = []
    /// Not part of the JSON document.
    public internal(set) var spectra: [Spectrum] = []

    init(examples: Int, thresholds: [String: Double]) {
        self.examples = examples
        self.thresholds = thresholds
    }

    public subscript(statistic: Statistic) -> Double? { values[statistic.name] }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(step, forKey: Key("step"))
        try container.encode(examples, forKey: Key("examples"))
        try container.encode(values, forKey: Key("statistics"))
        try container.encode(layers, forKey: Key("layers"))
        try container.encode(thresholds, forKey: Key("thresholds"))
        try container.encode(warnings, forKey: Key("warnings"))
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension NetworkStatistics {
    /// Enters a number of the network; what is not finite becomes a warning.
    mutating func set(_ statistic: Statistic, _ value: Double) { set(statistic.name, value) }

    mutating func set(_ name: String, _ value: Double) {
        guard value.isFinite else { return warnings.append("\(name) is \(value) and left out: numbers overflow") }
        values[name] = value
    }

    /// Enters a number of a layer, which is made where there is none of that name and kind yet.
    mutating func set(_ statistic: Statistic, _ value: Double, layer: String, kind: String) {
        set(statistic.name, value, layer: layer, kind: kind)
    }

    mutating func set(_ name: String, _ value: Double, layer: String, kind: String) {
        guard value.isFinite else {
            return warnings.append("\(name) of \(layer) is \(value) and left out: numbers overflow")
        }
        guard let index = layers.firstIndex(where: { $0.name == layer && $0.kind == kind }) else {
            return layers.append(Layer(name: layer, kind: kind, values: [name: value]))
        }
        layers[index].values[name] = value
    }
}
