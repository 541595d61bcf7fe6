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
