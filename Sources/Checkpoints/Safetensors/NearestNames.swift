/// The names most like `wanted`, at most `limit`, best first; what an error offers in place of a missing name.
///
/// The measure is Levenshtein's distance on the first 64 bytes, where a name that ends in the other (`module.fc1.weight`
/// for `fc1.weight`) goes first. Of a very long list only the first 1 000 names are looked at.
func nearestNames(to wanted: String, among names: some Sequence<String>, limit: Int = 6) -> [String] {
    let scored = names.prefix(1000).map { name in
        let isTail = !name.isEmpty && !wanted.isEmpty && (name.hasSuffix(wanted) || wanted.hasSuffix(name))
        return (score: isTail ? 0 : distance(name, wanted), name: name)
    }
    // Sorting is stable in effect: equal scores keep the file's order by the second key.
    let order = scored.indices.sorted { (scored[$0].score, $0) < (scored[$1].score, $1) }
    return order.prefix(limit).map { scored[$0].name }
}

/// Levenshtein's distance between the first 64 bytes of each: insertions, deletions and replacements cost 1.
private func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8.prefix(64))
    let right = Array(right.utf8.prefix(64))
    var previous = Array(0...right.count)
    for (row, byte) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            let replaced = previous[column] + (byte == other ? 0 : 1)
            current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[right.count]
}
