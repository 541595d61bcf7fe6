import Agents
import Datasets
import Files
import Networks
import Plasticity
import Testing
import Training

@testable import Sweeps

/// Settings by name become the configuration that the libraries' own types spell out.
struct RunRecipeTests {
    /// Oracle: the defaults of the libraries, with the periods that follow from the steps.
    @Test func noSettingsGiveTheStandardRun() throws {
        let found = try RunRecipe([]).configuration()
        let network = try NetworkPreset(.mlp).architecture(input: [1, 28, 28], outputs: 10)
        var expected = RunConfiguration(architecture: network)
        expected.schedule.checkpointPeriodSteps = 10_000
        expected.schedule.logPeriodSteps = 1000
        expected.schedule.statePeriodSteps = 10_000
        expected.statistics = StatisticsSchedule(periodSteps: 10_000)
        #expect(found == expected)
    }

    /// Oracle: the same configuration written out property by property.
    @Test func settingsGoWhereTheyBelong() throws {
        let found = try RunRecipe([
            ("environment", .text("sparse-reward")), ("data", .text("objects")), ("network", .text("cnn")),
            ("width", .text("0.125")), ("layer_norm", .text("true")), ("two-hot", .text("11")),
            ("support", .list(["-2", "3"])), ("batch", .text("64")), ("double-dqn", .text("true")),
            ("replay", .text("300")), ("optimizer", .text("rmsprop")), ("beta2", .text("0.9")),
            ("steps", .text("50")),
            ("statistics", .text("all")), ("statistics-period", .text("25")), ("statistics-examples", .text("33")),
            ("probe-period", .text("20")), ("probe-tasks", .text("3")), ("log-period", .text("7")),
            ("seed", .text("18446744073709551615")),
        ]).configuration()
        var preset = NetworkPreset(.cnn)
        preset.width = 0.125
        preset.layerNorm = true
        preset.twoHotAtoms = 11
        var expected = RunConfiguration(architecture: try preset.architecture(input: [3, 32, 32], outputs: 10))
        expected.seed = .max
        expected.environment.rewards = .sparseReward
        expected.environment.images = "objects"
        expected.agent.batchSize = 64
        expected.agent.nextAction = .double
        expected.agent.replayCapacity = 300
        // A buffer of 300 never holds the standard warm-up of 5000.
        expected.agent.minimumReplay = 300
        expected.agent.support = Support(low: -2, high: 3, atoms: 11)
        expected.optimiser = .rmsProp(decay: 0.9)
        expected.schedule = ScheduleConfiguration(checkpointPeriodSteps: 5)
        expected.schedule.steps = 50
        expected.schedule.logPeriodSteps = 7
        expected.statistics = StatisticsSchedule(
            periodSteps: 25, examples: 33, measured: StatisticsConfiguration(groups: Set(Statistic.Group.allCases)))
        var plasticity = PlasticityRecording()
        plasticity.periodSteps = 20
        plasticity.probe.tasks = 3
        expected.plasticity = plasticity
        #expect(found == expected)
    }

    /// Oracle: the same written out; interventions change the configuration themselves, and `none` is none.
    @Test func variantsAndInterventionsGoWhereTheyBelong() throws {
        let found = try RunRecipe([
            ("exploration-decay", .text("linear")), ("exploration-steps", .text("40")), ("td-loss", .text("huber")),
            ("huber-delta", .text("2")), ("target-update", .text("polyak")), ("target-rate", .text("0.01")),
            ("optimiser", .text("adamw")), ("statistics-period", .text("0")), ("crelu", .text("true")),
            ("intervention", .list(["l2-init:lambda=0.001", "shrink-and-perturb:lambda=0.8,sigma=0.1,period=50"])),
        ]).configuration()
        var preset = NetworkPreset(.mlp)
        preset.crelu = true
        var expected = RunConfiguration(architecture: try preset.architecture(input: [1, 28, 28], outputs: 10))
        expected.agent.explorationDecay = ExplorationDecay(.linear, start: 1, steps: 40)
        expected.agent.errorLoss = .huber
        expected.agent.huberThreshold = 2
        expected.agent.targetUpdate = .polyak
        expected.agent.polyakRate = 0.01
        expected.optimiser = .standard(.adamW)
        expected.schedule = RunRecipe.ScheduleRecipe().configuration
        try expected.intervene(with: [
            InterventionSetting("l2-init", ["lambda": 0.001]),
            InterventionSetting("shrink-and-perturb", ["lambda": 0.8, "sigma": 0.1, "period": 50]),
        ])
        #expect(found == expected && found.interventions.count == 2)
        #expect(try RunRecipe([("intervention", .text("none"))]).configuration().interventions.isEmpty)
        #expect(try RunRecipe([("intervention", .text("layer-norm"))]).configuration() != RunRecipe([]).configuration())
    }

