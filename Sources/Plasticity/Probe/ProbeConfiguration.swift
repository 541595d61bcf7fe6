public import Files

/// How plasticity is measured: how many new tasks a network is given to learn, and how long.
///
/// Source of the defaults: Lyle et al. 2023, section 3.1: 10 tasks of 2000 steps each. The batch is that of training.
public struct ProbeConfiguration: Sendable, Equatable, Codable {
    /// Regression tasks, each with targets of its own.
    public var tasks = 10
    /// Optimiser steps on each task.
    public var steps = 2000
    /// Examples of one step.
    public var batchSize = 512
    /// What the targets and the batches are drawn from.
    public var seed: UInt64 = 0

    public init() {}

    enum CodingKeys: String, CodingKey {
        case tasks, steps
        case batchSize = "batch_size"
        case seed
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
    }
}
