import Files

/// What every figure asks of its arrays before anything is written.
enum Checks {
    /// - Throws: `Fault` of kind `data` that names the array and the first place that is NaN or infinite.
    static func finite(_ values: [Double], _ name: String, of figure: String) throws(Fault) {
        guard let place = values.firstIndex(where: { !$0.isFinite }) else { return }
        throw Fault(
            .data, "\(name)[\(place)] is \(values[place]), which cannot be drawn", at: "figure \(figure)",
            remedy: "The computation before it diverged or was given such numbers")
    }

    /// - Throws: `Fault` of kind `software` that names the array and both lengths.
    static func count(_ values: [Double], _ name: String, is expected: Int, of figure: String) throws(Fault) {
        guard values.count != expected else { return }
        throw Fault(.software, "\(name) has \(values.count) values where \(expected) belong", at: "figure \(figure)")
    }

    /// - Throws: `Fault` of kind `software` for an empty array.
    static func notEmpty<T>(_ values: [T], _ name: String, of figure: String) throws(Fault) {
        guard values.isEmpty else { return }
        throw Fault(.software, "\(name) is empty", at: "figure \(figure)")
    }

    /// - Throws: `Fault` of kind `data` that names the array and the first place where it falls.
    static func ascending(_ values: [Double], _ name: String, of figure: String) throws(Fault) {
        guard let place = values.indices.dropFirst().first(where: { values[$0] < values[$0 - 1] }) else { return }
        throw Fault(.data, "\(name) must ascend, but falls at index \(place)", at: "figure \(figure)")
    }
}
