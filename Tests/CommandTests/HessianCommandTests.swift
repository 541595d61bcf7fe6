import Foundation
import Testing

/// `landscape hessian` as a user sees it. Oracles: the contract's keys and exit codes, and an undisturbed run.
@Suite(.serialized) struct HessianCommandTests {
    /// A small agent's checkpoint, in a folder that goes with the test.
    private struct Material {
        let folder: TemporaryFolder
        var checkpoint: String { folder.path + "/run/checkpoints/step_00000040.safetensors" }

        init() throws {
            folder = try TemporaryFolder()
            let arguments = SmallRun.arguments(in: folder.path + "/run", steps: 40)
            try #require(try ChildProcess(Binary.agents.path, arguments).end().code == 0)
        }

        func hessian(_ options: String...) throws -> Ended {
            let fixed = ["hessian", "--checkpoint", checkpoint, "--examples", "64", "--quiet"]
            return try ChildProcess(Binary.landscape.path, fixed + options).end()
        }
    }

    private let small = ["--probes", "3", "--steps", "10", "--top", "3"]

    private func document(_ ended: Ended) throws -> [String: Any] {
        try #require(ended.code == 0, "\(ended.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    }

    @Test func theContractsKeysAndTheEvidence() throws {
        let material = try Material()
        let found = try document(
            material.hessian(
                "--json", "--probes", "3", "--steps", "10", "--top", "3", "--estimator", "both",
                "--resamples", "2"))
        let promised = [
            "command", "version", "checkpoint", "parameters", "examples", "loss", "seed", "precision", "seconds",
            "warnings", "gradient_norm", "eigenvalues", "trace", "frobenius_norm_squared", "density",
            "orthogonality_loss", "matrix_products", "method", "certificates", "comparison", "resamples", "search",
        ]
        for key in promised { #expect(found[key] != nil, "\(key)") }
        #expect(found["method"] as? String == "lanczos" && found["partial"] == nil)
        let certificates = try #require(found["certificates"] as? [[String: Any]])
        let names = certificates.compactMap { $0["name"] as? String }
        for name in ["determinism", "symmetry", "linearity", "finite", "gradient", "product", "kinks", "agreement"] {
            #expect(names.contains(name), "\(name)")
        }
        #expect(certificates.allSatisfy { $0["passed"] as? Bool == true })
    }

    @Test func aFailedCertificateEndsWith70AndWritesNothing() throws {
        let material = try Material()
        let output = material.folder.path + "/result"
        let narrow = ["--probes", "2", "--steps", "10", "--top", "2", "--sigma", "1e-9"]
        let refused = try ChildProcess(
            Binary.landscape.path,
            ["hessian", "--checkpoint", material.checkpoint, "--examples", "64", "--output", output] + narrow
        ).end()
        #expect(refused.code == 70 && refused.output.isEmpty)
        #expect(refused.errors.contains("mass is 1.0, at most 1.0e-3") && refused.errors.contains("--force"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: output).filter { !$0.hasPrefix(".") } == [])
        let forced = try material.hessian(
            "--probes", "2", "--steps", "10", "--top", "2", "--sigma", "1e-9", "--force")
        #expect(forced.code == 0 && forced.output.contains("the certificate mass failed"))
        #expect(forced.output.contains("FAILS"))
    }

    @Test func certificatesAreShownWhenAskedFor() throws {
        let material = try Material()
        let brief = try material.hessian("--probes", "2", "--steps", "5", "--top", "2")
        #expect(brief.code == 0 && brief.output.contains("certificates: "))
        #expect(!brief.output.contains("symmetry"))
        let full = try material.hessian("--probes", "2", "--steps", "5", "--top", "2", "--certificates")
        for word in ["certificate ", "symmetry", "linearity", "kinks", "told", "holds", "meaning"] {
            #expect(full.output.contains(word), "\(word)")
        }
    }

    @Test func smallBlocksAreExact() throws {
        let material = try Material()
        let found = try document(material.hessian("--json", "--parameters", "fc2.bias"))
        #expect(found["method"] as? String == "dense")
        let selection = try #require(found["selection"] as? [String: Any])
        #expect(selection["parameters"] as? Int == 10)
        #expect((found["eigenvalues"] as? [Any])?.count == 10)
        #expect((found["trace"] as? [String: Any])?["standard_error"] as? Double == 0)
    }

    /// Oracle: the run that had no limit.
    @Test func aTimeLimitIsGoneOnFrom() throws {
        let material = try Material()
        let options = ["--probes", "4", "--steps", "20", "--top", "3"]
        func run(_ name: String, _ more: [String]) throws -> [String: Any] {
            let path = material.folder.path + "/" + name
            let ended = try ChildProcess(
                Binary.landscape.path,
                ["hessian", "--checkpoint", material.checkpoint, "--examples", "64", "--output", path, "--json"]
                    + options + more
            ).end()
            return try document(ended)
        }
        let whole = try run("whole", [])
        let limited = try run("limited", ["--time-limit", "0.001s"])
        #expect(limited["partial"] as? Bool == true)
        #expect((limited["warnings"] as? [String])?.contains { $0.hasPrefix("partial: ") } == true)
        let resumed = try run("limited", [])
        #expect(resumed["partial"] == nil)
        for key in ["eigenvalues", "trace", "density", "matrix_products", "certificates"] {
            #expect((resumed[key] as? NSObject) == (whole[key] as? NSObject), "\(key)")
        }
        #expect(!FileManager.default.fileExists(atPath: material.folder.path + "/limited/.state"))
    }

    @Test(arguments: [
        ["--top", "0", "--probes", "0"], ["--resamples", "1"], ["--estimator", "both", "--probes", "1"],
        ["--sigma", "wide"], ["--sigma", "-1"], ["--grid", "3,1"], ["--density-tolerance", "2"],
        ["--exact", "perhaps"], ["--deflate", "maybe"], ["--parameters", "nowhere"],
    ])
    func wrongCommandLines(_ options: [String]) throws {
        let material = try Material()
        let ended = try ChildProcess(
            Binary.landscape.path, ["hessian", "--checkpoint", material.checkpoint, "--examples", "16"] + options
        ).end()
        #expect(ended.code == 64, "\(ended.errors)")
        #expect(ended.output.isEmpty)
        #expect(ended.errors.contains(options[0].dropFirst(2)))
    }
}
