import ArgumentParser
import CommandSupport
import Plasticity

/// Prints what the statistics are, before anything else is asked for.
struct StatisticsListOptions: ParsableArguments {
    @Flag(help: "Print every statistic's name, definition and source, and end.")
    var list = false

    /// Thrown before the options that follow are looked at: no checkpoint is needed.
    func validate() throws { if list { throw CleanExit.message(Self.text) } }

    static var text: String {
        var lines: [String] = []
        for group in Statistic.Group.allCases {
            lines.append("\(group.rawValue)\(group.isCheap ? "" : " (dear: --with \(group.rawValue))")")
            for statistic in Statistic.all where statistic.group == group {
                let scope =
                    switch statistic.scope {
                    case .network: "the network"
                    case .layer: "layers"
                    case .both: "the network and layers"
                    }
                lines.append("  \(statistic.name) (of \(scope))")
                let source = statistic.source.isEmpty ? "" : " [\(statistic.source)]"
                lines += wrapped(statistic.definition + source)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Words in lines of up to 96 characters, indented.
    private static func wrapped(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 90 { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "      " : " ") + word
        }
        return lines
    }
}

/// Which statistics, and with which thresholds.
struct StatisticsOptions: ParsableArguments {
    private static let standard = StatisticsConfiguration()

    @Option(
        help: ArgumentHelp(
            "Statistics that cost more than a few passes, with commas: sharpness, gradient-covariance, ntk.",
            valueName: "groups"))
    var with: String?

    @Flag(help: "All statistics, the dear ones too.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "A checkpoint of the parameters from which distances are measured. Default: step 0 of the same run.",
            valueName: "file"), completion: .file(extensions: ["safetensors"]))
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "Dormant is a unit with at most this share of its layer's mean activity; further ones get statistics of "
                + "their own. (default: \(standard.dormantThreshold))", valueName: "tau"))
    var dormantThreshold: [Double] = []

    @Option(help: ArgumentHelp("Saturated are |tanh| and |2 sigmoid - 1| beyond this.", valueName: "share"))
    var saturationThreshold = standard.saturationThreshold

    @Option(
        help: ArgumentHelp("The share of the largest singular value that counts for numerical ranks.", valueName: "e"))
    var rankThreshold = standard.ranks.relative

    @Option(help: ArgumentHelp("The share of the sum that srank and energy rank ask for.", valueName: "share"))
    var rankShare = standard.ranks.srankShare

    @Option(help: ArgumentHelp("Examples of the gradients' covariance, at most.", valueName: "n"))
    var covarianceExamples = standard.covarianceExamples

    @Option(help: ArgumentHelp("Examples of the tangent kernel, at most.", valueName: "n"))
    var ntkExamples = standard.kernelExamples

    func validate() throws {
        _ = try groups
        do {
            try configuration(seed: 0).validate()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func configuration(seed: UInt64) throws -> StatisticsConfiguration {
        var configuration = StatisticsConfiguration(groups: try groups)
        if let first = dormantThreshold.first { configuration.dormantThreshold = first }
        configuration.furtherDormantThresholds = Array(dormantThreshold.dropFirst())
        configuration.saturationThreshold = saturationThreshold
        configuration.ranks.relative = rankThreshold
        configuration.ranks.srankShare = rankShare
        configuration.ranks.energyShare = rankShare
        configuration.covarianceExamples = covarianceExamples
        configuration.kernelExamples = ntkExamples
        configuration.seed = seed
        return configuration
    }

    /// The cheap ones always.
    private var groups: Set<Statistic.Group> {
        get throws {
            guard let named = Set<Statistic.Group>(named: with ?? "cheap") else {
                throw ValidationError(
                    "--with is '\(with ?? "")'; give some of sharpness, gradient-covariance and ntk, with commas.")
            }
            return StatisticsConfiguration.cheap.union(all ? Set(Statistic.Group.allCases) : named)
        }
    }
}
