import Networks
import Plasticity

/// The keys of `landscape plasticity` beside those that all reports share.
struct PlasticityReport: Encodable, Sendable {
    /// One checkpoint.
    struct Member: Encodable, Sendable {
        let checkpoint: String
        let record: PlasticityRecord

        enum CodingKeys: String, CodingKey {
            case checkpoint
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(checkpoint, forKey: .checkpoint)
            try record.encode(to: encoder)
        }
    }

    let tasks: Int
    let steps: Int
    let batchSize: Int
    let optimiser: String
    /// `fresh` or `carried`.
    let optimiserState: String
    /// `own`, `common` or `zero`: what a of the targets is.
    let offsetRule: String
    let head: String
    let frequency: Double
    /// The support of categorical outputs; absent where outputs are values.
    let support: Support?
    /// b.
    let baseline: Double
    /// θ₀; absent where there is none.
    let reference: String?
    let series: [Member]

    enum CodingKeys: String, CodingKey {
        case tasks, steps
        case batchSize = "batch_size"
        case optimiser
        case optimiserState = "optimiser_state"
        case offsetRule = "offset_rule"
        case head, frequency, support, baseline, reference, series
    }
}
