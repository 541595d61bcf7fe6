import Checkpoints
import Datasets
import Foundation
import Landscape
import LinearAlgebra
import Networks
import Training

/// A network at a point, its data and its loss: the Hessian that all libraries are asked about.
struct SpectrumProblem {
    let name: String
    let network: Network<Float>
    let parameters: Parameters<Float>
    let inputs: Matrix<Float>
    /// Labels for cross-entropy, or values for squared errors.
    let targets: Targets<Float>

    var loss: any Loss<Float> {
        switch targets {
        case .labels(let labels): CrossEntropy(labels: labels)
        case .values(let values): SquaredError(targets: values)
        case .selected: preconditionFailure("no problem here has such targets")
        }
    }

    func hessian(directions: Int, workers: Workers) throws -> CurvatureOperator<Float> {
        let linearised = try LinearisedNetwork(
            network, at: parameters, inputs: inputs, loss: loss, directions: directions, workers: workers)
        return CurvatureOperator(.hessian, of: linearised)
    }

    /// 49-32-32-10, tanh, trained with Adam on 1024 procedural digits of 7×7 pixels until most are learnt: a Hessian of
    /// 2986 parameters with a bulk near 0 and outliers.
    static func trained(steps: Int = 300) throws -> SpectrumProblem {
        let layers: [LayerDescription] = [
            .linear("fc1", in: 49, out: 32), LayerDescription("tanh"),
            .linear("fc2", in: 32, out: 32), LayerDescription("tanh"),
            .linear("fc3", in: 32, out: 10),
        ]
        let network = try Network<Float>(Architecture(input: [49], layers: layers))
        let digits = ProceduralImages.digits(count: 1024, seed: 0, split: .train)
        let inputs = shrunk(digits, by: 4)
        let parameters = Parameters<Float>(initialising: network.layout, seed: 0)
        let training = TrainingStep(
            network, parameters: parameters,
            optimiser: try Optimiser(.adam(learningRate: 0.01), parameterCount: network.layout.count),
            examples: inputs.rows, workers: .one)
        let loss = CrossEntropy<Float>(labels: digits.labels)
        for _ in 0..<steps { _ = try training.run(loss, inputs: inputs) }
        return SpectrumProblem(
            name: "trained", network: network, parameters: parameters, inputs: inputs, targets: .labels(digits.labels))
    }

    /// 784-512-512-10, the network of the other works: 669 706 parameters.
    static func large() throws -> SpectrumProblem {
        let problem = try BenchmarkProblem<Float>()
        let count = HessianProductWork.batch
        return SpectrumProblem(
            name: "784-512-512-10", network: problem.network, parameters: problem.parameters,
            inputs: problem.inputs(count), targets: .values(problem.targets(count)))
    }

    /// Images as means over squares of `factor` pixels a side.
    private static func shrunk(_ images: ImageSet, by factor: Int) -> Matrix<Float> {
        let width = images.shape[2] / factor
        let height = images.shape[1] / factor
        let numbers = images.floats()
        let result = Matrix<Float>(rows: images.count, columns: width * height)
        for image in 0..<images.count {
            for row in 0..<images.shape[1] {
                for column in 0..<images.shape[2] {
                    let pixel = numbers[image * images.imageSize + row * images.shape[2] + column]
                    result[image, row / factor * width + column / factor] += pixel / Float(factor * factor)
                }
            }
        }
        return result
    }

    /// Writes the files that the peers read to `folder`, and finds the exact eigenvalues there where an earlier run has
    /// left them for the same files.
    ///
    /// - Parameter top: those of largest magnitude alone.
    /// - Returns: exact eigenvalues, ascending.
    func prepare(in folder: String, top: Int?, python: String, threads: Int) throws -> [Double] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let known = "\(folder)/exact.json"
        let files = ["checkpoint", "data"].map { "\(folder)/\($0).safetensors" }
        let before = files.map { FileManager.default.contents(atPath: $0) }
        try Checkpoint.write(parameters, architecture: network.architecture, to: files[0])
        var data = SafetensorsWriter()
        try data.add("inputs", inputs.array, shape: [inputs.rows, inputs.columns])
        switch targets {
        case .labels(let labels): try data.add("targets", labels.map(Int64.init), shape: [labels.count])
        case .values(let values): try data.add("targets", values.array, shape: [values.rows, values.columns])
        case .selected: break
        }
        try data.write(to: files[1])
        if files.map({ FileManager.default.contents(atPath: $0) }) == before,
            let saved = FileManager.default.contents(atPath: known),
            let values = try? JSONDecoder().decode([Double].self, from: saved)
        {
            return values
        }
        let values = try SpectrumPeer.exact(folder: folder, top: top, python: python, threads: threads)
        try JSONEncoder().encode(values).write(to: URL(fileURLWithPath: known))
        return values
    }
}
