import Agents
import Checkpoints
import Files
import Foundation
import LinearAlgebra
import Networks
import Plasticity
import Testing

/// `plasticity/step_….json` along a run.
@Suite struct PlasticityRecorderTests {
    private let folder = TemporaryFolder()

    private func configuration(_ state: ProbeState = .fresh) -> RunConfiguration {
        var configuration = SmallRun.configuration()
        var recording = PlasticityRecording()
        recording.periodSteps = 10
        recording.examples = 16
        recording.state = state
        (recording.probe.tasks, recording.probe.steps) = (3, 15)
        configuration.plasticity = recording
        return configuration
    }

    /// Oracle: the library's probe of the run's checkpoints on the first one's transitions.
    @Test func recordsAreThoseOfTheCheckpoints() throws {
        let path = folder.path + "/run"
        try SmallRun.make(configuration(), in: path).run()
        let names = try FileManager.default.contentsOfDirectory(atPath: path + "/plasticity").sorted()
        #expect(names == ["examples.safetensors"] + [0, 10, 20, 24].map { String(format: "step_%08d.json", $0) })
        let network = try Network<Float>(SmallRun.configuration().architecture)
        let transitions = try SafetensorsFile(
            reading: path + "/checkpoints/step_00000000.transitions.safetensors")
        let inputs = Vector(try transitions.floats("inputs")).matrix(rows: 16, columns: 16)
        var probed = configuration().plasticity?.probe ?? ProbeConfiguration()
        probed.batchSize = 8
        let probe = PlasticityProbe(
            try ProbeTasks(network, inputs: inputs, probed, workers: .one),
            optimiser: SmallRun.configuration().optimiser,
            workers: .one)
        var first: PlasticityMeasurement?
        for step in [0, 10, 20, 24] {
            let name = String(format: "step_%08d", step)
            let parameters = try Checkpoint(reading: "\(path)/checkpoints/\(name).safetensors").parameters(of: network)
            let found = try probe.measure(ProbeStart(parameters))
            let record = try PlasticityRecord(reading: "\(path)/plasticity/\(name).json")
            #expect(record == PlasticityRecord(step: step, found, since: first ?? found))
            #expect((record.plasticityLoss?.value == 0) == (step == 0))
            first = first ?? found
        }
    }

    /// Probing learns on copies and draws from streams of its own.
    @Test func aProbedRunTrainsToTheSameBytes() throws {
        try SmallRun.make(configuration(.carried), in: folder.path + "/probed").run()
        try SmallRun.make(in: folder.path + "/plain").run()
        var probed = folder.files(in: "probed").filter { !$0.key.contains("plasticity/") }
        var plain = folder.files(in: "plain")
        for name in ["run.json"] { (probed[name], plain[name]) = (nil, nil) }
        #expect(probed == plain)
    }

    /// Stopped at any question whether to stop, between steps and in the midst of a probe, and gone on with: the files of a
    /// run that was not. Each life asks more often before it stops, so that the run comes to its end.
    @Test func aRunStoppedWithinAProbeEndsTheSame() throws {
        try SmallRun.make(configuration(), in: folder.path + "/whole").run()
        var lives = 0
        while true {
            lives += 1
            let run = try SmallRun.make(configuration(), in: folder.path + "/part")
            var asked = 0
            do {
                try run.run(shouldStop: {
                    asked += 1
                    return asked > 7 + 6 * lives
                })
                break
            } catch {
                #expect(error.kind == .interrupted)
            }
        }
        #expect(lives > 4)
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    /// Runs that were begun before there was such a thing, and runs without it, say nothing of it.
    @Test func aRunWithoutItSaysNothingOfIt() throws {
        let json = try JSONEncoder().encode(SmallRun.configuration())
        #expect(!String(decoding: json, as: UTF8.self).contains("plasticity"))
        let read = try JSONDecoder().decode(RunConfiguration.self, from: JSONEncoder().encode(configuration()))
        #expect(read == configuration())
        let short = Data(#"{"period_steps": 7, "probe": {"steps": 3}}"#.utf8)
        let recording = try JSONDecoder().decode(PlasticityRecording.self, from: short)
        #expect(recording.periodSteps == 7 && recording.probe.steps == 3 && recording.probe.tasks == 10)
    }
}
