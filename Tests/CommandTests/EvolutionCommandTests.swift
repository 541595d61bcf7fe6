import Foundation
import Testing

/// `landscape evolution` on a small run. Oracles: the contract's keys, exit codes, and an undisturbed run.
@Suite(.serialized) struct EvolutionCommandTests {
    private let folder: TemporaryFolder
    private var run: String { folder.path + "/run" }
    private var output: String { folder.path + "/evolution" }

    init() throws {
        folder = try TemporaryFolder()
        let ended = try ChildProcess(Binary.agents.path, SmallRun.arguments(in: run, steps: 40)).end()
        try #require(ended.code == 0, "\(ended.errors)")
    }

    private func evolution(_ more: String...) throws -> Ended {
        try ChildProcess(
            Binary.landscape.path,
            ["evolution", "--checkpoint", run, "--examples", "48", "--top", "3", "--probes", "4", "--steps", "30"]
                + more
        ).end()
    }

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func resultHasItsParts() throws {
        let ended = try evolution("--output", output, "--json")
        #expect(ended.code == 0, "\(ended.errors)")
        let result = try document(ended.output)
        let keys = [
            "command", "version", "checkpoint", "parameters", "examples", "loss", "data", "seed", "precision",
            "seconds", "warnings", "operator", "series", "subspaces", "shares_examples",
        ]
        #expect(result.keys.sorted() == keys.sorted())
        let series = try #require(result["series"] as? [[String: Any]])
        #expect(series.map { $0["step"] as? Int } == [0, 10, 20, 30, 40])
        #expect(series.allSatisfy { ($0["eigenvalues"] as? [Any])?.count == 4 })
        let subspaces = try #require(result["subspaces"] as? [String: Any])
        let overlaps = try #require(subspaces["overlaps"] as? [[Double]])
        #expect(overlaps.count == 5 && overlaps.indices.allSatisfy { overlaps[$0][$0] == 1 })
        #expect(overlaps.flatMap(\.self).allSatisfy { 0 <= $0 && $0 <= 1 + 1e-6 })
        #expect((result["data"] as? String)?.hasSuffix("step_00000040.transitions.safetensors") == true)
        let files = try folder.contents(of: "evolution")
        #expect(String(decoding: try #require(files["result.json"]), as: UTF8.self) == ended.output)
        let report = String(decoding: try #require(files["report.md"]), as: UTF8.self)
        for name in report.matches(of: /\]\((.*?\.png)\)/).map({ String($0.output.1) }) {
            #expect(files[name] != nil, "\(name) is shown and not there")
        }
        #expect(report.contains("| step_00000040 | 40 |"))
        #expect(!FileManager.default.fileExists(atPath: output + "/.state"))
    }

    @Test func oneCheckpointIsNoSeries() throws {
        let file = run + "/checkpoints/step_00000040.safetensors"
        let ended = try Binary.landscape.run("evolution", "--checkpoint", file)
        #expect(ended.code == 64)
        #expect(ended.errors.contains("landscape hessian"))
    }

    /// What a killed run has left is not done again, and not used for another question.
    @Test func finishedCheckpointsAreKept() throws {
        try stopEarly()

        let other = try evolution("--output", output, "--tolerance", "0.01")
        #expect(other.code == 65)
        #expect(other.errors.contains("belongs to a run with tolerance 0.001, not 0.01"))
        #expect(other.errors.contains("--fresh"))

        let whole = try evolution("--output", output)
        #expect(whole.code == 0, "\(whole.errors)")
        #expect(whole.errors.contains("goes on from"))
        #expect(!FileManager.default.fileExists(atPath: output + "/.state"))
        #expect(try evolution("--output", folder.path + "/undisturbed", "--threads", "1").code == 0)
        let (found, expected) = (try folder.contents(of: "evolution"), try folder.contents(of: "undisturbed"))
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, bytes) in expected where name != "result.json" { #expect(found[name] == bytes, "\(name) differs") }
    }

    /// Goes on with time limits that grow until the first checkpoint is whole and the last is not.
    private func stopEarly() throws {
        var limit = 0.05
        var state: [String] = []
        while !state.contains("checkpoint-1.safetensors") {
            let ended = try evolution("--output", output, "--time-limit", "\(limit)s", "--json")
            state = (try? FileManager.default.contentsOfDirectory(atPath: output + "/.state")) ?? []
            limit += 0.03
            guard ended.code != 64 else {
                #expect(ended.errors.contains("goes on from here"))
                continue
            }
            try #require(ended.code == 0, "\(ended.errors)")
            let partial = try document(ended.output)
            #expect(partial["partial"] as? Bool == true)
            #expect((1...4).contains((partial["series"] as? [Any])?.count ?? 0))
            #expect((partial["warnings"] as? [String])?.contains { $0.hasPrefix("partial: ") } == true)
        }
    }

    @Test func damagedStateIsSaid() throws {
        try stopEarly()
        let state = output + "/.state/checkpoint-1.safetensors"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: state))
        try bytes.prefix(bytes.count - 100).write(to: URL(fileURLWithPath: state))
        let ended = try evolution("--output", output)
        #expect(ended.code == 65)
        #expect(ended.errors.contains("is damaged"))
        #expect(try evolution("--output", output, "--fresh").code == 0)
    }
}
