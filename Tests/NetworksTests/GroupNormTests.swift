import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

@Suite struct GroupNormTests {
    /// Channel counts that the kernels take whole, in halves, in eights and one by one.
    static let architectures = [
        image(channels: 4, groups: 2), image(channels: 3, groups: 1), image(channels: 3, groups: 3),
        image(channels: 8, groups: 2), image(channels: 60, groups: 5),
        Architecture(
            input: [5],
            layers: [
                .linear("a", in: 5, out: 12), .groupNorm("n1", 3, 12), .tanh, .groupNorm("n2", 2, 12),
                .linear("b", in: 12, out: 2),
            ]),
    ]

    private static func image(channels: Int, groups: Int) -> Architecture {
        Architecture(
            input: [channels, 2, 3],
            layers: [
                .groupNorm("n1", groups, channels), .tanh, .groupNorm("n2", groups, channels), .tanh, .flatten,
                .linear("a", in: channels * 6, out: 2),
            ])
    }

    @Test(arguments: architectures)
    func derivativesAgree(_ architecture: Architecture) throws { try NormalisationProblem(architecture).checkAll() }

    /// Oracle: the formula, in a loop over the image as written. Both sum 42 terms in double precision.
    @Test func valuesAreThoseOfTheFormula() throws {
        let architecture = Architecture(input: [6, 7, 2], layers: [.groupNorm("n", 2, 6), .flatten])
        let problem = try NormalisationProblem(architecture)
        let outputs = try problem.linearised(directions: 0).outputs
        for example in 0..<problem.inputs.rows {
            for group in 0..<2 {
                let x = problem.inputs.row(example)[group * 42..<(group + 1) * 42].array
                let mean = x.reduce(0, +) / 42
                let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 42
                for index in 0..<42 {
                    let channel = group * 3 + index / 14
                    let unit = (x[index] - mean) / (variance + 1e-5).squareRoot()
                    let expected = unit * problem.parameters.vector[channel] + problem.parameters.vector[6 + channel]
                    #expect(abs(outputs[example, group * 42 + index] - expected) < 1e-13 * max(1, abs(expected)))
                }
            }
        }
    }

    /// As for layer normalisation; here all of an image's first group is constant.
    @Test func constantGroupsAreFinite() throws {
        let inputs = Matrix<Float>(rows: 2, columns: 4 * 6)
        var source = RandomSource(seed: 3)
        inputs.elements.fillNormal(using: &source)
        inputs.columns(0..<12).fill(1e5)
        let architecture = Architecture(input: [4, 2, 3], layers: [.groupNorm("n", 2, 4), .flatten])
        let outputs = try freshOutputs(architecture, inputs).outputs
        #expect(outputs.columns(0..<12).array.allSatisfy { $0 == 0 })
        #expect(outputs.elements.isFinite)
    }

    @Test func wrongShapesAreRefused() {
        for (groups, channels) in [(2, 3), (3, 9)] {
            let fault = #expect(throws: Fault.self) {
                _ = try Network<Float>(
                    Architecture(input: [6, 2, 2], layers: [.groupNorm("n", groups, channels), .flatten]))
            }
            #expect(fault?.place == "layer 0 (group_norm n)")
        }
    }
}
