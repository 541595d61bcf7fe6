public import Files

/// An intervention as a command line or a file names it: `shrink-and-perturb:lambda=0.8,sigma=0.2`.
public struct InterventionSetting: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Which one.
    public var name: String
    /// Its constants by name; those that are absent have the intervention's defaults.
    public var constants: [String: Double]

    public init(_ name: String, _ constants: [String: Double] = [:]) {
        self.name = name
        self.constants = constants
    }

    /// The setting that `text` spells out.
    ///
    /// - Throws: `Fault` of kind `usage` that quotes the part which is not `constant=number`.
    public init(parsing text: String) throws(Fault) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        constants = [:]
        guard parts.count == 2 else { return }
        for word in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let sides = word.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, let value = Double(sides[1]), value.isFinite,
                constants.updateValue(value, forKey: String(sides[0])) == nil
            else {
                throw Fault(
                    .usage, "'\(word)' is not a constant and its value", at: "intervention '\(text)'",
                    remedy: "Write it as NAME or NAME:CONSTANT=NUMBER,…")
            }
        }
    }

    /// As `init(parsing:)` reads it, constants in the order of their names.
    public var description: String {
        guard !constants.isEmpty else { return name }
        let words = constants.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.text($0.value))" }
        return name + ":" + words.joined(separator: ",")
    }

    /// A number that reading gives back exactly, whole ones without a point.
    public static func text(_ value: Double) -> String {
        abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
