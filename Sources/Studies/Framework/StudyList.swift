/// The studies that there are, in the order of the paper's figures.
public enum StudyList {
    public static let all: [any Study.Type] = [
        OptimiserInstability.self,
        BrownianMotion.self,
        Falsification.self,
    ]

    public static func named(_ name: String) -> (any Study.Type)? { all.first { $0.name == name } }
}
