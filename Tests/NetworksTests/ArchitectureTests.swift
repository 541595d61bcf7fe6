import Files
import Foundation
import LinearAlgebra
import Networks
import Testing

/// The JSON document of an architecture, and what is said of one that cannot be.
@Suite struct ArchitectureTests {
    /// Oracle: the text itself. Equal architectures give equal text, and reading and writing again changes no byte.
    @Test(arguments: [
        #"{"input":[3],"layers":[{"bias":false,"in":3,"kind":"linear","name":"a/b","out":2}]}"#,
        #"{"input":[1,2],"layers":[{"kind":"flatten"},{"kind":"leaky_relu","slope":1},{"kind":"leaky_relu","slope":0.1}]}"#,
        #"{"input":[4],"layers":[{"body":[{"kind":"relu"}],"kind":"residual","shortcut":[{"kind":"tanh"}]}]}"#,
        #"{"input":[4],"layers":[{"kind":"layer_norm","name":"é\n","shape":[2,2],"eps":1e-05}]}"#,
    ]) func readingAndWritingIsStable(_ text: String) throws {
        let read = try Architecture(parsing: Data(text.utf8), from: "t")
        let written = try Architecture(parsing: Data(read.json.utf8), from: "t")
        #expect(written == read && written.json == read.json)
        let spaced = text.replacingOccurrences(of: ",", with: " ,\n ").replacingOccurrences(
            of: "1e-05", with: "0.00001")
        #expect(try Architecture(parsing: Data(spaced.utf8), from: "t").json == read.json)
    }

    @Test func theTextIsSortedAndOnOneLine() {
        let architecture = Architecture(input: [3], layers: [.linear("fc", in: 3, out: 2), .relu])
        #expect(
            architecture.json
                == #"{"input":[3],"layers":[{"in":3,"kind":"linear","name":"fc","out":2},{"kind":"relu"}]}"#)
    }

