public import Files

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a file says about a network: its layers, or the name of a preset with its options.
public enum NetworkFile: Sendable, Equatable {
    /// `{"input": [1, 28, 28], "layers": […]}`
    case architecture(Architecture)
    /// `{"preset": "cnn", "layer_norm": true, "width": 2}`
    case preset(NetworkPreset)

    /// Reads the JSON document: a preset where it has the key `preset`, else an architecture.
    ///
    /// - Throws: `Fault` of kind `data` that names the place and the key.
    public init(parsing json: Data, from place: String) throws(Fault) {
        guard (try? JSONDecoder().decode(PresetMark.self, from: json)) != nil else {
            self = .architecture(try Architecture(parsing: json, from: place))
            return
        }
        guard let keys = try? JSONDecoder().decode([String: LayerDescription.Value].self, from: json) else {
            throw Fault(
                .data, "has a key of a preset that holds neither a number, true or false, a text nor a list", at: place,
                remedy: "A preset is JSON of the form {\"preset\": \"cnn\", \"layer_norm\": true, \"width\": 2}")
        }
        do throws(Fault) {
            let preset = try NetworkPreset(keys: keys)
            try preset.validate()
            self = .preset(preset)
        } catch {
            throw Self.inFile(error, place)
        }
    }

    /// The layers for examples of shape `input` and as many outputs; an architecture's are its own.
    ///
    /// - Throws: `Fault` of kind `data` for a preset whose sizes do not fit; the file's place is `place`.
    public func architecture(input: [Int], outputs: Int, from place: String) throws(Fault) -> Architecture {
        switch self {
        case .architecture(let architecture): return architecture
        case .preset(let preset):
            do throws(Fault) {
                return try preset.architecture(input: input, outputs: outputs)
            } catch {
                throw Self.inFile(error, place)
            }
        }
    }

    /// What is a wrong command line as an option is bad data in a file.
    private static func inFile(_ fault: Fault, _ place: String) -> Fault {
        Fault(.data, fault.what, at: fault.place, remedy: fault.remedy).within(place)
    }

    /// A document with the key `preset`, whatever else it holds.
    private struct PresetMark: Decodable {
        private enum Key: String, CodingKey {
            case preset
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            guard container.contains(.preset) else {
                throw DecodingError.keyNotFound(Key.preset, .init(codingPath: [], debugDescription: "no preset"))
            }
        }
    }
}
