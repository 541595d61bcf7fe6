import Agents
import Files
import Plasticity
import Training

extension RunRecipe.OptimiserRecipe {
    /// - Throws: `Fault` of kind `usage`, at the key, for a constant that the optimiser does not read.
    var configuration: OptimiserConfiguration {
        get throws(Fault) {
            var chosen = OptimiserConfiguration.standard(kind)
            try refuse("beta1", beta1, unless: chosen.readsDecay1)
            try refuse("beta2", beta2, unless: chosen.readsDecay2)
            try refuse("epsilon", epsilon, unless: chosen.readsEpsilons)
            try refuse("epsilon-in-root", epsilonInRoot, unless: chosen.readsEpsilons)
            chosen.learningRate = learningRate ?? chosen.learningRate
            chosen.decay1 = beta1 ?? chosen.decay1
            chosen.decay2 = beta2 ?? chosen.decay2
            chosen.epsilon = epsilon ?? chosen.epsilon
            chosen.epsilonInRoot = epsilonInRoot ?? chosen.epsilonInRoot
            chosen.weightDecay = weightDecay ?? chosen.weightDecay
            return chosen
        }
    }

    private func refuse(_ key: String, _ value: Double?, unless isRead: Bool) throws(Fault) {
        guard value != nil, !isRead else { return }
        throw Fault(.usage, "is no constant of \(kind.rawValue)", at: key, remedy: "Leave it out")
    }
}

extension RunRecipe.ScheduleRecipe {
    /// Ten checkpoints and a hundred lines of metrics, where nothing else is asked for.
    var configuration: ScheduleConfiguration {
        var schedule = ScheduleConfiguration()
        schedule.steps = steps
        schedule.checkpointPeriodSteps = checkpointPeriod ?? max(1, steps / 10)
        schedule.logPeriodSteps = logPeriod ?? max(1, steps / 100)
        schedule.statePeriodSteps = statePeriod ?? schedule.checkpointPeriodSteps
        schedule.checkpointTransitions = checkpointTransitions
        return schedule
    }
}

extension RunRecipe.StatisticsRecipe {
    /// What is logged when; nil for nothing.
    ///
    /// - Throws: `Fault` of kind `usage`, at the key, for an unknown group or a negative period.
    func schedule(orEvery checkpointPeriod: Int) throws(Fault) -> StatisticsSchedule? {
        guard let chosen = Set<Statistic.Group>(named: groups.joined(separator: ",")) else {
            let known = Statistic.Group.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(
                .usage, "is '\(groups.joined(separator: ","))' and must be some of \(known), or cheap, or all",
                at: "statistics")
        }
        if let own = self.period, own < 0 {
            throw Fault(
                .usage, "is \(own) and must be 0 or more", at: "statistics-period", remedy: "0 logs no statistics")
        }
        let period = period ?? checkpointPeriod
        guard period != 0 else { return nil }
        return StatisticsSchedule(
            periodSteps: period, examples: examples, measured: StatisticsConfiguration(groups: chosen))
    }
}
