public import Files
import Foundation

/// Results as JSON text: keys in alphabetical order, numbers that read back to the same bits, an end of line.
public enum JSONText {
    /// - Throws: `Fault` of kind `software` that names the first NaN or infinity: a result that has one is no result.
    public static func encode(_ value: some Encodable) throws(Fault) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .throw
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
        } catch EncodingError.invalidValue(let found, let context) {
            let place = path(context.codingPath)
            throw Fault(
                .software, "the result holds \(found), which is no number", at: place,
                remedy: "The run has diverged, or this is a defect of the program")
        } catch {
            throw Fault(.software, "the result cannot be written as JSON: \(error)")
        }
    }

    /// `density.values[3]`.
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}
