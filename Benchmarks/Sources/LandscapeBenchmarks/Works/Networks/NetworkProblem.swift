import Checkpoints
import Files
import Foundation
import LinearAlgebra
import Networks

/// The larger networks by the names of their files in `Benchmarks/networks`.
enum NetworkName: String {
    case mlp, cnn, resnet18, vit
}

/// One of the larger networks at a point, and examples for it; what the peers read too, so that both sides compute the
/// same numbers.
struct NetworkProblem {
    let name: NetworkName
    let network: Network<Float>
    let parameters: Parameters<Float>

    init(_ name: NetworkName) throws {
        self.name = name
        let path = Peers.networksFolder + "/\(name.rawValue).json"
        network = try Network(Architecture(parsing: AtomicFile.read(path), from: path))
        parameters = Parameters(initialising: network.layout, seed: 0)
    }

    /// Operations of the network's matrix products, for one example.
    var operations: OperationCount { OperationCount(network.architecture) }

    /// Uniform on [0, 1), `[count, inputs]`.
    func inputs(_ count: Int) -> Matrix<Float> {
        let result = Matrix<Float>(rows: count, columns: network.inputCount)
        var source = RandomSource(seed: 0, stream: "inputs")
        result.elements.fillUniform(bound: 0.5, using: &source)
        let shift = Vector<Float>(count: result.columns)
        shift.fill(0.5)
        for row in 0..<count { result.row(row).add(1, shift) }
        return result
    }

    func labels(_ count: Int) -> [Int] {
        var source = RandomSource(seed: 0, stream: "labels")
        return (0..<count).map { _ in source.index(below: network.outputCount) }
    }

    /// Standard normal, `[parameters]`.
    func vector() -> Vector<Float> {
        var source = RandomSource(seed: 0, stream: "vectors")
        let vector = Vector<Float>(count: network.layout.count)
        vector.fillNormal(using: &source)
        return vector
    }

    /// The network and the mean cross-entropy of `examples` examples.
    func linearised(examples: Int, directions: Int, workers: Workers) throws -> LinearisedNetwork<Float> {
        try LinearisedNetwork(
            network, at: parameters, inputs: inputs(examples), loss: CrossEntropy(labels: labels(examples)),
            directions: directions, workers: workers)
    }

    /// Runs `body` with a folder of the files that `peers/network_files.py` reads; it is gone afterwards.
    ///
    /// - Parameter data: adds inputs and what belongs to them.
    func withFiles(
        data: (inout SafetensorsWriter) throws -> Void, _ body: (_ folder: String) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "landscape-benchmark-\(name.rawValue)-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ file: String) -> String { folder.appendingPathComponent(file + ".safetensors").path }
        try Checkpoint.write(parameters, architecture: network.architecture, to: path("checkpoint"))
        var examples = SafetensorsWriter()
        try data(&examples)
        try examples.write(to: path("data"))
        var directions = SafetensorsWriter()
        let vector = vector()
        for entry in network.layout.entries {
            try directions.add("direction.0/" + entry.name, vector[entry.range].array, shape: entry.shape)
        }
        try directions.write(to: path("vector"))
        try body(folder.path)
    }

    /// As above, with the examples of `linearised(examples:directions:workers:)`.
    func withFiles(examples: Int, _ body: (_ folder: String) throws -> Void) throws {
        try withFiles { writer in
            try writer.add("inputs", inputs(examples).array, shape: [examples] + network.architecture.input)
            try writer.add("targets", labels(examples).map(Int64.init), shape: [examples])
        } _: { folder in
            try body(folder)
        }
    }
}
