import Agents
import Figures
import Files
import Training

/// The training curve of a run, drawn from its `metrics.csv`: the same lines give the same bytes.
struct TrainingPicture {
    static let name = "training"
    private let folder: String
    private let figure: TrainingCurveFigure

    init(readingRun folder: String, _ configuration: RunConfiguration) throws(Fault) {
        self.folder = folder
        let table = try MetricsTable(reading: folder + "/metrics.csv")
        let agent = configuration.agent
        var figure = TrainingCurveFigure(
            name: Self.name,
            title: "DQN on \(configuration.environment.rewards.rawValue) \(configuration.environment.images)",
            subtitle: "batch \(agent.batchSize), \(configuration.optimiser.kind.rawValue), "
                + "learning rate \(configuration.optimiser.learningRate), γ \(agent.discount)",
            losses: Self.series(table, [(agent.support == nil ? "TD loss" : "two-hot TD loss", "td_loss")]),
            scores: Self.series(table, [("greedy accuracy", "greedy_accuracy"), ("mean reward", "mean_reward")]),
            scoreLabel: "accuracy, mean reward")
        let updates = stride(
            from: agent.targetUpdatePeriodSteps, through: configuration.schedule.steps,
            by: agent.targetUpdatePeriodSteps)
        // More than a hundred would be a wall, and say nothing.
        if agent.targetUpdate == .period, updates.underestimatedCount <= 100,
            configuration.schedule.steps / agent.targetUpdatePeriodSteps <= 100
        {
            figure.events = .init("target network renewed", steps: updates.map(Double.init))
        }
        self.figure = figure
    }

    func draw() throws(Fault) -> DrawnFigure { try figure.draw(in: folder) }

    private static func series(
        _ table: MetricsTable, _ wanted: [(name: String, column: String)]
    ) -> [TrainingCurveFigure.Series] {
        wanted.compactMap { name, column in
            let (steps, values) = table.series(column)
            return steps.isEmpty ? nil : .init(name, steps: steps, values: values)
        }
    }
}
