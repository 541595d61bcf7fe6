import Files
import Networks
import Testing
import Training

@testable import Agents

/// How interventions change a run's configuration, and what they refuse.
@Suite struct InterventionConfigurationTests {
    /// Oracle: the presets' own options.
    @Test(arguments: [NetworkPreset.Kind.mlp, .cnn, .nature], ["layer-norm", "spectral-norm", "two-hot", "crelu"])
    func theyAreThePresetsOptions(_ kind: NetworkPreset.Kind, _ name: String) throws {
        var preset = NetworkPreset(kind)
        let plain = try preset.architecture(input: [4, 40, 40], outputs: 10)
        switch name {
        case "layer-norm": preset.layerNorm = true
        case "spectral-norm": preset.spectralNorm = true
        case "crelu": preset.crelu = true
        default: preset.twoHotAtoms = 101
        }
        var configuration = RunConfiguration(architecture: plain)
        try configuration.intervene(with: [InterventionSetting(name)])
        #expect(configuration.architecture == (try preset.architecture(input: [4, 40, 40], outputs: 10)))
        #expect((configuration.agent.support == Support(low: -100, high: 100)) == (name == "two-hot"))
        // The other door leads to the same place: through both is once too often.
        var twice = RunConfiguration(architecture: configuration.architecture)
        twice.agent.support = configuration.agent.support
        expectFault(&twice, [name], "already")
    }

    /// In any order the same, where one does not touch what the other does.
    @Test func theyAreComposed() throws {
        let names = ["layer-norm", "spectral-norm", "two-hot", "crelu", "weight-decay", "l2-init"]
        var one = SmallRun.configuration()
        try one.intervene(with: names.map { InterventionSetting($0) })
        var other = SmallRun.configuration()
        for name in names.reversed() { try other.intervene(with: [InterventionSetting(name)]) }
        #expect(one.interventions == other.interventions.reversed())
        other.interventions = one.interventions
        #expect(one == other)
        #expect(one.optimiser.weightDecay == 1e-5)
        #expect(one.interventions.map(\.description).last == "l2-init:lambda=0.001")
    }

    @Test func conflictsAreRefusedWithTheirReason() throws {
        var plain = SmallRun.configuration()
        expectFault(&plain, ["layer-norm", "weight-decay", "layer-norm"], "given twice")
        expectFault(&plain, ["layernorm"], "reset-last-layer, reset-optimiser")
        expectFault(&plain, ["shrink-and-perturb:lambda=1.5"], "from 0 to 1")
        expectFault(&plain, ["reset-last-layer:period=2.5"], "a whole number")
        expectFault(&plain, ["weight-decay:sigma=1"], "It has lambda")
        expectFault(&plain, ["layer-norm:eps=1"], "It has none")
        expectFault(&plain, ["two-hot:low=-1"], "both low and high")
        expectFault(&plain, ["two-hot:low=1,high=-1"], "support")
        plain.optimiser.weightDecay = 0.1
        expectFault(&plain, ["weight-decay"], "0.1")
        // AdamW has one of its own where nobody gave any.
        plain.optimiser = .adamW()
        expectFault(&plain, ["weight-decay"], "0.01 in the optimiser adamw already")
        expectFault(&plain, ["weight-decay"], "--weight-decay 0")
        plain.optimiser.weightDecay = 0
        try plain.intervene(with: [InterventionSetting("weight-decay", ["lambda": 0.5])])
        #expect(plain.optimiser == .adamW(weightDecay: 0.5))
        plain = SmallRun.configuration()
        plain.agent.targetUpdate = .polyak
        for name in ["reset-last-layer", "reset-optimiser", "shrink-and-perturb"] {
            expectFault(&plain, [name], "period=1000")
        }
        plain.agent.discount = 1
        expectFault(&plain, ["two-hot"], "bounds no return")
        for kind in [NetworkPreset.Kind.resnet18, .vit] {
            let architecture = try NetworkPreset(kind).architecture(input: [3, 32, 32], outputs: 10)
            var branched = RunConfiguration(architecture: architecture)
            for name in ["layer-norm", "spectral-norm", "crelu"] {
                expectFault(&branched, [name], "mlp, cnn or nature")
            }
            try branched.intervene(with: [InterventionSetting("two-hot")])
            #expect(branched.architecture.layers.last?.keys["out"] == .integer(1010))
        }
    }

    /// A run whose file names what the network does not have would be a run under a wrong name.
    @Test(arguments: ["layer-norm", "spectral-norm", "two-hot", "crelu", "weight-decay"])
    func whatIsNamedMustBeThere(_ name: String) {
        let folder = TemporaryFolder()
        var configuration = SmallRun.configuration()
        configuration.interventions = [InterventionSetting(name, name == "weight-decay" ? ["lambda": 1e-5] : [:])]
        let fault = #expect(throws: Fault.self) { _ = try SmallRun.make(configuration, in: folder.path + "/run") }
        #expect(fault?.description.contains(name) == true && fault?.description.contains("is without it") == true)
        #expect(folder.files(in: "run").isEmpty)
    }

    /// The configuration stays as it was where a fault is thrown.
    private func expectFault(_ configuration: inout RunConfiguration, _ texts: [String], _ words: String) {
        let before = configuration
        do throws(Fault) {
            var settings: [InterventionSetting] = []
            for text in texts { settings.append(try InterventionSetting(parsing: text)) }
            try configuration.intervene(with: settings)
            Issue.record("\(texts) are not refused")
        } catch {
            #expect(error.kind == .usage && error.description.contains(words), "\(error.description)")
        }
        #expect(configuration == before)
    }
}
