import Agents
public import Files
import Foundation

/// A setting given by its key: `steps_per_task=500`.
public struct StudySetting: Sendable, Equatable {
    public var key: String
    /// As JSON writes it; what is no JSON is a text.
    public var value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }

    /// Nil for text that is not `KEY=VALUE`.
    public init?(parsing text: String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
        self.init(String(text[..<equals]), String(text[text.index(after: equals)...]))
        if value.isEmpty { return nil }
    }
}

extension Study {
    /// The keys of all settings, in alphabetical order.
    public static var keys: [String] {
        guard case .object(let members) = JSONValue(of: Self(scale: .small).encoded) else { return [] }
        return members.keys.sorted()
    }

    /// Gives settings other values.
    ///
    /// - Throws: `Fault` of kind `usage` for a key that the study does not have, with those that it has, or a value that is
    ///   not of its kind.
    public mutating func apply(_ settings: [StudySetting]) throws(Fault) {
        for setting in settings {
            guard Self.keys.contains(setting.key) else {
                throw Fault(
                    .usage, "the study \(Self.name) has no setting of that name", at: setting.key,
                    remedy: "It has \(Self.keys.joined(separator: ", "))")
            }
            guard var members = try? JSONSerialization.jsonObject(with: encoded) as? [String: Any] else {
                preconditionFailure("a study's settings are a JSON object")
            }
            let value = try? JSONSerialization.jsonObject(with: Data(setting.value.utf8), options: .fragmentsAllowed)
            members[setting.key] = value ?? setting.value
            guard let data = try? JSONSerialization.data(withJSONObject: members),
                let study = try? JSONDecoder().decode(Self.self, from: data)
            else {
                throw Fault(
                    .usage, "'\(setting.value)' is not of the setting's kind", at: setting.key,
                    remedy: "Write it like its standard value, \(standard(setting.key))")
            }
            self = study
        }
        try validate()
    }

    private func standard(_ key: String) -> String {
        guard case .object(let members) = JSONValue(of: encoded), let value = members[key] else { return "" }
        return value.description
    }

    private var encoded: Data {
        guard let data = try? JSONEncoder().encode(self) else { preconditionFailure("settings are finite") }
        return data
    }
}
