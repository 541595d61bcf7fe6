import Foundation
import LinearAlgebra
import Testing

/// `landscape plasticity` on a small run. Oracles: the contract's keys, exit codes, and an undisturbed run.
@Suite(.serialized) struct PlasticityCommandTests {
    private let folder: TemporaryFolder
    private var run: String { folder.path + "/run" }
    private var output: String { folder.path + "/plasticity" }

    init() throws {
        folder = try TemporaryFolder()
        let ended = try ChildProcess(Binary.agents.path, SmallRun.arguments(in: run, steps: 40)).end()
        try #require(ended.code == 0, "\(ended.errors)")
    }

    private func arguments(_ more: [String], steps: Int = 60) -> [String] {
        ["plasticity", "--checkpoint", run, "--tasks", "3", "--steps", "\(steps)"] + more
    }

    private func plasticity(_ more: String..., steps: Int = 60) throws -> Ended {
        try ChildProcess(Binary.landscape.path, arguments(more, steps: steps)).end()
    }

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func resultHasItsParts() throws {
        let ended = try plasticity("--output", output, "--json")
        #expect(ended.code == 0, "\(ended.errors)")
        let result = try document(ended.output)
        let keys = [
            "command", "version", "checkpoint", "parameters", "examples", "loss", "data", "seed", "precision",
            "seconds",
            "warnings", "tasks", "steps", "batch_size", "optimiser", "optimiser_state", "offset_rule", "head",
            "frequency",
            "baseline", "reference", "series",
        ]
        #expect(result.keys.sorted() == keys.sorted())
        // The agent's own batch and optimiser.
        #expect(result["batch_size"] as? Int == 32 && (result["optimiser"] as? String)?.hasPrefix("adam (") == true)
        let series = try #require(result["series"] as? [[String: Any]])
        #expect(series.map { $0["step"] as? Int } == [0, 10, 20, 30, 40])
        for member in series {
            #expect((member["final_losses"] as? [Double])?.count == 3)
            #expect(((member["plasticity_loss"] as? [String: Any])?["interval"] as? [Double])?.count == 2)
        }
        #expect((series[0]["plasticity_loss"] as? [String: Any])?["value"] as? Double == 0)
        let files = try folder.contents(of: "plasticity")
        #expect(String(decoding: try #require(files["result.json"]), as: UTF8.self) == ended.output)
        for name in ["arrays.safetensors", "learning-curves.svg", "plasticity.svg", "plasticity.png"] {
            #expect(files[name] != nil, "\(name) is missing")
        }
        #expect(!FileManager.default.fileExists(atPath: output + "/.state"))
    }

    @Test func oneCheckpointHasPlasticityAndNoLoss() throws {
        let file = run + "/checkpoints/step_00000040.safetensors"
        let ended = try Binary.landscape.run(
            "plasticity", "--checkpoint", file, "--tasks", "2", "--steps", "5", "--json")
        #expect(ended.code == 0, "\(ended.errors)")
        let series = try #require(try document(ended.output)["series"] as? [[String: Any]])
        #expect(series.count == 1 && series[0]["plasticity"] != nil && series[0]["plasticity_loss"] == nil)
    }

    /// Killed at random moments and typed again, with other numbers of threads: the bytes of a run that nothing disturbed.
    @Test func killedRunsGoOn() throws {
        let steps = 600
        #expect(try plasticity("--output", folder.path + "/undisturbed", "--threads", "1", steps: steps).code == 0)
        var random = RandomSource(seed: 3, stream: "moments of death")
        var killed = 0
        for life in 0..<8 {
            let process = try ChildProcess(
                Binary.landscape.path,
                arguments(["--output", output, "--state-period", "0s", "--threads", "\(1 + life % 3)"], steps: steps))
            usleep(UInt32(1000 * (80 + random.index(below: 300))))
            process.send(SIGKILL)
            if try process.end().code == -SIGKILL { killed += 1 }
        }
        #expect(killed >= 3, "the run is too short to be killed in its midst")
        let whole = try plasticity("--output", output, steps: steps)
        #expect(whole.code == 0, "\(whole.errors)")
        try compare()
    }

    /// An interrupt keeps what was done; a time limit gives a partial result or says that there is none yet.
    @Test func stoppedRunsGoOn() throws {
        let steps = 1500
        #expect(try plasticity("--output", folder.path + "/undisturbed", steps: steps).code == 0)
        let process = try ChildProcess(Binary.landscape.path, arguments(["--output", output], steps: steps))
        usleep(400_000)
        process.send(SIGINT)
        let stopped = try process.end()
        #expect(stopped.code == 130, "\(stopped.errors)")
        #expect(stopped.output.isEmpty && stopped.errors.contains("the same command again"))
        let limited = try plasticity("--output", output, "--time-limit", "0.2s", "--json", steps: steps)
        if limited.code == 0 {
            #expect(try document(limited.output)["partial"] as? Bool ?? true)
        } else {
            #expect(limited.code == 64 && limited.errors.contains("goes on from here"), "\(limited.errors)")
        }
        let other = try plasticity("--output", output, "--learning-rate", "0.5", steps: steps)
        #expect(other.code == 65 && other.errors.contains("belongs to a run with optimiser"), "\(other.errors)")
        #expect(try plasticity("--output", output, steps: steps).code == 0)
        try compare()
    }

    private func compare() throws {
        let (found, expected) = (try folder.contents(of: "plasticity"), try folder.contents(of: "undisturbed"))
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, bytes) in expected where name != "result.json" { #expect(found[name] == bytes, "\(name) differs") }
    }

    /// A task that diverges is told; where all do, there is no result.
    @Test func divergenceIsTold() throws {
        let ended = try plasticity("--optimiser", "sgd", "--learning-rate", "1e30")
        #expect(ended.code == 65)
        #expect(ended.errors.contains("every task failed") && ended.errors.contains("at step"), "\(ended.errors)")
        #expect(ended.output.isEmpty)
    }

    @Test func wrongCommandLines() throws {
        let cases: [([String], Int32, String)] = [
            (["--tasks", "0"], 64, "--tasks"), (["--steps", "-1"], 64, "--steps"),
            (["--optimiser-state", "carried"], 64, "step 40, not of step 10"),
            (["--head", "centred"], 64, "categorical"), (["--optimiser", "wibble"], 64, "wibble"),
            (["--epsilon", "-1"], 64, "epsilon"), (["--data", folder.path + "/nothing"], 65, "no such file"),
        ]
        for (more, code, words) in cases {
            let ended = try ChildProcess(
                Binary.landscape.path, ["plasticity", "--checkpoint", run] + more
            ).end()
            #expect(
                ended.code == code && ended.errors.contains(words) && ended.output.isEmpty, "\(more): \(ended.errors)")
        }
    }
}
