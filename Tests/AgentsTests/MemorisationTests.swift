import Checkpoints
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Testing
import Training

@testable import Agents

@Suite struct MemorisationTests {
    private let folder = TemporaryFolder()

    /// A small run: three tasks of ten steps, with everything that happens in a run happening.
    private static func configuration(_ change: (inout MemorisationConfiguration) -> Void = { _ in })
        -> MemorisationConfiguration
    {
        var configuration = MemorisationConfiguration(
            architecture: .perceptron(input: [1, 4, 4], widths: [12, 8], outputs: 10))
        configuration.seed = 3
        configuration.images = "patterns"
        configuration.imageCount = 40
        configuration.batchSize = 8
        configuration.stepsPerTask = 10
        configuration.tasks = 3
        configuration.evaluationCount = 30
        configuration.logPeriodSteps = 4
        configuration.statePeriodSteps = 7
        change(&configuration)
        return configuration
    }

    private func run(
        _ configuration: MemorisationConfiguration = configuration(), in name: String, workers: Int = 1
    ) throws -> MemorisationRun {
        try MemorisationRun(
            configuration, images: .labelled(count: 50), directory: folder.path + "/" + name, workers: Workers(workers))
    }

    /// Oracle: a run that was never interrupted; every file of both, byte by byte.
    @Test(arguments: [0, 1, 6, 7, 9, 10, 11, 25, 29])
    func aStoppedRunEndsTheSame(_ stop: Int) throws {
        try run(in: "whole").run()
        try interrupt("part", after: stop)
        let resumed = try run(in: "part")
        #expect(resumed.step == stop)
        try resumed.run()
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
    }

    /// Killed before each of its files in turn; resumed by another number of workers.
    @Test func aRunKilledBetweenItsFilesEndsTheSame() throws {
        try run(in: "whole").run()
        var kills = 0
        while true {
            let name = "part\(kills)"
            guard try kill(name, beforeWrite: kills) else { break }
            try run(in: name, workers: 2).run()
            #expect(folder.files(in: name) == folder.files(in: "whole"), "killed before file \(kills)")
            kills += 1
        }
        // Four checkpoints, each with two tasks but the first; nine lines of the table; six states.
        #expect(kills == 4 + 7 + 9 + 6)
    }

    /// Oracle: the definition. Labels are uniform, independent of the task before, and of the seed; inputs stay.
    @Test func labelsAreDrawnAgainAndImagesStay() throws {
        let run = try MemorisationRun(
            Self.configuration {
                $0.imageCount = 5000
                $0.evaluationCount = 10
            }, images: .labelled(count: 5000), directory: folder.path + "/run", workers: .one)
        let tasks = (0..<4).map { run.labels(ofTask: $0) }
        for labels in tasks {
            #expect(labels.count == 5000)
            let counts = (0..<10).map { label in labels.count { $0 == label } }
            // χ² of nine degrees of freedom: above 33.7 once in 10⁴.
            #expect(counts.reduce(0.0) { $0 + pow(Double($1) - 500, 2) / 500 } < 33.7)
        }
        // Two tasks agree on a tenth of the images, to 4 standard errors √(0.09/5000); so does a task with the classes.
        let classes = ImageSet.labelled(count: 5000).labels
        for (first, second) in [(0, 1), (1, 2), (0, 3)] {
            #expect(abs(share(tasks[first], tasks[second]) - 0.1) < 4 * (0.09 / 5000).squareRoot())
        }
        #expect(abs(share(tasks[0], classes) - 0.1) < 4 * (0.09 / 5000).squareRoot())
        #expect(run.labels(ofTask: 2) == tasks[2])
        try run.writeCheckpoint()
        let file = try ExampleFile(reading: folder.path + "/run/tasks/task_00000.safetensors", input: [1, 4, 4])
        guard case .labelled(let inputs, let labels) = file, case .singles(let numbers) = inputs else {
            Issue.record("a task's file holds labelled examples")
            return
        }
        #expect(labels == Array(tasks[0].prefix(1024)))
        #expect(numbers == ImageSet.labelled(count: 1024).floats())
    }

