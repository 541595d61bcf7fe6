public import Agents
public import Datasets
import Files
public import Networks
public import Training

/// A run as settings spell it out, by the names of `agents train`: what `RunConfiguration` is made from.
///
/// A new setting is a property here (or of what is here already) and one line in `RecipeKey.all`.
public struct RunRecipe: Sendable {
    public var seed: UInt64 = 0
    public var environment = EnvironmentConfiguration()
    public var images = DatasetSource.digits
    public var network = NetworkPreset(.mlp)
    /// A file that describes the network, in place of `network`.
    public var architecture: String?
    public var agent = DQNConfiguration()
    public var isDouble = false
    public var exploration = ExplorationRecipe()
    /// Nil for the standard one; read by Huber's loss alone.
    public var huberDelta: Double?
    /// Nil for the standard one; read by Polyak averaging alone.
    public var targetRate: Double?
    /// Nil for the standard number, or the replay buffer's size where that is less.
    public var warmUp: Int?
    /// The ends of the support of a two-hot network: two numbers, or none for ±1/(1 − γ).
    public var support: [Double]?
    public var optimiser = OptimiserRecipe()
    public var schedule = ScheduleRecipe()
    public var interventions: [String] = []
    /// Random walks that go along.
    public var brownianTwins = 0
    public var statistics = StatisticsRecipe()
    /// Updates between two measurements of plasticity; nil for none.
    public var probePeriod: Int?
    public var plasticity = PlasticityRecording()

    public init() {}

    /// How ε falls, where it does.
    public struct ExplorationRecipe: Sendable {
        public var decay: ExplorationDecay.Shape?
        public var start: Double?
        public var steps: Int?
    }

    /// What is logged of the network along training.
    public struct StatisticsRecipe: Sendable {
        /// Nil for the checkpoints' period, 0 for never.
        public var period: Int?
        /// Names of groups, `cheap`, or `all`.
        public var groups = ["cheap"]
        public var examples = ScheduleConfiguration().checkpointTransitions
    }

    /// The optimiser's kind, and the constants that are not the kind's own.
    public struct OptimiserRecipe: Sendable {
        public var kind = OptimiserConfiguration.Kind.adam
        public var learningRate: Double?
        public var beta1: Double?
        public var beta2: Double?
        public var epsilon: Double?
        public var epsilonInRoot: Double?
        public var weightDecay: Double?
    }

    /// The number of steps, and the periods that do not follow from it.
    public struct ScheduleRecipe: Sendable {
        public var steps = ScheduleConfiguration().steps
        public var checkpointPeriod: Int?
        public var logPeriod: Int?
        public var statePeriod: Int?
        public var checkpointTransitions = ScheduleConfiguration().checkpointTransitions
    }
}
