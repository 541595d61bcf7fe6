import Foundation

/// A document that holds the tables between two markers.
struct AccuracyDocument {
    static let begin = "<!-- accuracy: begin (made by `make accuracy`) -->"
    static let end = "<!-- accuracy: end -->"

    private let path: String
    private let before: Substring
    private let tables: Substring
    private let after: Substring

    init(_ path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let begin = text.range(of: Self.begin),
            let end = text.range(of: Self.end, range: begin.upperBound..<text.endIndex)
        else { throw HarnessFailure("\(path): no '\(Self.begin)' and '\(Self.end)'") }
        self.path = path
        before = text[..<begin.upperBound]
        tables = text[begin.upperBound..<end.lowerBound]
        after = text[end.lowerBound...]
    }

    func replace(by new: String) throws {
        try (before + "\n\n" + new + "\n\n" + after).write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// Where the document and `new` disagree by more than another machine's rounding explains.
    ///
    /// Words must be equal. Numbers with an exponent are errors: they agree within a factor of 3, or where both are
    /// below 10⁻¹², which is rounding. Other numbers, counts and shares, agree within 5 %, so that 0 agrees with 0 alone.
    func differences(from new: String) -> [String] {
        let old = Self.lines(String(tables))
        let fresh = Self.lines(new)
        var found = zip(old, fresh).compactMap { pair in
            Self.agree(pair.0, pair.1) ? nil : "document: \(pair.0)\nnow:      \(pair.1)"
        }
        if old.count != fresh.count { found.append("\(old.count) lines in the document, \(fresh.count) now") }
        return found
    }

    private static func lines(_ text: String) -> [String] { text.split { $0 == "\n" }.map { String($0) } }

    private static func agree(_ old: String, _ new: String) -> Bool {
        let a = words(old)
        let b = words(new)
        return a.count == b.count && zip(a, b).allSatisfy { agree(word: $0, $1) }
    }

    private static func words(_ line: String) -> [Substring] {
        line.split { $0 == " " || $0 == "|" || $0 == "*" }
    }

    private static func agree(word old: Substring, _ new: Substring) -> Bool {
        guard let a = Double(old), let b = Double(new) else { return old == new }
        if old.contains("e") || new.contains("e") {
            return max(abs(a), abs(b)) < 1e-12 || (a * b > 0 && max(a / b, b / a) <= 3)
        }
        return abs(a - b) <= 0.05 * max(abs(a), abs(b))
    }
}

/// Tables and numbers as Markdown has them.
enum Markdown {
    /// A header and rows.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
        return ([line(header), line(header.map { _ in "---" })] + rows.map(line)).joined(separator: "\n")
    }

    /// An error to one digit, `3e-16`.
    static func error(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        guard value != 0 else { return "0" }
        let exponent = Int(log10(abs(value)).rounded(.down))
        let digit = Int((value / pow(10, Double(exponent))).rounded())
        return digit == 10 ? "1e\(exponent + 1)" : "\(digit)e\(exponent)"
    }
}
