/// The statistics that the paper looks at, by the names under which runs log them, and what it says of each.
enum FalsificationStatistics {
    /// The definitions of rank that runs log side by side, as the ends of names.
    static let ranks = [
        "exact_rank", "numerical_rank", "absolute_rank", "srank", "energy_rank", "entropy_rank", "stable_rank",
    ]

    /// One of the paper's four explanations, and between which conditions it says that the sign flips.
    struct Explanation: Sendable {
        var words: String
        var statistic: String
        var factor: String
    }

    static func explanations(rank: String) -> [Explanation] {
        [
            Explanation(words: "weight norm", statistic: "weight_norm", factor: "observations"),
            Explanation(words: "weight rank", statistic: "weight_\(rank)", factor: "observations"),
            Explanation(words: "dead units", statistic: "dead_fraction", factor: "network"),
            Explanation(words: "feature rank", statistic: "feature_\(rank)", factor: "task"),
        ]
    }
}
