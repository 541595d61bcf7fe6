import Foundation
import Testing

/// `landscape scalars` as a user runs it. Oracle: what the commands promise of documents and exit codes.
@Suite(.serialized) struct ScalarsTests {
    private func checkpoint(_ folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/run"
        try #require(try ChildProcess(Binary.agents.path, SmallRun.arguments(in: path, steps: 40)).end().code == 0)
        return path + "/checkpoints/step_00000040.safetensors"
    }

    @Test func documentsTablesAndArrays() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try checkpoint(folder)
        let output = folder.path + "/out"
        let ended = try Binary.landscape.run(
            "scalars", "--checkpoint", checkpoint, "--examples", "32", "--operator", "ggn", "--products", "24",
            "--probes", "3", "--steps", "10", "--top", "3", "--json", "--quiet", "--output", output)
        #expect(ended.code == 0, "\(ended.errors)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
        for key in [
            "command", "version", "checkpoint", "parameters", "examples", "loss", "seed", "precision", "seconds",
            "warnings", "operator", "selection", "trace", "frobenius_norm_squared", "layers", "log_determinant",
            "effective_rank", "stable_rank", "intrinsic_dimension", "eigenvalues", "condition_numbers", "gradient",
            "participation", "matrix_products", "trace_method", "certificates",
        ] { #expect(document[key] != nil, "\(key)") }
        let trace = try #require(document["trace"] as? [String: Double])
        #expect(trace.keys.sorted() == ["high", "low", "standard_error", "value"])
        #expect(trace["low"]! <= trace["value"]! && trace["value"]! <= trace["high"]!)
        // The document in the folder is the one that was printed.
        let kept = try String(contentsOfFile: output + "/result.json", encoding: .utf8)
        #expect(kept == ended.output)
        #expect(FileManager.default.fileExists(atPath: output + "/arrays.safetensors"))
        let table = try Binary.landscape.run(
            "scalars", "--checkpoint", checkpoint, "--checkpoint", checkpoint, "--examples", "32", "--quantities",
            "trace,layers",
            "--parameters", "*.bias", "--quiet")
        #expect(table.code == 0 && table.output.contains("step_00000040"), "\(table.errors)")
    }

    @Test func wrongCommandLinesSayWhatIsMeant() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try checkpoint(folder)
        for (arguments, words) in [
            (["--parameters", "fcl.*"], ["fcl.*", "nearest", "--parameters"]),
            (["--quantities", "trace,logdet"], ["logdet", "ggn"]), (["--quantities", "size"], ["--quantities"]),
            (["--shift", "-1"], ["--shift"]), (["--time-limit", "0.00001"], ["--time-limit", "time was over"]),
            (["--products", "1"], ["--products"]),
        ] {
            let ended = try ChildProcess(
                Binary.landscape.path,
                ["scalars", "--checkpoint", checkpoint, "--examples", "8", "--quiet"] + arguments
            ).end()
            #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.errors)")
            for word in words { #expect(ended.errors.contains(word), "\(ended.errors)") }
        }
    }
}
