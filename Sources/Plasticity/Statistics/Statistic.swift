/// A statistic that has been proposed to explain the loss of plasticity: its name in files, its definition, its source.
public struct Statistic: Sendable, Hashable {
    /// What is computed together, and asked for together.
    public enum Group: String, Sendable, CaseIterable, Codable {
        case weights
        case weightRanks = "weight-ranks"
        case units
        case features
        case outputs
        case gradient
        case update
        case sharpness
        case gradientCovariance = "gradient-covariance"
        case tangentKernel = "ntk"

        /// Whether it costs no more than a few passes over the examples.
        public var isCheap: Bool {
            switch self {
            case .weights, .weightRanks, .units, .features, .outputs, .gradient, .update: true
            case .sharpness, .gradientCovariance, .tangentKernel: false
            }
        }
    }

    /// What it is a number of.
    public enum Scope: String, Sendable, Codable {
        case network
        case layer
        /// Of the network and of every layer that has it.
        case both
    }

    /// In JSON, in databases and on the command line.
    public let name: String
    public let group: Group
    public let scope: Scope
    /// One line.
    public let definition: String
    /// Who proposed or used it; empty where it is common property.
    public let source: String

    init(_ name: String, _ group: Group, _ scope: Scope, _ definition: String, source: String = "") {
        self.name = name
        self.group = group
        self.scope = scope
        self.definition = definition
        self.source = source
    }
}

extension Statistic {
    /// All that there are, in the order in which they are shown.
    public static let all: [Statistic] =
        weightStatistics + RankDefinition.scaleFree.map(weightRank) + [weightSpectralNorm] + unitStatistics
        + RankDefinition.allCases.map(featureRank) + [featureNorm] + outputStatistics + gradientStatistics
        + updateStatistics + dearStatistics

    /// The one of that name.
    public init?(named name: String) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The rank of weight matrices by one definition.
    static func weightRank(_ definition: RankDefinition) -> Statistic {
        Statistic(
            "weight_\(definition.rawValue)", .weightRanks, .both,
            "\(definition.words), of a weight as [out, in · k · k]; of the network the mean over its weights, the head's "
                + "included", source: definition.source)
    }

    /// The rank of features by one definition.
    static func featureRank(_ definition: RankDefinition) -> Statistic {
        Statistic(
            "feature_\(definition.rawValue)", .features, .both,
            "\(definition.words), of the features [examples, units], not centred; of the network those that its last "
                + "layer takes; of a layer of images or tokens [examples · positions, channels]",
            source: definition.source)
    }
}

extension RankDefinition {
    /// The definition in words.
    var words: String {
        switch self {
        case .exact: "how many singular values exceed max(rows, columns) · eps · the largest, eps the network's"
        case .numerical: "how many singular values exceed 0.01 of the largest"
        case .absolute: "how many singular values of the matrix / √rows exceed 0.01, whatever the largest is"
        case .srank: "the least k whose k largest singular values hold 99 % of the sum of all"
        case .energy: "the least k whose k largest squared singular values hold 99 % of the sum of all squares"
        case .entropy: "exp of the entropy of singular values / their sum"
        case .stable: "the sum of squared singular values / the largest one squared"
        }
    }

    /// Who proposed it.
    var source: String {
        switch self {
        case .exact: "LAPACK's customary tolerance (matrix_rank of NumPy, PyTorch)"
        case .numerical: "Lyle et al. 2023, the feature rank of section 4 as commonly computed"
        case .absolute: "Lyle, Rowland, Dabney 2022, feature rank"
        case .srank: "Kumar et al. 2021, srank at delta = 0.01"
        case .energy: "Yang et al. 2020, approximate rank"
        case .entropy: "Roy, Vetterli 2007, effective rank"
        case .stable: "Rudelson, Vershynin 2007"
        }
    }
}

extension Set<Statistic.Group> {
    /// Those that `text` names with commas between; `cheap` and `all` stand for several. Nil where one is not known.
    public init?(named text: String) {
        self = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            switch word.replacing("_", with: "-") {
            case "cheap": formUnion(StatisticsConfiguration.cheap)
            case "all": formUnion(Statistic.Group.allCases)
            case let name:
                guard let group = Statistic.Group(rawValue: String(name)) else { return nil }
                insert(group)
            }
        }
    }
}