    /// Oracle: plain loops over the stored parameters, image by image.
    @Test func measuresAccuracyAndDeadUnits() throws {
        let run = try run(in: "run")
        // The second hidden layer's first three units see nothing but a bias below zero.
        let weight = try #require(run.parameters["fc2.weight"])
        let bias = try #require(run.parameters["fc2.bias"])
        for unit in 0..<3 {
            weight[unit * 12..<(unit + 1) * 12].fill(0)
            bias[unit] = -1
        }
        var last: MemorisationMetrics?
        let fault = #expect(throws: Fault.self) {
            try run.run(shouldStop: { run.step == 4 }, progress: { last = $0 })
        }
        #expect(fault?.kind == .interrupted)
        let line = try #require(last)
        let found = Self.plainMeasurement(run, labels: run.labels(ofTask: 0), count: 30)
        #expect(line.step == 4 && line.task == 0)
        #expect(line.accuracy == found.accuracy)
        #expect(line.deadFraction == found.dead)
        #expect(found.dead >= 3 / 20)
        #expect(try MemorisationMetrics.read(run: folder.path + "/run") == [line])
    }

    /// A learning rate that no network survives: the run is over, says where, and stays as it is.
    @Test func aRunThatDivergesSaysWhere() throws {
        let configuration = Self.configuration { $0.optimiser = .sgd(learningRate: 1e30) }
        let divergence = try diverge(configuration, in: "run")
        #expect(divergence.step < 10)
        #expect(divergence.reason.contains("diverged"))
        #expect(try MemorisationRun.divergence(in: folder.path + "/run") == divergence)
        let files = folder.files(in: "run")
        #expect(try diverge(configuration, in: "run") == divergence)
        #expect(folder.files(in: "run") == files)
    }

    private func diverge(_ configuration: MemorisationConfiguration, in name: String) throws -> Divergence {
        let run = try run(configuration, in: name)
        try run.run()
        return try #require(run.divergence)
    }

    @Test func anotherConfigurationIsRefusedByItsKey() throws {
        try interrupt("run", after: 3)
        let changed = Self.configuration { $0.stepsPerTask = 11 }
        let fault = #expect(throws: Fault.self) { _ = try run(changed, in: "run") }
        #expect(fault?.kind == .usage)
        #expect(fault?.place.contains("'steps_per_task'") == true)
    }

    @Test func aNetworkThatDoesNotFitIsRefused() throws {
        var wrong = MemorisationConfiguration(
            architecture: .perceptron(input: [1, 5, 5], widths: [4], outputs: 10))
        wrong.imageCount = 20
        wrong.evaluationCount = 20
        let fault = #expect(throws: Fault.self) { _ = try run(wrong, in: "run") }
        #expect(fault?.description.contains("[1, 5, 5]") == true)
    }

    private func share(_ first: [Int], _ second: [Int]) -> Double {
        Double(zip(first, second).count { $0 == $1 }) / Double(first.count)
    }

    private func interrupt(_ name: String, after stop: Int) throws {
        let part = try run(in: name)
        let fault = #expect(throws: Fault.self) { try part.run(shouldStop: { part.step == stop }) }
        #expect(fault?.kind == .interrupted)
    }

    private func kill(_ name: String, beforeWrite count: Int) throws -> Bool {
        let run = try run(in: name)
        var writes = 0
        run.willWrite = { _ throws(Fault) in
            if writes == count { throw Fault(.software, "killed") }
            writes += 1
        }
        do {
            try run.run()
            return false
        } catch {
            guard error.kind == .software else { throw error }
            return true
        }
    }

    private static func plainMeasurement(
        _ run: MemorisationRun, labels: [Int], count: Int
    ) -> (accuracy: Double, dead: Double) {
        let images = ImageSet.labelled(count: 50)
        func parameter(_ name: String) -> [Double] { run.parameters[name]?.doubles ?? [] }
        func layer(_ input: [Double], _ name: String) -> [Double] {
            let weight = parameter(name + ".weight")
            return parameter(name + ".bias").enumerated().map { unit, bias in
                input.indices.reduce(bias) { $0 + weight[unit * input.count + $1] * input[$1] }
            }
        }
        var right = 0
        var isAlive = [Bool](repeating: false, count: 20)
        for image in 0..<count {
            let pixels = images.floats(of: [image]).map(Double.init)
            let first = layer(pixels, "fc1").map { max(0, $0) }
            let second = layer(first, "fc2").map { max(0, $0) }
            for (unit, value) in (first + second).enumerated() where value > 0 { isAlive[unit] = true }
            let outputs = layer(second, "fc3")
            if outputs.indices.max(by: { outputs[$0] < outputs[$1] }) == labels[image] { right += 1 }
        }
        return (Double(right) / Double(count), Double(isAlive.count { !$0 }) / 20)
    }
}
