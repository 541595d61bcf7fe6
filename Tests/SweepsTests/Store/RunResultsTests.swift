import Files
import Foundation
import TestSupport
import Testing

@testable import Sweeps

/// A run's files become rows, or one complaint that names the file. Oracle: the files' numbers, written out.
struct RunResultsTests {
    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["statistics", "plasticity"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        _ = try folder.write("step,td_loss,greedy_accuracy\n5,0.5,\n10,1e-3,0.25\n", to: "metrics.csv")
        for (name, text) in files { _ = try folder.write(text, to: name) }
        return folder
    }

    @Test func filesBecomeRows() throws {
        let folder = try folder([
            "statistics/step_00000010.json": """
            {"step": 10, "statistics": {"weight_norm": 2.5, "missing": null},
             "layers": [{"name": "fc1", "kind": "linear", "rank": 3, "values": [1, 2]}], "seconds": 3}
            """,
            "plasticity/step_00000010.json": """
            {"step": 10, "plasticity": {"value": 0.5, "standard_error": 0.1, "interval": [0.25, 0.75]},
             "plasticity_loss": {"value": -0.25}, "final_losses": [0.125, null], "half_loss_steps": [3, null],
             "baseline": 1.5, "baselines": [1, 2], "offset": 0, "curve_steps": [0, 10],
             "curves": [[1, 2], [3, 4]], "failures": []}
            """,
            "statistics/notes.txt": "not a result",
        ])
        let found = try RunResults(readingRun: folder.path)
        #expect(
            found.metrics == [
                .init(step: 5, name: "td_loss", value: 0.5), .init(step: 10, name: "td_loss", value: 0.001),
                .init(step: 10, name: "greedy_accuracy", value: 0.25),
            ])
        #expect(
            found.statistics == [
                .init(step: 10, layer: "", name: "weight_norm", value: 2.5),
                .init(step: 10, layer: "fc1", kind: "linear", name: "rank", value: 3),
            ])
        #expect(
            found.plasticity == [
                .init(step: 10, name: "plasticity", value: 0.5, standardError: 0.1, low: 0.25, high: 0.75),
                .init(step: 10, name: "plasticity_loss", value: -0.25),
                .init(step: 10, name: "baseline", value: 1.5),
            ])
        #expect(
            found.tasks == [
                .init(step: 10, task: 0, finalLoss: 0.125, halfLossStep: 3), .init(step: 10, task: 1, finalLoss: nil),
            ])
    }

    @Test func runsWithoutStatisticsAndProbesHaveNone() throws {
        let folder = try folder([:])
        let found = try RunResults(readingRun: folder.path)
        #expect(found.statistics.isEmpty && found.plasticity.isEmpty && found.metrics.count == 3)
    }

    @Test(
        arguments: [
            ("metrics.csv", "step,td_loss\n5,0.5\n10,x\n", "line 3"), ("metrics.csv", "step,td_loss\n5\n", "line 2"),
            ("metrics.csv", "step,td_loss\n5,nan\n", "line 2"), ("metrics.csv", "", "step"),
            ("metrics.csv", "step,td_loss\n5,0.5", "whole"), ("metrics.csv", "step,a\n5,1\n5,2\n", "two values"),
            ("statistics/step_00000001.json", "{\"step\": 1", "no JSON"),
            ("statistics/step_00000001.json", "{\"statistics\": {}}", "'step'"),
            ("statistics/step_00000001.json", "{\"step\": 1.5, \"statistics\": {}}", "whole number"),
            ("statistics/step_00000001.json", "{\"step\": 1}", "'statistics'"),
            ("statistics/step_00000001.json", "{\"step\": 1, \"statistics\": {}, \"layers\": [{}]}", "'name'"),
            ("statistics/step_00000001.json", "{\"step\": 1, \"statistics\": {}, \"layers\": [3]}", "layers[0]"),
            (
                "statistics/step_00000001.json", "{\"step\": 1, \"statistics\": {}, \"layers\": [{\"name\": \"a\"}]}",
                "'kind'"
            ),
            ("plasticity/step_00000001.json", "{\"step\": 1, \"plasticity\": 3}", "no record of a probe"),
        ])
    func malformedFilesAreToldByName(name: String, text: String, words: String) throws {
        let folder = try folder([name: text])
        let fault = #expect(throws: Fault.self) { try RunResults(readingRun: folder.path) }
        #expect(fault?.kind == .data && fault?.place.contains(name.split(separator: "/")[0]) == true)
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
    }
}
