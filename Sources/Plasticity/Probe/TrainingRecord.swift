public import Checkpoints
public import Files
public import Networks
public import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a checkpoint's network was trained, as far as a probe goes on in the same way: what the checkpoint says, else
/// the `run.json` of its run.
public struct TrainingRecord: Sendable, Equatable {
    /// Nil where nobody says.
    public var optimiser: OptimiserConfiguration?
    /// Nil where nobody says.
    public var batchSize: Int?
    /// Of categorical outputs; nil where outputs are values.
    public var support: Support?

    /// - Throws: `Fault` of kind `data` for a record that names an optimiser that this version does not know.
    public init(of checkpoint: Checkpoint) throws(Fault) {
        let run = checkpoint.run
        let file = Self.runFile(of: checkpoint)
        optimiser =
            try run.optimiserSettings.map { settings throws(Fault) in
                try OptimiserConfiguration(recorded: settings, at: checkpoint.path)
            } ?? file?.optimiser
        batchSize = run.batchSize ?? file?.agent.batchSize
        let isCategorical = run.loss.flatMap { LossKind(named: $0) } == .twoHot
        if isCategorical, let low = run.supportLow, let high = run.supportHigh {
            support = Support(low: low, high: high, atoms: run.atoms ?? Support.defaultAtoms)
        }
    }

    /// The keys of `run.json` that are read here.
    private struct RunFile: Decodable {
        struct Agent: Decodable {
            var batchSize: Int?

            enum CodingKeys: String, CodingKey {
                case batchSize = "batch_size"
            }
        }

        var optimiser: OptimiserConfiguration
        var agent: Agent
    }

    /// Checkpoints that older versions wrote do not carry their optimiser; the run they lie in does.
    private static func runFile(of checkpoint: Checkpoint) -> RunFile? {
        let folder = URL(fileURLWithPath: checkpoint.path).deletingLastPathComponent()
        for place in [folder.deletingLastPathComponent(), folder] {
            if let data = try? AtomicFile.read(place.appendingPathComponent("run.json").path),
                let file = try? JSONDecoder().decode(RunFile.self, from: data)
            {
                return file
            }
        }
        return nil
    }
}

extension OptimiserConfiguration {
    /// For a checkpoint's record: the same keys and values as in `run.json`.
    public var recorded: [String: RecordedConstant] {
        guard let json = try? JSONEncoder().encode(self),
            let settings = try? JSONDecoder().decode([String: RecordedConstant].self, from: json)
        else { preconditionFailure("an optimiser is a flat object of finite numbers") }
        return settings
    }

    /// The optimiser that a checkpoint's record names.
    ///
    /// - Throws: `Fault` of kind `data` where this version does not know it, or a constant is out of range.
    public init(recorded settings: [String: RecordedConstant], at place: String) throws(Fault) {
        do {
            self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(settings))
        } catch {
            throw Fault(
                .data, "was trained with an optimiser that this version does not know",
                at: "\(place), optimiser_settings",
                remedy: "Use a newer landscape, or name an optimiser with --optimiser")
        }
        try validate()
    }
}
