import Foundation
import Testing

/// `landscape statistics` as a user runs it. Oracle: what the commands promise of documents, files and exit codes.
@Suite(.serialized) struct StatisticsCommandTests {
    private func run(_ folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/run"
        // As many examples as a checkpoint keeps transitions, so that both look at the same.
        let arguments = SmallRun.arguments(in: path, steps: 40) + ["--statistics-examples", "64"]
        try #require(try ChildProcess(Binary.agents.path, arguments).end().code == 0)
        return path
    }

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The definitions need no checkpoint, and are on standard output.
    @Test func theListNeedsNothing() throws {
        let ended = try Binary.landscape.run("statistics", "--list")
        #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended.errors)")
        for name in ["weight_norm", "feature_srank", "dormant_fraction", "ntk_condition", "Sokar et al. 2023"] {
            #expect(ended.output.contains(name))
        }
        #expect(!ended.output.split(separator: "\n").contains { $0.count > 100 })
    }

    /// Oracle: the file that training logged at that step, on the same transitions: the same bits, its update apart.
    @Test func theDocumentIsWhatTrainingLogged() throws {
        let folder = try TemporaryFolder()
        let run = try run(folder)
        let output = folder.path + "/out"
        let ended = try Binary.landscape.run(
            "statistics", "--checkpoint", run + "/checkpoints/step_00000040.safetensors", "--json", "--quiet",
            "--output", output)
        #expect(ended.code == 0, "\(ended.errors)")
        let found = try document(ended.output)
        for key in [
            "command", "version", "checkpoint", "parameters", "examples", "loss", "seed", "precision", "seconds",
            "warnings", "step", "statistics", "layers", "thresholds", "reference",
        ] { #expect(found[key] != nil, "\(key)") }
        #expect(try String(contentsOfFile: output + "/result.json", encoding: .utf8) == ended.output)
        for file in ["arrays.safetensors", "singular_values.png"] {
            #expect(FileManager.default.fileExists(atPath: output + "/" + file))
        }
        let logged = try document(
            try String(contentsOfFile: run + "/statistics/step_00000040.json", encoding: .utf8))
        #expect(logged["examples"] as? Int == 64 && found["examples"] as? Int == 64)
        var expected = try #require(logged["statistics"] as? [String: Double])
        #expect(expected.removeValue(forKey: "update_norm") != nil)
        #expect(expected.removeValue(forKey: "effective_learning_rate") != nil)
        #expect(found["statistics"] as? [String: Double] == expected)
    }

    /// A run's folder is a series: a table for people, and a table, a picture and a folder for each under --output.
    @Test func aRunIsASeries() throws {
        let folder = try TemporaryFolder()
        let run = try run(folder)
        let output = folder.path + "/out"
        let ended = try Binary.landscape.run(
            "statistics", "--checkpoint", run, "--all", "--ntk-examples", "4", "--covariance-examples", "16",
            "--dormant-threshold", "0.1", "--dormant-threshold", "0.5", "--quiet", "--output", output)
        #expect(ended.code == 0, "\(ended.errors)")
        #expect(ended.output.contains("step_00000040") && ended.output.contains("sharpness"))
        for file in ["result.json", "statistics.csv", "statistics.png", "step_00000010/result.json"] {
            #expect(FileManager.default.fileExists(atPath: output + "/" + file), "\(file)")
        }
        let table = try String(contentsOfFile: output + "/statistics.csv", encoding: .utf8)
        let lines = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(lines.count == 6 && lines.allSatisfy { $0.count == lines[0].count })
        for name in ["relative_displacement_per_step", "dormant_fraction_tau_0.5", "gradient_mean_cosine"] {
            #expect(lines[0].contains { $0 == name }, "\(name)")
        }
    }

    @Test func wrongCommandLinesSayWhatIsMeant() throws {
        let folder = try TemporaryFolder()
        let run = try run(folder)
        for (arguments, words, code) in [
            (["--with", "sharpnes"], ["--with", "sharpness"], 64), (["--dormant-threshold", "2"], ["dormant"], 64),
            (["--rank-threshold", "0"], ["numerical_rank"], 64), (["--reference", "nowhere"], ["nowhere"], 65),
            (["--reference", run + "/checkpoints/step_00000010.transitions.safetensors"], ["architecture"], 65),
        ] {
            let ended = try ChildProcess(
                Binary.landscape.path,
                ["statistics", "--checkpoint", run + "/checkpoints/step_00000040.safetensors", "--quiet"] + arguments
            ).end()
            #expect(ended.code == code && ended.output.isEmpty, "\(arguments): \(ended.errors)")
            for word in words { #expect(ended.errors.contains(word), "\(ended.errors)") }
        }
        let missing = try Binary.landscape.run("statistics")
        #expect(missing.code == 64 && missing.errors.contains("--checkpoint"))
        let period = try Binary.agents.run("train", folder.path + "/x", "--statistics", "weight")
        #expect(period.code == 64 && period.errors.contains("--statistics"))
    }
}
