import Files
public import Plasticity

/// When a run's plasticity is measured while it trains, and how.
///
/// Source of the defaults: Lyle et al. 2023, section 3.1: every 5000 steps.
public struct PlasticityRecording: Sendable, Equatable, Codable {
    /// Steps between two measurements; there is one before the first update and one after the last, too.
    public var periodSteps = 5000
    /// Inputs that the tasks are on, at most: replayed before the first update.
    public var examples = 2048
    /// With which optimiser state tasks begin.
    public var state = ProbeState.fresh
    /// The tasks; their batch is that of training, whatever this says.
    public var probe = ProbeConfiguration()

    public init() {}

    enum CodingKeys: String, CodingKey {
        case periodSteps = "period_steps"
        case examples, state, probe
    }

    /// Keys that are absent have their defaults.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = PlasticityRecording()
        periodSteps = try container.decodeIfPresent(Int.self, forKey: .periodSteps) ?? standard.periodSteps
        examples = try container.decodeIfPresent(Int.self, forKey: .examples) ?? standard.examples
        state = try container.decodeIfPresent(ProbeState.self, forKey: .state) ?? standard.state
        probe = try container.decodeIfPresent(ProbeConfiguration.self, forKey: .probe) ?? standard.probe
    }

    func validate() throws(Fault) {
        try DQNConfiguration.check("plasticity.period_steps", periodSteps, in: 1...Int.max)
        try DQNConfiguration.check("plasticity.examples", examples, in: 1...1 << 20)
        do throws(Fault) { try probe.validate() } catch { throw error.within("plasticity.probe") }
    }
}
