public import Checkpoints
public import Files

/// Transitions (s, a, r, s′, terminal) that an agent has replayed: what its temporal-difference loss is taken over.
public struct TransitionSample: Sendable, Equatable {
    /// The shape of one observation.
    public var input: [Int]
    /// s, `[N, …input]`, row-major.
    public var inputs: [Float]
    /// a, `[N]`.
    public var actions: [Int]
    /// r, `[N]`.
    public var rewards: [Double]
    /// s′, `[N, …input]`.
    public var nextInputs: [Float]
    /// Whether s′ ends the episode, `[N]`.
    public var terminals: [Bool]

    public var count: Int { actions.count }

    public init(
        input: [Int], inputs: [Float], actions: [Int], rewards: [Double], nextInputs: [Float], terminals: [Bool]
    ) {
        self.input = input
        self.inputs = inputs
        self.actions = actions
        self.rewards = rewards
        self.nextInputs = nextInputs
        self.terminals = terminals
    }

    /// - Throws: `Fault` of kind `data` that names the tensor, its shape and the one needed.
    public init(from file: SafetensorsFile, input: [Int]) throws(Fault) {
        let count = try ExampleFile.count(of: "inputs", in: file, input: input)
        guard try ExampleFile.count(of: "next_inputs", in: file, input: input) == count else {
            throw Fault(.data, "has another number of examples than 'inputs'", at: "\(file.name), tensor 'next_inputs'")
        }
        for name in ["actions", "rewards", "terminals"] {
            let shape = try file.entry(named: name).shape
            guard shape == [count] else {
                throw Fault(.data, "has shape \(shape) and needs [\(count)]", at: "\(file.name), tensor '\(name)'")
            }
        }
        self.init(
            input: input, inputs: try file.floats("inputs"), actions: try file.integers("actions"),
            rewards: try file.doubles("rewards"), nextInputs: try file.floats("next_inputs"),
            terminals: try file.integers("terminals").map { $0 != 0 })
    }

    /// Writes the sample, whole or not at all.
    public func write(to path: String) throws(Fault) {
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        try writer.add("inputs", inputs, shape: [count] + input)
        try writer.add("next_inputs", nextInputs, shape: [count] + input)
        try writer.add("actions", actions.map(Int64.init), shape: [count])
        try writer.add("rewards", rewards.map(Float.init), shape: [count])
        try writer.add("terminals", terminals.map { $0 ? 1 : 0 } as [UInt8], shape: [count])
        try writer.write(to: path)
    }
}
