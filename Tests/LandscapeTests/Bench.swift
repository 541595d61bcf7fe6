import Checkpoints
import Files
import LinearAlgebra
import Networks
import TestSupport

@testable import Landscape

/// Checkpoints and data files of a test's own, in a folder that goes with it.
struct Bench {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A linear map of two inputs to two outputs, `[[a, b], [c, d]]` and no bias.
    static let linear: Architecture = {
        var layer = LayerDescription.linear("w", in: 2, out: 2)
        layer.keys["bias"] = .flag(false)
        return Architecture(input: [2], layers: [layer])
    }()

    static func mlp(_ input: Int, _ hidden: Int, _ outputs: Int, _ activation: String = "relu") -> Architecture {
        Architecture(
            input: [input],
            layers: [
                .linear("fc1", in: input, out: hidden), LayerDescription(activation),
                .linear("fc2", in: hidden, out: outputs),
            ])
    }

    @discardableResult
    func checkpoint<Element: Scalar>(
        _ name: String, _ architecture: Architecture, _ parameters: [Element]? = nil, run: RunRecord? = nil
    ) throws -> String {
        let network = try Network<Element>(architecture)
        let vector = parameters.map { Vector($0) } ?? Parameters(initialising: network.layout, seed: 1).vector
        try Checkpoint.write(
            Parameters(layout: network.layout, vector: vector), architecture: architecture, run: run,
            to: folder.file(name))
        return folder.file(name)
    }

    func data(_ name: String, _ fill: (inout SafetensorsWriter) throws -> Void) throws -> String {
        var writer = SafetensorsWriter()
        try fill(&writer)
        try writer.write(to: folder.file(name))
        return folder.file(name)
    }

    /// `count` examples of two inputs, example i being (i, −i), with the class i mod `classes`.
    func labelled(_ name: String, count: Int, classes: Int = 2) throws -> String {
        try data(name) { writer in
            try writer.add("inputs", (0..<count).flatMap { [Float($0), -Float($0)] }, shape: [count, 2])
            try writer.add("targets", (0..<count).map { Int64($0 % classes) }, shape: [count])
        }
    }

    /// What is thrown, as a user reads it.
    func fault(_ configuration: ProblemConfiguration) -> Fault? {
        do throws(Fault) {
            let problem = try Problem<Double>(configuration)
            _ = try problem.linearised(directions: 0)
            return nil
        } catch {
            return error
        }
    }
}