    @Test(arguments: [
        ("", "is not an architecture"),
        ("[]", "is not an architecture"),
        (#"{"layers":[]}"#, "no key 'input'"),
        (#"{"input":[3]}"#, "no key 'layers'"),
        (#"{"input":[3],"layers":[]}"#, "has no layers"),
        (#"{"input":[],"layers":[{"kind":"relu"}]}"#, "input shape [] is not a shape"),
        (#"{"input":[0],"layers":[{"kind":"relu"}]}"#, "input shape [0] is not a shape"),
        (#"{"input":[-3],"layers":[{"kind":"relu"}]}"#, "input shape [-3] is not a shape"),
        (#"{"input":[4294967296,4294967296,2],"layers":[{"kind":"relu"}]}"#, "is not a shape"),
        (#"{"input":[9223372036854775807,9223372036854775807],"layers":[{"kind":"relu"}]}"#, "is not a shape"),
        (#"{"input":[1.5],"layers":[{"kind":"relu"}]}"#, "input"),
        (#"{"input":[1e99],"layers":[{"kind":"relu"}]}"#, "input"),
        (#"{"input":[3],"layers":[{"name":"fc"}]}"#, "no key 'kind' at layers.[0]"),
        (#"{"input":[3],"layers":[{"kind":3}]}"#, "layers.[0].kind"),
        (#"{"input":[3],"layers":[{"kind":"linear","in":{"a":1}}]}"#, "layers.[0].in"),
        (#"{"input":[3],"layers":[{"kind":"linear","in":null}]}"#, "layers.[0].in"),
    ]) func whatIsNoArchitectureIsRefused(_ text: String, _ words: String) {
        let fault = #expect(throws: Fault.self) { try Architecture(parsing: Data(text.utf8), from: "arch.json") }
        #expect(fault?.kind == .data && fault?.place == "arch.json")
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
    }

    @Test(arguments: [
        (#"{"kind":"wibble"}"#, ["layer 0 (wibble)", "of a kind", "linear"]),
        (#"{"kind":"linear","name":"fc","in":3,"out":2,"inn":3}"#, ["layer 0 (linear fc)", "'inn'"]),
        (#"{"kind":"linear","in":3,"out":2}"#, ["lacks the key 'name'"]),
        (#"{"kind":"linear","name":"fc","out":2}"#, ["lacks the key 'in'"]),
        (#"{"kind":"linear","name":"fc","in":-3,"out":2}"#, ["'in'", "1 to 16777216"]),
        (#"{"kind":"linear","name":"fc","in":3,"out":0}"#, ["'out'", "1 to 16777216"]),
        (#"{"kind":"linear","name":"fc","in":3,"out":9223372036854775807}"#, ["'out'", "1 to 16777216"]),
        (#"{"kind":"linear","name":"fc","in":3,"out":1e300}"#, ["'out'", "1 to 16777216"]),
        (#"{"kind":"linear","name":"fc","in":"three","out":2}"#, ["'in'", "three"]),
        (#"{"kind":"linear","name":"fc","in":3,"out":2,"bias":1}"#, ["'bias'", "true or false"]),
        (#"{"kind":"linear","name":"fc","in":3,"out":2,"spectral_norm":1}"#, ["'spectral_norm'", "true or false"]),
        (#"{"kind":"linear","name":["fc"],"in":3,"out":2}"#, ["layers.[0].name"]),
        (#"{"kind":"leaky_relu","slope":"steep"}"#, ["'slope'", "a finite number"]),
        (#"{"kind":"gelu","approximate":"roughly"}"#, ["'roughly'", "none or tanh"]),
        (#"{"kind":"relu"}"#, ["has no parameters"]),
        (#"{"kind":"linear","name":"fc","in":4,"out":2}"#, ["layer 0 (linear fc)", "[3]", "[4]"]),
        (
            #"{"kind":"linear","name":"fc","in":3,"out":2},{"kind":"relu"},{"kind":"linear","name":"top","in":5,"out":1}"#,
            ["layer 2 (linear top)", "[2]", "[5]"]
        ),
        (
            #"{"kind":"linear","name":"fc","in":3,"out":3},{"kind":"linear","name":"fc","in":3,"out":3}"#,
            ["two layers", "'fc.weight'"]
        ),
    ]) func aLayerThatCannotBeIsNamed(_ layers: String, _ words: [String]) {
        let fault = #expect(throws: Fault.self) {
            try Network<Float>(Architecture(parsing: Data(#"{"input":[3],"layers":[\#(layers)]}"#.utf8), from: "a"))
        }
        #expect(fault?.kind == .data)
        for word in words { #expect(fault?.description.contains(word) == true, "\(fault?.description ?? "")") }
    }

    /// An input that is not flat where a layer needs it so, and outputs that are no row.
    @Test func shapesThatAreNotRowsAreNamed() {
        let images = Architecture(input: [1, 4, 4], layers: [.linear("fc", in: 16, out: 2)])
        let first = #expect(throws: Fault.self) { try Network<Float>(images) }
        #expect(first?.description.contains("[1, 4, 4]") == true && first?.description.contains("[…, 16]") == true)
    }

    /// Tensors are added in time in proportion to their number: a search for each name among all before would be 2 · 10¹⁰
    /// comparisons.
    @Test(.timeLimit(.minutes(1))) func manyTensorsAreLaidOutInTime() throws {
        var layout = ParameterLayout()
        for index in 0..<200_000 {
            _ = try layout.add("t\(index)", shape: [2], role: .bias, initialisation: .constant(0))
        }
        #expect(throws: Fault.self) { try layout.add("t77777", shape: [2], role: .bias, initialisation: .constant(0)) }
        #expect(layout.entries[7].range == 14..<16 && layout.count == 400_000 && layout.entries.count == 200_000)
    }

    /// Bodies within bodies: refused or read, at any depth, without the stack's end.
    @Test(arguments: [10, 200, 600, 20_000, 400_000]) func deepNestingDoesNotCrash(_ depth: Int) {
        let open = #"{"kind":"residual","body":["#
        let close = "]}"
        let layers =
            String(repeating: open, count: depth) + #"{"kind":"relu"}"# + String(repeating: close, count: depth)
        let text = #"{"input":[3],"layers":["# + layers + "]}"
        let fault = #expect(throws: Fault.self) {
            let architecture = try Architecture(parsing: Data(text.utf8), from: "a")
            _ = architecture.json
            _ = try Network<Float>(architecture)
        }
        #expect(fault?.kind == .data)
    }
}
