import Files
import Foundation
import Networks
import Testing

/// What is said of presets that cannot be, and their JSON form.
@Suite struct NetworkPresetFaultTests {
    /// Oracle: the presets' table of options.
    @Test func optionsThatAPresetDoesNotHaveAreRefused() throws {
        let set: [(NetworkPreset.Option, (inout NetworkPreset) -> Void)] = [
            (.widths, { $0.widths = [8] }), (.width, { $0.width = 2 }), (.depth, { $0.depth = 2 }),
            (.layerNorm, { $0.layerNorm = true }), (.spectralNorm, { $0.spectralNorm = true }),
            (.crelu, { $0.crelu = true }), (.twoHot, { $0.twoHotAtoms = 101 }), (.dropout, { $0.dropout = 0 }),
            (.patch, { $0.patch = 4 }),
            (.heads, { $0.heads = 2 }), (.groupNorm, { $0.groupNormGroups = 2 }),
        ]
        #expect(set.map(\.0) == NetworkPreset.Option.allCases)
        for kind in NetworkPreset.Kind.allCases {
            for (option, apply) in set {
                var preset = NetworkPreset(kind)
                apply(&preset)
                #expect(preset.givenOptions == [option])
                if option.presets.contains(kind) {
                    _ = try preset.architecture(input: [3, 36, 36], outputs: 2)
                } else {
                    let fault = #expect(throws: Fault.self) {
                        try preset.architecture(input: [3, 36, 36], outputs: 2)
                    }
                    #expect(fault?.kind == .usage && fault?.place == "preset \(kind)")
                    for word in [option.rawValue] + option.presets.map(\.rawValue) {
                        #expect(fault?.description.contains(word) == true, "\(fault?.description ?? "")")
                    }
                }
            }
        }
    }

    @Test(arguments: [
        (#"{"preset":"mlp","widths":[8,0]}"#, "widths 0"), (#"{"preset":"mlp","widths":[8],"depth":2}"#, "depth"),
        (#"{"preset":"cnn","width":0}"#, "width 0"), (#"{"preset":"cnn","width":-2.5}"#, "width -2.5"),
        (#"{"preset":"cnn","width":1e300}"#, "too wide"), (#"{"preset":"cnn","depth":0}"#, "depth 0"),
        (#"{"preset":"cnn","depth":1000000}"#, "1024"), (#"{"preset":"nature","two_hot":1}"#, "two_hot 1"),
        (#"{"preset":"nature","two_hot":16777216}"#, "2 outputs of 16777216"),
        (#"{"preset":"vit","dropout":1}"#, "dropout 1"), (#"{"preset":"vit","patch":0}"#, "patch 0"),
        (#"{"preset":"vit","heads":3}"#, "3 heads do not divide the width 256"),
        (#"{"preset":"vit","patch":40}"#, "40×40 kernel of patch_embed.proj"),
        (#"{"preset":"resnet18","group_norm":24}"#, "does not divide the 64 channels of bn1"),
        (#"{"preset":"resnet18","depth":34}"#, "mlp, cnn and vit have it"),
        (#"{"preset":"vgg"}"#, "'vgg' under 'preset'"), (#"{"preset":3}"#, "3 under 'preset'"),
        (#"{"preset":"cnn","layer_norm":1}"#, "1 under 'layer_norm', which must be true or false"),
        (#"{"preset":"cnn","depth":1.5}"#, "1.5 under 'depth'"),
        (#"{"preset":"mlp","widths":8}"#, "8 under 'widths'"),
        (#"{"preset":"cnn","layernorm":true}"#, "'layernorm'"), (#"{"preset":"cnn","width":null}"#, "a preset"),
        (#"{"input":[3]}"#, "no key 'layers'"), ("[]", "not an architecture"), ("", "not an architecture"),
    ]) func aFileThatIsNoNetworkIsBadData(_ text: String, _ words: String) {
        let fault = #expect(throws: Fault.self) {
            try NetworkFile(parsing: Data(text.utf8), from: "net.json")
                .architecture(input: [3, 36, 36], outputs: 2, from: "net.json")
        }
        #expect(fault?.kind == .data && fault?.place.hasPrefix("net.json") == true)
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
    }

    /// The smallest images that the kernels fit in, and those of one pixel less; 8 + 4 · (4 + 2 · 2 − 1) = 36.
    @Test(arguments: [(NetworkPreset.Kind.nature, 36), (.vit, 3), (.cnn, 1), (.resnet18, 1)])
    func smallestImages(kind: NetworkPreset.Kind, extent: Int) throws {
        let preset = NetworkPreset(kind)
        _ = try preset.architecture(input: [1, extent, extent], outputs: 2)
        for input in [[1, extent - 1, extent], [1, extent, extent - 1]] {
            let fault = #expect(throws: Fault.self) { try preset.architecture(input: input, outputs: 2) }
            #expect(fault?.kind == .data)
        }
    }

    @Test(arguments: [[], [0], [-3], [3, 0, 5], [1 << 40, 1 << 40]]) func shapesThatAreNone(_ input: [Int]) {
        let fault = #expect(throws: Fault.self) { try NetworkPreset(.mlp).architecture(input: input, outputs: 2) }
        #expect(fault?.kind == .data && fault?.description.contains("\(input)") == true)
    }

    @Test(arguments: NetworkPreset.Kind.allCases) func imagesAreNeededButByThePerceptron(kind: NetworkPreset.Kind)
        throws
    {
        guard kind != .mlp else {
            _ = try NetworkPreset(kind).architecture(input: [40], outputs: 2)
            return
        }
        let fault = #expect(throws: Fault.self) { try NetworkPreset(kind).architecture(input: [40], outputs: 2) }
        #expect(fault?.kind == .data && fault?.description.contains("[40]") == true)
    }

    /// Oracle: the text itself.
    @Test(arguments: [
        #"{"preset":"mlp","width":0.25,"widths":[16,16]}"#,
        #"{"depth":3,"layer_norm":true,"preset":"cnn","spectral_norm":true,"two_hot":101,"width":2}"#,
        #"{"crelu":true,"layer_norm":true,"preset":"nature"}"#, #"{"group_norm":32,"preset":"resnet18"}"#,
        #"{"depth":6,"dropout":0,"heads":3,"patch":4,"preset":"vit","width":0.75}"#, #"{"preset":"nature"}"#,
    ]) func readingAndWritingIsStable(_ text: String) throws {
        let file = try NetworkFile(parsing: Data(text.utf8), from: "t")
        guard case .preset(let preset) = file else {
            Issue.record("not read as a preset")
            return
        }
        #expect(preset.json == text)
        let direct = try preset.architecture(input: [3, 48, 48], outputs: 4)
        #expect(try file.architecture(input: [3, 48, 48], outputs: 4, from: "t") == direct)
        #expect(try Architecture(parsing: Data(direct.json.utf8), from: "t") == direct)
    }

    /// A file of layers is as it was, and looks at neither shape.
    @Test func anArchitectureStaysWhatItIs() throws {
        let text = #"{"input":[3],"layers":[{"in":3,"kind":"linear","name":"preset","out":2}]}"#
        let file = try NetworkFile(parsing: Data(text.utf8), from: "t")
        #expect(try file.architecture(input: [9], outputs: 7, from: "t").json == text)
    }
}
