import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A JSON object of a result file; whoever asks for a key that is missing is told file and key.
struct ResultDocument {
    private enum Value: Decodable {
        case number(Double)
        case text(String)
        case list([Value])
        case object([String: Value])
        /// `null`, true, false: nothing that is kept.
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // Most of what files hold are numbers.
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else if let object = try? container.decode([String: Value].self) {
                self = .object(object)
            } else {
                self = .other
            }
        }
    }

    private let values: [String: Value]
    private let place: String

    init(reading path: String) throws(Fault) {
        let data = try AtomicFile.read(path)
        guard let values = try? JSONDecoder().decode([String: Value].self, from: data) else {
            throw Fault(.data, "is no JSON object", at: path, remedy: "Remove it, and resume the run")
        }
        self.init(values, path)
    }

    private init(_ values: [String: Value], _ place: String) { (self.values, self.place) = (values, place) }

    /// All keys that hold a number, in their order.
    var numbers: [(name: String, value: Double)] {
        values.sorted { $0.key < $1.key }.compactMap { key, value in
            guard case .number(let number) = value else { return nil }
            return (key, number)
        }
    }

    func number(_ key: String) throws(Fault) -> Double {
        guard case .number(let number)? = values[key] else { throw missing(key, "a number") }
        return number
    }

    func integer(_ key: String) throws(Fault) -> Int {
        guard let integer = Int(exactly: try number(key)) else { throw missing(key, "a whole number") }
        return integer
    }

    func text(_ key: String) throws(Fault) -> String {
        guard case .text(let text)? = values[key] else { throw missing(key, "a text") }
        return text
    }

    func object(_ key: String) throws(Fault) -> ResultDocument {
        guard case .object(let object)? = values[key] else { throw missing(key, "an object") }
        return ResultDocument(object, "\(place), '\(key)'")
    }

    /// None where the key is absent.
    func objects(_ key: String) throws(Fault) -> [ResultDocument] {
        guard let value = values[key] else { return [] }
        guard case .list(let list) = value else { throw missing(key, "a list") }
        var objects: [ResultDocument] = []
        for (index, element) in list.enumerated() {
            guard case .object(let object) = element else { throw missing("\(key)[\(index)]", "an object") }
            objects.append(ResultDocument(object, "\(place), '\(key)[\(index)]'"))
        }
        return objects
    }

    private func missing(_ key: String, _ what: String) -> Fault {
        Fault(.data, "'\(key)' does not hold \(what)", at: place, remedy: "Remove the file, and resume the run")
    }
}
