import Agents
import ArgumentParser
import CommandSupport
import Plasticity

/// Whether the run's plasticity is measured while it trains.
struct PlasticityOptions: ParsableArguments {
    private static let standard = PlasticityRecording()

    @Option(
        help: ArgumentHelp(
            "Measure plasticity every so many updates, before the first and after the last, on copies of the network; "
                + "the paper's is \(standard.periodSteps). (default: never; see landscape plasticity)", valueName: "n"))
    var probePeriod: Int?

    @Option(help: ArgumentHelp("New tasks of each measurement.", valueName: "n"))
    var probeTasks = standard.probe.tasks

    @Option(help: ArgumentHelp("Optimiser steps on each.", valueName: "n"))
    var probeSteps = standard.probe.steps

    @Option(help: ArgumentHelp("Inputs that the tasks are on, at most.", valueName: "n"))
    var probeExamples = standard.examples

    @Option(help: "With which optimiser state the tasks begin.")
    var probeState = Choice(standard.state)

    var recording: PlasticityRecording? {
        guard let probePeriod else { return nil }
        var recording = PlasticityRecording()
        recording.periodSteps = probePeriod
        recording.examples = probeExamples
        recording.state = probeState.value
        recording.probe.tasks = probeTasks
        recording.probe.steps = probeSteps
        return recording
    }
}
