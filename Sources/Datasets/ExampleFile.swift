import Checkpoints
public import Files

/// Examples in a safetensors file: inputs with labels, with values, or as transitions of an agent.
public enum ExampleFile: Sendable {
    /// `inputs [N, …input]` with `targets [N]` of an integer type.
    case labelled(inputs: ExampleNumbers, labels: [Int])
    /// `inputs [N, …input]` with `targets [N, outputs]` of a floating-point type.
    case valued(inputs: ExampleNumbers, values: [Double])
    case transitions(TransitionSample)

    /// Reads the file and holds its shapes against `input`, the shape of one example.
    ///
    /// - Throws: `Fault` of kind `data` that names the tensor, its shape and the one needed.
    public init(reading path: String, input: [Int]) throws(Fault) {
        let file = try SafetensorsFile(reading: path)
        if file.contains("next_inputs") {
            self = .transitions(try TransitionSample(from: file, input: input))
            return
        }
        let count = try Self.count(of: "inputs", in: file, input: input)
        let targets = try file.entry(named: "targets")
        guard targets.shape.first == count else {
            throw Fault(
                .data, "has shape \(targets.shape) beside \(count) inputs", at: "\(path), tensor 'targets'",
                remedy: "Give one target an example")
        }
        if targets.shape.count == 1 {
            self = .labelled(
                inputs: try ExampleNumbers("inputs", from: file), labels: try file.integers("targets"))
        } else {
            guard targets.shape.count == 2 else {
                throw Fault(
                    .data, "has shape \(targets.shape); it must be [N] of integers or [N, outputs] of floats",
                    at: "\(path), tensor 'targets'")
            }
            self = .valued(inputs: try ExampleNumbers("inputs", from: file), values: try file.doubles("targets"))
        }
    }

    /// The number of examples in `tensor`, each of shape `input`.
    static func count(of tensor: String, in file: SafetensorsFile, input: [Int]) throws(Fault) -> Int {
        let shape = try file.entry(named: tensor).shape
        guard let count = shape.first, count > 0, Array(shape.dropFirst()) == input else {
            throw Fault(
                .data, "has shape \(shape) where the network takes [N\(input.map { ", \($0)" }.joined())]",
                at: "\(file.name), tensor '\(tensor)'", remedy: "Use data that this network was made for")
        }
        return count
    }
}