    @Test func listsMayBeWrittenWithCommas() throws {
        for value in [SettingValue.text("32, 16"), .list(["32", "16"])] {
            let found = try RunRecipe([("hidden", value)]).configuration()
            #expect(found.architecture == .perceptron(input: [1, 28, 28], widths: [32, 16], outputs: 10))
        }
        let settings = try RunRecipe([("support", .text("-1,1")), ("two-hot", .text("3"))]).configuration()
        #expect(settings.agent.support == Support(low: -1, high: 1, atoms: 3))
    }

    /// Oracle: the image sets themselves.
    @Test func shapesAreThoseOfTheImages() throws {
        for source in [DatasetSource.digits, .objects] {
            let images = try ImageSet.named(source.rawValue, split: .train, count: 2, seed: 0)
            #expect(source.exampleShape == images.shape && source.classCount == images.classCount)
        }
    }

    @Test(
        arguments: [
            ("batch", "x", "a whole number"), ("learning-rate", "inf", "a number"),
            ("layer-norm", "yes", "true or false"),
            ("hidden", "3,a", "a whole number"), ("optimiser", "adamw9", "one of sgd"), ("seed", "-1", "from 0 on"),
        ])
    func valuesOfAnotherFormAreRefused(key: String, value: String, needed: String) throws {
        let fault = #expect(throws: Fault.self) { try RunRecipe([(key, .text(value))]) }
        #expect(fault?.place == key && fault?.what.contains(needed) == true && fault?.what.contains(value) == true)
    }

    @Test func unknownKeysAreRefusedWithTheirNeighbours() throws {
        let fault = #expect(throws: Fault.self) { try RunRecipe([("learning-rat", .text("1"))]) }
        #expect(fault?.remedy.contains("learning-rate") == true)
    }

    /// Constants that the optimiser does not read, supports without atoms, options of other networks.
    @Test(
        arguments: [
            [("optimiser", "sgd"), ("beta1", "0.5")], [("optimiser", "momentum"), ("epsilon", "0.5")],
            [("support", "0,1")], [("network", "resnet18"), ("layer-norm", "true")],
            [("two-hot", "5"), ("discount", "1")],
            [("hidden", "3"), ("depth", "2")], [("huber-delta", "2")], [("target-rate", "0.1")], [("statistics", "no")],
            [("exploration-steps", "3")], [("exploration-decay", "linear")], [("intervention", "no-such")],
            [("batch", "0")], [("learning-rate", "0")], [("intervention", "a:b")],
        ])
    func impossibleCombinationsAreRefused(settings: [(String, String)]) throws {
        #expect(throws: Fault.self) {
            try RunRecipe(settings.map { ($0.0, .text($0.1)) }).configuration()
        }
    }

    /// 0 is allowed, and what is below is told so.
    @Test func negativePeriodsOfStatisticsAreRefused() throws {
        let fault = #expect(throws: Fault.self) {
            try RunRecipe([("statistics-period", .text("-1"))]).configuration()
        }
        #expect(fault?.place == "statistics-period" && fault?.what == "is -1 and must be 0 or more")
        // Not the statistics' fault: they only follow.
        let other = #expect(throws: Fault.self) {
            try RunRecipe([("checkpoint-period", .text("-1"))]).configuration()
        }
        #expect(other?.place == "checkpoint_period_steps")
    }

    @Test func complaintsCallSettingsByTheirKeys() throws {
        let fault = #expect(throws: Fault.self) {
            try RunRecipe([("architecture", .text("net.json")), ("hidden", .text("3"))]).configuration()
        }
        #expect(fault?.what == "hidden and architecture each say what the network is")
        for option in NetworkPreset.Option.allCases {
            #expect(RecipeKey.named(option.setting)?.name == option.setting)
        }
    }

    @Test func keysAreUniqueAndReachable() {
        #expect(Set(RecipeKey.all.map(\.name)).count == RecipeKey.all.count)
        for key in RecipeKey.all { #expect(RecipeKey.named(key.name)?.name == key.name) }
    }
}
