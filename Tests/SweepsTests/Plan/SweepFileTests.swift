import Agents
import Files
import Testing
import Training

@testable import Sweeps

/// YAML files become runs, or one complaint that names the line.
struct SweepFileTests {
    private func plan(_ text: String) throws -> SweepPlan { try SweepPlan(parsing: text, from: "sweep.yaml") }

    /// Oracle: the combinations written out by hand, the last key changing fastest.
    @Test func gridsAreAllCombinations() throws {
        let plan = try plan(
            """
            defaults: {steps: 20, batch: 8}
            grid:
              environment: [true-label, random-label]
              network:
                - mlp
                - {network: cnn, width: 0.25}
              seed: [0, 1]
            """)
        #expect(
            plan.runs.map(\.name) == [
                "true-label_mlp_seed=0", "true-label_mlp_seed=1", "true-label_cnn_width=0.25_seed=0",
                "true-label_cnn_width=0.25_seed=1", "random-label_mlp_seed=0", "random-label_mlp_seed=1",
                "random-label_cnn_width=0.25_seed=0", "random-label_cnn_width=0.25_seed=1",
            ])
        let last = try #require(plan.runs.last)
        let settings = [
            "steps": "20", "batch": "8", "environment": "random-label", "network": "cnn", "width": "0.25", "seed": "1",
        ]
        #expect(last.settings == settings)
        let alone = try RunRecipe(settings.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
        #expect(try last.configuration == alone.configuration())
        #expect(last.place == "sweep.yaml, line 3")
        #expect(plan.steps == 160)
    }

    @Test func includeAndExcludeChooseCombinations() throws {
        let grid = "grid: {environment: [true-label, random-label], network: [mlp, vit], seed: [0, 1, 2]}\n"
        #expect(try plan(grid + "exclude: [{network: vit, seed: [1, 2]}]").runs.count == 12 - 4)
        #expect(try plan(grid + "include: [{network: vit}, {seed: 0}]").runs.count == 6 + 2)
        let both = try plan(grid + "include: [{network: vit}]\nexclude: [{seed: 0}]")
        #expect(both.runs.map(\.name).filter { $0.contains("mlp") || $0.hasSuffix("seed=0") } == [])
        #expect(both.runs.count == 4)
        // Defaults are settings, too.
        #expect(try plan("defaults: {batch: 8}\n" + grid + "include: [{batch: 8, seed: 1}]").runs.count == 4)
    }

    @Test func runsAreSingleOnes() throws {
        let plan = try plan(
            """
            defaults: {steps: 20, learning-rate: 0.1}
            runs:
              - {name: plain}
              - {name: gentle, learning_rate: 0.01, hidden: [8, 8]}
              - {learning-rate: ~}
            """)
        #expect(plan.runs.map(\.name) == ["plain", "gentle", "no-learning-rate"])
        #expect(plan.runs.map(\.configuration.optimiser.learningRate) == [0.1, 0.01, 0.001])
    }

    @Test func severalGridsFollowEachOther() throws {
        let plan = try plan("grid:\n  - {network: [mlp], seed: [0, 1]}\n  - {network: [cnn], seed: [5]}\n")
        #expect(plan.runs.map(\.name) == ["mlp_seed=0", "mlp_seed=1", "cnn_seed=5"])
    }

    /// Every slip is told by its line, and by what is wrong.
    @Test(
        arguments: [
            ("grid:\n  sed: [1]", 2, "'sed'"), ("grid:\n  steps: [1,\n    x]", 3, "must be a whole number"),
            ("grid:\n  seed: [1]\n  seed: [2]", 2, "twice"),
            ("runs:\n- {beta1: 1}\n- {batch: 2, batch: 3}", 3, "twice"),
            ("runs:\n- {learning-rate: 1, learning_rate: 2}", 2, "twice"), ("grid: {seed: [1, 1]}", 1, "the same"),
            ("grid: {seed: [1]}\nruns:\n- {seed: 1}", 3, "the same"), ("steps: 3", 1, "no key 'steps'"),
            ("defaults:\n  batch: 0\nruns:\n- {name: a}", 2, "from 1"), ("\ngrid: [1, 2", 3, "no YAML"),
            ("defaults:\n  beta1: 0.5\ngrid: {optimiser: [adam, sgd]}", 2, "no constant of sgd"),
            ("grid: {seed: [1]}\nexclude:\n- {seed: 3}", 3, "agrees"), ("runs:\n- {name: ../a}", 2, "name"),
            ("runs:\n- {name: a}\n- {name: a, seed: 3}", 3, "called 'a'"), ("grid:\n  seed: []", 2, "no choices"),
            ("defaults:\n  hidden: [[1]]\nruns: [{name: a}]", 2, "a list"), ("exclude: [{seed: 1}]", 1, "no grid"),
            ("grid:\n  network: [{width: 2}]\n  width: [1]", 3, "twice"), ("defaults: [1]", 1, "keys with values"),
            ("defaults: {seed: 1}\ngrid: {}", 2, "'grid' is empty"), ("grid: []", 1, "'grid' is empty"),
            ("grid:\n- {seed: [1]}\n- {}", 3, "'grid' is empty"), ("runs: []", 1, "'runs' is empty"),
            ("runs: {}", 1, "'runs' is empty"), ("grid: {seed: [1]}\ninclude: []", 2, "'include' is empty"),
            ("grid: {seed: [1]}\ninclude:\n- {}", 3, "has no settings"),
            ("grid: {seed: [1]}\nexclude: [{}]", 2, "has no settings"),
            ("grid:\n  seed: [1]\ndefaults:\n  statistics-period: -1", 4, "0 or more"),
        ])
    func slipsAreToldWithTheirLine(text: String, line: Int, words: String) throws {
        let fault = #expect(throws: Fault.self) { try plan(text) }
        #expect(fault?.kind == .data)
        #expect(fault?.place.hasPrefix("sweep.yaml, line \(line)") == true, "\(fault?.description ?? "")")
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
    }

    @Test func filesWithoutRunsAreRefused() throws {
        for text in ["", "# nothing", "defaults: {seed: 1}"] {
            let fault = #expect(throws: Fault.self) { try plan(text) }
            #expect(fault?.place == "sweep.yaml")
        }
    }

    @Test func namesAreFoldersNames() throws {
        let plan = try plan(
            "grid: {intervention: [none, 'shrink-and-perturb:lambda=0.8,sigma=0.2'], layer-norm: [true, false]}")
        #expect(
            plan.runs.map(\.name) == [
                "no-intervention_layer-norm", "no-intervention_no-layer-norm",
                "shrink-and-perturb-lambda=0.8,sigma=0.2_layer-norm",
                "shrink-and-perturb-lambda=0.8,sigma=0.2_no-layer-norm",
            ])
        #expect(plan.runs.last?.configuration.interventions.first?.constants == ["lambda": 0.8, "sigma": 0.2])
        // Too long for a folder: cut, and still apart.
        let widths = Array(repeating: "100000", count: 40).joined(separator: ",")
        let long = (0..<2).map { [("hidden", SettingValue.text(widths)), ("seed", .text("\($0)"))] }
            .map { RunName.telling($0.map { (key: $0.0, value: $0.1) }, number: 1) }
        #expect(long[0] != long[1] && long.allSatisfy { $0.count < 120 && RunName.isUsable($0) })
    }
}
