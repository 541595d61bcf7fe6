public import Files

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension RunConfiguration {
    /// The document, keys sorted, ending in a newline: equal configurations give equal bytes.
    package var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard var data = try? encoder.encode(self) else { preconditionFailure("validated numbers are finite") }
        data.append(UInt8(ascii: "\n"))
        return data
    }

    /// The configuration of the run in `directory`.
    ///
    /// - Throws: `Fault` of kind `data` where there is none, or it is damaged or of another version.
    public init(readingRun directory: String) throws(Fault) {
        try self.init(
            parsing: AtomicFile.read(RunDirectory.configurationPath(in: directory)),
            from: RunDirectory.configurationPath(in: directory))
    }

    /// The document as text.
    package var document: String { String(decoding: json, as: UTF8.self) }

    /// The configuration that `document` spells out.
    ///
    /// - Throws: `Fault` of kind `data`, at `place`, where it is none, or of another version.
    package init(parsing document: String, from place: String) throws(Fault) {
        try self.init(parsing: Data(document.utf8), from: place)
    }

    init(parsing data: Data, from place: String) throws(Fault) {
        do {
            self = try JSONDecoder().decode(RunConfiguration.self, from: data)
        } catch {
            throw Fault(
                .data, "is not a run's configuration (\(error))", at: place,
                remedy: "It has been changed since the run began: restore it")
        }
        guard formatVersion == Self.currentVersion else {
            throw Fault(
                .data, "is of format version \(formatVersion); this program knows \(Self.currentVersion)", at: place,
                remedy: "Resume with the program that began the run")
        }
    }

    /// The first key, in alphabetical order, under which `other` differs, with both values; nil where they are equal.
    package func firstDifference(from other: RunConfiguration) -> (key: String, mine: String, other: String)? {
        JSONValue(of: json).firstDifference(from: JSONValue(of: other.json))
    }
}

/// A JSON document as a tree, to be compared key by key.
package enum JSONValue: Decodable, Equatable, CustomStringConvertible {
    case null
    case flag(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// - Parameter data: JSON that this program has just encoded.
    package init(of data: Data) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: data) else {
            preconditionFailure("what was encoded is JSON")
        }
        self = value
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let unsigned = try? container.decode(UInt64.self) {
            self = .unsigned(unsigned)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// The first key, in alphabetical order, under which the two differ, with both values; nil where they are equal.
    package func firstDifference(
        from other: JSONValue, at path: String = ""
    ) -> (key: String, mine: String, other: String)? {
        guard self != other else { return nil }
        guard case .object(let mine) = self, case .object(let theirs) = other else {
            return (path, description, other.description)
        }
        for key in Set(mine.keys).union(theirs.keys).sorted() {
            let place = path.isEmpty ? key : "\(path).\(key)"
            if let difference = (mine[key] ?? .null).firstDifference(from: theirs[key] ?? .null, at: place) {
                return difference
            }
        }
        return nil
    }

    package var description: String {
        switch self {
        case .null: "absent"
        case .flag(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): "'\(value)'"
        case .list(let values): "[\(values.map(\.description).joined(separator: ", "))]"
        case .object(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        }
    }
}
