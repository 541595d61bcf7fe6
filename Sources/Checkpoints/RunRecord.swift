/// How a checkpoint was trained, as far as it is known: the JSON under `landscape.run`.
///
/// Everything may be absent, and keys that are not named here are ignored: users write what they like there.
public struct RunRecord: Sendable, Equatable, Codable {
    /// The task, such as `true-label digits`.
    public var environment: String?
    /// The seed that the run was started with.
    public var seed: UInt64?
    /// Optimiser steps taken.
    public var step: Int?
    /// The optimiser and its constants, for people.
    public var optimiser: String?
    /// The optimiser and its constants, for programs: the object `optimiser` of the run's `run.json`.
    public var optimiserSettings: [String: RecordedConstant]?
    /// Examples of one update.
    public var batchSize: Int?
    /// What was done to the network during training; `none` where nothing was.
    public var intervention: String?
    /// Which Brownian twin of the agent this is, from 1; nil for the agent itself. The rest of the record is the agent's.
    public var brownianTwin: Int?
    /// The name of the loss that was minimised.
    public var loss: String?
    /// δ of a Huber loss.
    public var huberThreshold: Double?
    /// γ of the temporal-difference target.
    public var discount: Double?
    /// How the action of the next state is chosen: `max` (by the target network) or `double` (by the online network).
    public var nextAction: String?
    /// The ends of the support on which each output is a categorical distribution, where outputs are such.
    public var supportLow: Double?
    public var supportHigh: Double?
    /// How many values the support has: the network has as many logits for each output.
    public var atoms: Int?
    /// A file of replayed transitions, relative to the checkpoint's folder.
    public var transitions: String?
    /// The checkpoint of the target network θ′, relative to the checkpoint's folder.
    public var targetNetwork: String?
    /// The data of a supervised run: a built-in name, a folder, or a file, also relative to the checkpoint's folder.
    public var data: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case environment, seed, step, optimiser
        case optimiserSettings = "optimiser_settings"
        case batchSize = "batch_size"
        case intervention, loss, discount
        case huberThreshold = "huber_threshold"
        case brownianTwin = "brownian_twin"
        case nextAction = "next_action"
        case supportLow = "support_low"
        case supportHigh = "support_high"
        case atoms
        case transitions
        case targetNetwork = "target_network"
        case data
    }
}

/// A constant of an optimiser as JSON has it.
public enum RecordedConstant: Sendable, Equatable, Codable {
    case flag(Bool)
    case number(Double)
    case text(String)

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }
}
