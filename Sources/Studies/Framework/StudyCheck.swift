import Files

/// Settings held against their ranges.
enum StudyCheck {
    /// - Throws: `Fault` of kind `usage` that names the key, its value and the range.
    static func range<Value: Comparable>(_ key: String, _ value: Value, in range: ClosedRange<Value>) throws(Fault) {
        guard !range.contains(value) else { return }
        throw Fault(
            .usage, "is \(value) and must be from \(range.lowerBound) to \(range.upperBound)", at: key,
            remedy: "Choose a value in that range")
    }
}

extension StudyCheck {
    /// - Throws: `Fault` of kind `usage` that names the key and the first word that is unknown or there twice.
    static func words(_ key: String, _ words: [String], among known: [String]) throws(Fault) {
        let remedy = "Choose among \(known.joined(separator: ", "))"
        guard !words.isEmpty else { throw Fault(.usage, "is empty", at: key, remedy: remedy) }
        for (place, word) in words.enumerated() {
            guard known.contains(word) else { throw Fault(.usage, "knows no '\(word)'", at: key, remedy: remedy) }
            guard !words[..<place].contains(word) else {
                throw Fault(.usage, "has '\(word)' twice", at: key, remedy: remedy)
            }
        }
    }
}
