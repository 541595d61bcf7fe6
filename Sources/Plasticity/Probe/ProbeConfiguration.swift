public import Files

/// How plasticity is measured: how many new tasks a network is given to learn, how long, and in which form.
///
/// Source of the defaults: Lyle et al. 2023, section 3.1: 10 tasks of 2000 steps each, targets a + sin(10⁵ f(x; ω)).
/// The batch is that of training.
public struct ProbeConfiguration: Sendable, Equatable, Codable {
    /// Regression tasks, each with targets of its own.
    public var tasks = 10
    /// Optimiser steps on each task.
    public var steps = 2000
    /// Examples of one step, drawn with replacement.
    public var batchSize = 512
    /// What the targets and the batches are drawn from.
    public var seed: UInt64 = 0
    /// What a of the targets is.
    public var offset = ProbeOffset.own
    /// How the network's outputs are fitted to the targets.
    public var head = ProbeHead.trained
    /// The factor in the sine.
    public var frequency = 1e5

    public init() {}

    enum CodingKeys: String, CodingKey {
        case tasks, steps
        case batchSize = "batch_size"
        case seed, offset, head, frequency
    }

    /// Keys that are absent have their defaults.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = ProbeConfiguration()
        tasks = try container.decodeIfPresent(Int.self, forKey: .tasks) ?? standard.tasks
        steps = try container.decodeIfPresent(Int.self, forKey: .steps) ?? standard.steps
        batchSize = try container.decodeIfPresent(Int.self, forKey: .batchSize) ?? standard.batchSize
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? standard.seed
        offset = try container.decodeIfPresent(ProbeOffset.self, forKey: .offset) ?? standard.offset
        head = try container.decodeIfPresent(ProbeHead.self, forKey: .head) ?? standard.head
        frequency = try container.decodeIfPresent(Double.self, forKey: .frequency) ?? standard.frequency
    }

    /// - Throws: `Fault` of kind `usage` that names the key, its value and the range it must be in.
    public func validate() throws(Fault) {
        for (key, value, most) in [
            ("tasks", tasks, 1 << 16), ("steps", steps, 1 << 30), ("batch_size", batchSize, 1 << 20),
        ]
        where !(1...most).contains(value) {
            throw Fault(
                .usage, "is \(value) and must be from 1 to \(most)", at: key, remedy: "Choose a value in that range")
        }
        guard frequency.isFinite, frequency > 0 else {
            throw Fault(.usage, "is \(frequency) and must be positive", at: "frequency", remedy: "Choose such a value")
        }
    }

    /// The steps after which the loss is taken over all inputs, ascending: 0, the powers of two while they are closer
    /// together than a twentieth of the budget, then every twentieth of it.
    public var curveSteps: [Int] {
        let period = max(1, steps / 20)
        let early = sequence(first: 1) { $0 * 2 }.prefix { $0 < min(period, steps) }
        var all = [0] + early
        all += stride(from: period, to: steps, by: period)
        return all.filter { $0 < steps } + [steps]
    }
}

/// What a is in the targets a + sin(10⁵ f(x; ω)).
public enum ProbeOffset: String, Sendable, Codable, CaseIterable {
    /// Each network's own mean prediction, as in the paper: every network starts centred on its targets, and what it
    /// has to learn is the sine alone.
    case own
    /// The mean prediction of the first network for all: the targets are the same to the bit, and a network whose
    /// values have drifted has to move them back as well.
    case common
    /// 0.
    case zero
}

/// How a network's outputs are fitted to the targets of a probe.
public enum ProbeHead: String, Sendable, Codable, CaseIterable {
    /// As in training: every output by squared error; where outputs are categorical, each by two-hot regression on the
    /// support that it was trained on.
    case trained
    /// Categorical outputs by two-hot regression on a support of as many atoms laid anew around the targets, a ± 3/2.
    case centred
    /// Every number that the network puts out by squared error, be it a logit.
    case outputs
}
