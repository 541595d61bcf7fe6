import Files
import Foundation

/// Numbers and documents as a study's files have them.
enum StudyText {
    /// So many significant digits, trailing zeros dropped: `0.123`, `1.5e-09`, `42`.
    static func number(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return "\(value)" }
        let text = String(format: "%.\(digits)g", value)
        return text == "-0" ? "0" : text
    }

    /// `12.3 %`.
    static func percent(_ value: Double) -> String { number(100 * value) + " %" }

    /// `[0.1, 0.3]`.
    static func interval(_ interval: ClosedRange<Double>?, digits: Int = 3) -> String {
        guard let interval else { return "–" }
        return "[\(number(interval.lowerBound, digits: digits)), \(number(interval.upperBound, digits: digits))]"
    }

    /// JSON with keys in alphabetical order, ending in a newline: equal values give equal bytes.
    ///
    /// - Throws: `Fault` of kind `software` for a NaN or an infinity.
    static func json(_ value: some Encodable) throws(Fault) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
        } catch {
            throw Fault(.software, "the study's result cannot be written as JSON: \(error)")
        }
    }
}
