public import Files

/// Which statistics are computed, and with which thresholds.
public struct StatisticsConfiguration: Sendable, Equatable, Codable {
    public var groups: Set<Statistic.Group>
    /// τ of `dormant_fraction`.
    public var dormantThreshold = 0.025
    /// Further τ, each with a statistic of its own: `dormant_fraction_tau_0.1`.
    public var furtherDormantThresholds: [Double] = []
    /// Beyond which |tanh| and |2 sigmoid − 1| count as saturated.
    public var saturationThreshold = 0.95
    public var ranks = RankThresholds()
    /// Examples of the sharpness, at most.
    public var sharpnessExamples = 1024
    /// Examples of the gradients' covariance, at most: 512 as in Lyle et al. 2023, figure 2.
    public var covarianceExamples = 512
    /// Examples of the tangent kernel, at most; its order is that times the outputs.
    public var kernelExamples = 32
    /// Seeds the search for the largest eigenvalue.
    public var seed: UInt64 = 0

    /// What costs no more than a few passes over the examples.
    public static let cheap = Set(Statistic.Group.allCases.filter(\.isCheap))

    public init(groups: Set<Statistic.Group> = cheap) { self.groups = groups }

    /// Whether anything that is asked for differentiates the loss.
    public var needsLoss: Bool {
        !groups.isDisjoint(with: [.gradient, .sharpness, .gradientCovariance, .tangentKernel])
    }

    /// The statistic for a further τ.
    static func dormantName(_ threshold: Double) -> String { "\(Statistic.dormant.name)_tau_\(threshold)" }

    /// The thresholds by the statistics they belong to.
    var thresholds: [String: Double] {
        [
            Statistic.dormant.name: dormantThreshold, Statistic.saturated.name: saturationThreshold,
            RankDefinition.numerical.rawValue: ranks.relative, RankDefinition.absolute.rawValue: ranks.absolute,
            RankDefinition.srank.rawValue: ranks.srankShare, RankDefinition.energy.rawValue: ranks.energyShare,
        ]
    }

    /// - Throws: `Fault` of kind `usage` that names the constant, its value and the range it must be in.
    public func validate() throws(Fault) {
        for (name, value) in thresholds where !(value > 0 && value < 1) {
            throw Fault(
                .usage, "has the threshold \(value), which must lie between 0 and 1", at: name,
                remedy: "Choose a value in that range")
        }
        for value in furtherDormantThresholds where !(value >= 0 && value < 1) {
            throw Fault(
                .usage, "has the threshold \(value), which must be from 0 to 1", at: Statistic.dormant.name,
                remedy: "Choose a value in that range")
        }
        for (name, value) in [
            ("sharpness examples", sharpnessExamples), ("covariance examples", covarianceExamples),
            ("ntk examples", kernelExamples),
        ] where value < 1 {
            throw Fault(.usage, "are \(value) and must be at least 1", at: name)
        }
    }
}

extension StatisticsConfiguration {
    enum CodingKeys: String, CodingKey {
        case groups
        case dormantThreshold = "dormant_threshold"
        case furtherDormantThresholds = "further_dormant_thresholds"
        case saturationThreshold = "saturation_threshold"
        case ranks = "rank_thresholds"
        case sharpnessExamples = "sharpness_examples"
        case covarianceExamples = "covariance_examples"
        case kernelExamples = "ntk_examples"
        case seed
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(groups: Set(try container.decode([Statistic.Group].self, forKey: .groups)))
        dormantThreshold = try container.decode(Double.self, forKey: .dormantThreshold)
        furtherDormantThresholds = try container.decode([Double].self, forKey: .furtherDormantThresholds)
        saturationThreshold = try container.decode(Double.self, forKey: .saturationThreshold)
        ranks = try container.decode(RankThresholds.self, forKey: .ranks)
        sharpnessExamples = try container.decode(Int.self, forKey: .sharpnessExamples)
        covarianceExamples = try container.decode(Int.self, forKey: .covarianceExamples)
        kernelExamples = try container.decode(Int.self, forKey: .kernelExamples)
        seed = try container.decode(UInt64.self, forKey: .seed)
    }

    /// Groups go in their own order: equal configurations give equal bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Statistic.Group.allCases.filter(groups.contains), forKey: .groups)
        try container.encode(dormantThreshold, forKey: .dormantThreshold)
        try container.encode(furtherDormantThresholds, forKey: .furtherDormantThresholds)
        try container.encode(saturationThreshold, forKey: .saturationThreshold)
        try container.encode(ranks, forKey: .ranks)
        try container.encode(sharpnessExamples, forKey: .sharpnessExamples)
        try container.encode(covarianceExamples, forKey: .covarianceExamples)
        try container.encode(kernelExamples, forKey: .kernelExamples)
        try container.encode(seed, forKey: .seed)
    }
}
