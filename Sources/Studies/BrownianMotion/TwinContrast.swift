import Krylov

/// One quantity after one iteration: of every agent, and of its twins.
struct TwinContrast: Encodable, Sendable {
    var quantity: String
    var iteration: Int
    /// By seed.
    var agents: [Double]
    /// By seed, each twin's.
    var twins: [[Double]]
    /// Of the agents; its spread is that between them.
    var agent: Estimate { Estimate(mean: agents) }
    /// Of the twins. Those of one agent share its step lengths, so that the means by agent are the samples, where there
    /// are several agents.
    var twin: Estimate { twins.count > 1 ? Estimate(mean: twinMeans) : Estimate(mean: twins[0]) }

    /// The agent less the mean of its twins: over the seeds, where there are several. Of a single agent, with the error
    /// that the difference has where it is but one more of the walks: s √(1 + 1/m).
    var difference: Estimate {
        let differences = zip(agents, twinMeans).map { $0 - $1 }
        guard differences.count == 1 else { return Estimate(mean: differences) }
        let mean = Estimate(mean: twins[0])
        return Estimate(
            value: differences[0],
            standardError: mean.standardError.map { $0 * Double(twins[0].count + 1).squareRoot() },
            degreesOfFreedom: mean.degreesOfFreedom)
    }

    private var twinMeans: [Double] { twins.map { $0.reduce(0, +) / Double($0.count) } }

    init(_ quantity: String, iteration: Int, agents: [Double], twins: [[Double]]) {
        precondition(!agents.isEmpty && agents.count == twins.count && twins.allSatisfy { !$0.isEmpty })
        self.quantity = quantity
        self.iteration = iteration
        self.agents = agents
        self.twins = twins
    }

    enum CodingKeys: String, CodingKey { case quantity, iteration, agents, twins, agent, twin, difference }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(quantity, forKey: .quantity)
        try container.encode(iteration, forKey: .iteration)
        try container.encode(agents, forKey: .agents)
        try container.encode(twins, forKey: .twins)
        for (key, estimate) in [(CodingKeys.agent, agent), (.twin, twin), (.difference, difference)] {
            try container.encode(Bounds(estimate), forKey: key)
        }
    }

    /// As plasticity files have their estimates.
    private struct Bounds: Encodable {
        var value: Double
        var standardError: Double?
        var interval: [Double]?

        enum CodingKeys: String, CodingKey {
            case value
            case standardError = "standard_error"
            case interval
        }

        init(_ estimate: Estimate) {
            value = estimate.value
            standardError = estimate.standardError
            interval = estimate.interval().map { [$0.lowerBound, $0.upperBound] }
        }
    }
}
