import Files

/// Choices under several keys, of which every combination is a run; the last key changes fastest.
struct SweepGrid {
    /// A sweep of more is a slip of the pen.
    private static let most = 100_000
    let combinations: [[SweepFile.Setting]]

    init(_ node: SweepNode) throws(Fault) {
        guard !node.isEmpty else { throw SweepFile.nothing(in: "grid", node) }
        var combinations: [[SweepFile.Setting]] = [[]]
        for (key, name, value) in try node.pairs("a grid") {
            let choices = try Self.choices(key, name, value)
            guard combinations.count <= Self.most / choices.count else {
                throw node.fault("a grid of more than \(Self.most) runs", remedy: "Make it smaller")
            }
            combinations = combinations.flatMap { settings in choices.map { settings + $0 } }
            try SweepFile.refuseRepetition(in: combinations[0])
        }
        for combination in combinations { try SweepFile.refuseRepetition(in: combination) }
        self.combinations = combinations
    }

    /// What each choice under a key sets.
    private static func choices(
        _ key: SweepNode, _ name: String, _ value: SweepNode
    ) throws(Fault) -> [[SweepFile.Setting]] {
        let elements = value.elements
        guard !elements.isEmpty else { throw value.fault("'\(name)' has no choices", remedy: "Give it at least one") }
        var choices: [[SweepFile.Setting]] = []
        for element in elements {
            if element.isMapping {
                choices.append(try SweepFile.settings(element, "a choice of '\(name)'"))
            } else {
                choices.append([try SweepFile.setting(key, name, element)])
            }
        }
        return choices
    }
}
