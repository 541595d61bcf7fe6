public import Files
public import Networks

/// Some of a network's tensors, chosen by patterns of their names: the rows and columns that an operator is restricted
/// to.
///
/// A pattern is a glob over a tensor's whole name: `*` stands for any characters, `?` for one. One that names a leading
/// part of tensors' names up to a dot stands for all of them: `fc1` for `fc1.weight` and `fc1.bias`.
public struct ParameterSelection: Sendable, Equatable {
    /// One chosen tensor.
    public struct Entry: Sendable, Equatable {
        public let name: String
        /// Its elements in the flat vector of all parameters.
        public let range: Range<Int>
        /// Its elements among the chosen ones.
        public let local: Range<Int>
    }

    /// As given; empty where everything was taken.
    public let patterns: [String]
    /// In the order of the layout.
    public let entries: [Entry]
    /// How many numbers the chosen tensors hold.
    public let count: Int
    /// Whether nothing was left out.
    public let isEverything: Bool

    /// The chosen numbers' places in the flat vector, ascending, neighbours joined.
    public var ranges: [Range<Int>] {
        entries.reduce(into: []) { ranges, entry in
            if let last = ranges.last, last.upperBound == entry.range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<entry.range.upperBound
            } else {
                ranges.append(entry.range)
            }
        }
    }

    /// - Parameter patterns: one or more; none for everything.
    /// - Throws: `Fault` of kind `usage` for a pattern that matches no tensor, with the nearest names.
    public init(_ patterns: [String] = [], of layout: ParameterLayout) throws(Fault) {
        for pattern in patterns where !layout.entries.contains(where: { Self.matches($0.name, pattern) }) {
            throw Fault(
                .usage, "'\(pattern)' matches no tensor of the network", at: "--parameters",
                remedy: Self.advice(pattern, layout.entries.map(\.name)))
        }
        var entries: [Entry] = []
        var count = 0
        for entry in layout.entries
        where patterns.isEmpty || patterns.contains(where: { Self.matches(entry.name, $0) }) {
            let size = entry.range.count
            entries.append(Entry(name: entry.name, range: entry.range, local: count..<count + size))
            count += size
        }
        self.patterns = patterns
        self.entries = entries
        self.count = count
        isEverything = entries.count == layout.entries.count
    }

    /// Whether `pattern` stands for the tensor `name`.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let name = Array(name.unicodeScalars)
        let pattern = Array(pattern.unicodeScalars)
        if isMatch(name[...], pattern[...]) { return true }
        return name.indices.contains { name[$0] == "." && isMatch(name[..<$0], pattern[...]) }
    }

    /// A glob in linear memory: where a character does not fit, the last `*` takes one more.
    private static func isMatch(_ name: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        var at = name.startIndex
        var place = pattern.startIndex
        var star: (place: Int, at: Int)?
        while at < name.endIndex {
            if place < pattern.endIndex, pattern[place] == "*" {
                star = (place, at)
                place += 1
            } else if place < pattern.endIndex, pattern[place] == "?" || pattern[place] == name[at] {
                at += 1
                place += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                at = last.at + 1
                place = last.place + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }

    private static func advice(_ pattern: String, _ names: [String]) -> String {
        let layers = names.compactMap { name in name.lastIndex(of: ".").map { String(name[..<$0]) } }
        var seen: Set<String> = []
        let nearest = (layers + names).filter { seen.insert($0).inserted }
            .map { (name: $0, distance: distance($0, pattern)) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3)
        return nearest.isEmpty
            ? "The network has no parameters" : "The nearest names are \(nearest.map(\.name).joined(separator: ", "))"
    }

    /// Levenshtein's distance: the fewest insertions, deletions and replacements that turn one into the other.
    static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (i, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in second.indices {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (character == second[j] ? 0 : 1))
                diagonal = above
            }
        }
        return row[second.count]
    }
}
