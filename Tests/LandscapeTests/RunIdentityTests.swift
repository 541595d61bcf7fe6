import Checkpoints
import LinearAlgebra
import Networks
import TestSupport
import Testing

@testable import Landscape

@Suite struct RunIdentityTests {
    /// Oracle: vectors of the reference implementation and of its Python binding.
    @Test(
        arguments: [
            ("", 0, 0xEF46_DB37_51D8_E999 as UInt64), ("a", 0, 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0, 0x44BC_2CF5_AD77_0999),
            ("xxhash", 20_141_025, 0xB559_B98D_844E_0635),
            ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64, UInt64)])
    func hashIsXXH64(text: String, seed: UInt64, expected: UInt64) {
        let bytes = Array(text.utf8)
        #expect(ContentHash.xxh64(bytes.span.bytes, seed: seed) == expected)
    }

    @Test func hashSeesEveryBitOfNumbers() {
        var first = ContentHash()
        var second = ContentHash()
        let numbers = Vector<Float>((0..<3_000_000).map { Float($0 % 977) })
        first.add(numbers)
        let changed = numbers.copy()
        changed[2_999_999].negate()
        second.add(changed)
        #expect(first != second)
        #expect(first.text.count == 16)
    }

    @Test func equalFactsGiveEqualText() {
        var first = RunIdentity(command: "hessian", version: "1")
        first.add(["steps": 80, "seed": 0 as UInt64, "tolerance": 0.1])
        var second = RunIdentity(command: "hessian", version: "1")
        second.add(["tolerance": 0.1, "seed": 0 as UInt64])
        #expect(first.hash != second.hash)
        second.add(["steps": 80])
        #expect(first.json == second.json)
        #expect(first.json == #"{"command":"hessian","seed":"0","steps":"80","tolerance":"0.1","version":"1"}"#)
        #expect(RunIdentity(json: first.json) == first)
    }

    /// Whatever defines the point or its loss changes the identity; where its files lie does not.
    @Test func problemStandsForItselfByItsContent() throws {
        let bench = try Bench()
        let data = try bench.labelled("data", count: 8)
        let shifted = try bench.data("shifted") { writer in
            try writer.add("inputs", (0..<8).flatMap { [Float($0), -Float($0)] }, shape: [8, 2])
            try writer.add("targets", (0..<8).map { Int64(($0 + 1) % 2) }, shape: [8])
        }
        let moved = try bench.data("moved") { writer in
            try writer.add("inputs", (0..<8).flatMap { [Float($0), Float($0)] }, shape: [8, 2])
            try writer.add("targets", (0..<8).map { Int64($0 % 2) }, shape: [8])
        }
        let point = try bench.checkpoint("a", Bench.linear, [1, 2, 3, 4] as [Float])
        let copy = try bench.checkpoint("b", Bench.linear, [1, 2, 3, 4] as [Float])
        let other = try bench.checkpoint("c", Bench.linear, [1, 2, 3, 5] as [Float])
        func facts(_ point: String, _ data: String, loss: LossKind = .huber) throws -> RunIdentity {
            var identity = RunIdentity(command: "test", version: "1")
            let configuration = ProblemConfiguration(checkpoint: point, data: data, loss: loss)
            identity.add(try Problem<Float>(configuration))
            return identity
        }
        let base = try facts(point, data)
        #expect(try facts(copy, data) == base)
        #expect(base.differences(from: try facts(other, data)) == ["checkpoint content"])
        #expect(base.differences(from: try facts(point, shifted)) == ["targets content"])
        #expect(base.differences(from: try facts(point, moved)) == ["inputs content"])
        #expect(base.differences(from: try facts(point, data, loss: .meanSquaredError)).contains("loss"))
        var tanh = Bench.linear
        tanh.layers.append(LayerDescription("tanh"))
        let bent = try bench.checkpoint("d", tanh, [1, 2, 3, 4] as [Float])
        #expect(base.differences(from: try facts(bent, data)) == ["checkpoint content"])
    }
}
