import Files
import Landscape
import Networks
import Testing

@testable import Landscape

@Suite struct ParameterSelectionTests {
    private func layout() throws -> ParameterLayout {
        let network = try Network<Float>(
            Architecture(
                input: [2],
                layers: [
                    .linear("fc1", in: 2, out: 3), LayerDescription("relu"), .linear("fc10", in: 3, out: 4),
                    LayerDescription("relu"), .linear("head", in: 4, out: 2),
                ]))
        return network.layout
    }

    /// Oracle: the layout by hand: fc1 6 + 3, fc10 12 + 4, head 8 + 2 numbers.
    @Test func patternsBecomeRanges() throws {
        let layout = try layout()
        let everything = try ParameterSelection(of: layout)
        #expect(everything.isEverything && everything.count == 35 && everything.ranges == [0..<35])
        let first = try ParameterSelection(["fc1.*"], of: layout)
        #expect(first.entries.map(\.name) == ["fc1.weight", "fc1.bias"] && first.ranges == [0..<9])
        #expect(try ParameterSelection(["fc1"], of: layout).ranges == first.ranges)
        let biases = try ParameterSelection(["*.bias"], of: layout)
        #expect(biases.ranges == [6..<9, 21..<25, 33..<35] && !biases.isEverything)
        #expect(biases.entries.map(\.local) == [0..<3, 3..<7, 7..<9])
        let both = try ParameterSelection(["head.weight", "fc1?.w*"], of: layout)
        #expect(both.entries.map(\.name) == ["fc10.weight", "head.weight"] && both.ranges == [9..<21, 25..<33])
        #expect(both.groups(by: .layer).map(\.name) == ["fc10", "head"])
        #expect(both.groups(by: .tensor).map(\.name) == ["fc10.weight", "head.weight"])
        #expect(both.groups(by: .layer).map(\.ranges) == [[0..<12], [12..<20]])
        #expect(everything.groups(by: .layer).map(\.count) == [9, 16, 10])
    }

    @Test func whatMatchesNothingIsRefusedWithTheNearestNames() throws {
        let fault = #expect(throws: Fault.self) { try ParameterSelection(["fc1.*", "haed"], of: layout()) }
        #expect(fault?.kind == .usage)
        #expect(fault?.description.contains("'haed'") == true && fault?.remedy.contains("head") == true)
    }

    @Test(arguments: [
        ("fc1.weight", "fc1.*", true), ("fc1.weight", "*", true), ("fc1.weight", "*w*t", true),
        ("fc1.weight", "fc1", true), ("fc10.weight", "fc1", false), ("a.b.c", "a.b", true), ("a.b.c", "b", false),
        ("fc1.weight", "fc?.weight", true), ("fc1.weight", "", false), ("abab", "*ab", true), ("aab", "*aab*", true),
        ("aaab", "a*ab?", false),
    ])
    func globs(name: String, pattern: String, expected: Bool) {
        #expect(ParameterSelection.matches(name, pattern) == expected)
    }

    @Test func distances() {
        #expect(ParameterSelection.distance("kitten", "sitting") == 3)
        #expect(ParameterSelection.distance("", "abc") == 3 && ParameterSelection.distance("fc1", "fc1") == 0)
    }
}
