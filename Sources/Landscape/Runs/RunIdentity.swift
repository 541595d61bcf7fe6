public import LinearAlgebra
import Networks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Everything that decides what a long run computes, as facts by name: two runs of the same facts end in the same bytes.
///
/// Names are those that a user knows (`steps`, `seed`), since a state of another run is refused by naming the fact that
/// differs. What changes no byte (threads, memory, paths) is no fact; files stand for themselves by their content.
public struct RunIdentity: Sendable, Equatable {
    public private(set) var facts: [String: String]

    /// - Parameter command: what the user typed, such as `hessian`.
    public init(command: String, version: String) {
        facts = ["command": command, "version": version]
    }

    init(facts: [String: String]) { self.facts = facts }

    /// Adds facts: options that change the result, with their values. Numbers are written so that they read back.
    public mutating func add(_ facts: KeyValuePairs<String, any CustomStringConvertible>) {
        for (name, value) in facts {
            precondition(self.facts[name] == nil, "the fact \(name) is given twice")
            self.facts[name] = value.description
        }
    }

    /// Adds the problem: architecture, parameters, examples and targets by their content, loss and precision.
    ///
    /// Of targets the derivative of the loss at outputs of zero is taken, and its values, in which every kind of target
    /// shows. What `Problem` does not tell (whose statistics batch normalisation takes) the caller adds.
    public mutating func add<Element: Scalar>(_ problem: Problem<Element>) {
        var point = ContentHash()
        point.add(problem.network.architecture.json)
        point.add(problem.parameters.vector)
        point.add(problem.parameters.buffers)
        var inputs = ContentHash()
        inputs.add(problem.inputs.elements)
        add([
            "precision": Element.precisionName, "loss": problem.loss.kind.rawValue, "examples": problem.examples,
            "checkpoint content": point.text, "inputs content": inputs.text,
            "targets content": Self.content(of: problem.loss, outputs: problem.network.outputCount),
        ])
    }

    /// The same run's identity with the facts of one stage of it.
    public func adding(_ facts: KeyValuePairs<String, any CustomStringConvertible>) -> RunIdentity {
        var identity = self
        identity.add(facts)
        return identity
    }

    /// One JSON object on one line, keys sorted: equal facts give equal text.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(facts) else { preconditionFailure("strings are always JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    /// Sixteen hexadecimal digits that stand for all the facts.
    public var hash: String {
        var hash = ContentHash()
        hash.add(json)
        return hash.text
    }

    init?(json: String) {
        guard let facts = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)) else { return nil }
        self.facts = facts
    }

    /// The names of the facts in which two runs differ, those first that a user would look at first.
    func differences(from other: RunIdentity) -> [String] {
        let names = Set(facts.keys).union(other.facts.keys).filter { facts[$0] != other.facts[$0] }
        // A checkpoint changes much else; what else the user asked for is said after it.
        let first = ["command", "version", "checkpoint content", "inputs content"]
        return first.filter(names.contains) + names.subtracting(first).sorted()
    }

    private static func content<Element: Scalar>(of loss: any Loss<Element>, outputs: Int) -> String {
        let count = loss.exampleCount
        let cotangent = Matrix<Element>(rows: count, columns: outputs)
        let values = loss.evaluate(
            Matrix(rows: count, columns: outputs), examples: 0..<count,
            record: loss.makeRecord(examples: count, outputs: outputs), cotangent: cotangent)
        var hash = ContentHash()
        hash.add(cotangent.elements)
        hash.add(values: values)
        return hash.text
    }
}
