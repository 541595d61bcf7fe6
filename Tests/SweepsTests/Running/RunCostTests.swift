import Agents
import Files
import Testing

@testable import Sweeps

/// What runs are foretold to take.
struct RunCostTests {
    private func configuration(_ settings: [(key: String, value: SettingValue)]) throws -> RunConfiguration {
        var all: [(key: String, value: SettingValue)] = [("hidden", .text("2")), ("batch", .text("2"))]
        all += settings
        return try RunRecipe(all).configuration()
    }

    /// A run that will diverge costs what others cost, whichever is asked for first.
    @Test func constantsDoNotMatter() throws {
        var meter = RunCostMeter()
        var seconds: Set<Double> = []
        for (key, value) in [
            ("learning-rate", "1e30"), ("weight-decay", "1e30"), ("epsilon", "1e-30"), ("learning-rate", "0.01"),
        ] {
            seconds.insert(try meter.cost(of: configuration([(key, .text(value))])).seconds)
        }
        #expect(seconds.count == 1 && seconds.allSatisfy { $0 > 0 })
        let momentum = try configuration([("optimiser", .text("momentum")), ("learning-rate", .text("1e30"))])
        #expect(try meter.cost(of: momentum).seconds > 0)
    }

    /// Oracle: counting. Probes before the first step, after each period and after the last, each step of theirs three
    /// quarters of one of training; checkpoints at the like.
    @Test func probesAndCheckpointsAreCounted() throws {
        var meter = RunCostMeter()
        let plain = try meter.cost(of: configuration([("steps", .text("100"))]))
        let probed = try meter.cost(
            of: configuration([
                ("steps", .text("100")), ("probe-period", .text("30")), ("probe-tasks", .text("2")),
                ("probe-steps", .text("10")),
            ]))
        // 0, 30, 60, 90 and 100.
        let ratio = (100 + 0.75 * 5 * 2 * 10) / 100
        #expect(abs(probed.seconds / plain.seconds - ratio) < 1e-9)
        var bytes: [Double] = []
        for period in ["10", "50", "100"] {
            let sparse = try configuration([("steps", .text("100")), ("checkpoint-period", .text(period))])
            bytes.append(try meter.cost(of: sparse).bytes)
        }
        // 11, 3 and 2 checkpoints; the rest is the same.
        #expect(bytes[0] - bytes[1] == 8 * (bytes[1] - bytes[2]) && bytes[1] > bytes[2])
    }

    @Test(arguments: ["probe-period", "checkpoint-period", "steps"])
    func anyNumberOfStepsIsForetold(key: String) throws {
        var settings: [(key: String, value: SettingValue)] = [(key, .text("\(Int.max)"))]
        if key == "steps" { settings.append(("probe-period", .text("1"))) }
        var meter = RunCostMeter()
        let cost = try meter.cost(of: configuration(settings))
        #expect(cost.seconds > 0 && cost.seconds.isFinite && cost.bytes > 0 && cost.bytes.isFinite)
    }

    /// Sums that an `Int` does not hold are the most that they may be.
    @Test func sumsOfStepsHaveABound() throws {
        #expect(StepCount.sum([1, 2, 3], atMost: .max) == 6)
        #expect(StepCount.sum([4, 7], atMost: 10) == 10)
        #expect(StepCount.sum([.max, .max, 1], atMost: .max) == .max)
        let plan = try SmallSweep.plan(2, steps: .max)
        #expect(plan.steps == .max)
        var meter = SweepMeter()
        let states = (1...2).map { SweepRunState(id: $0, name: "run-\($0)", status: .failed, steps: .max) }
        let progress = meter.measure(states, in: "/nowhere")
        #expect(progress.steps == progress.stepsDone && progress.steps > 0)
        // Shares in hundredths are shown.
        #expect(!progress.stepsDone.multipliedReportingOverflow(by: 100).overflow)
    }
}
