/// What one output of each example is regressed on: the output (the action taken) and y, its target.
///
/// Shared by reference, so that whoever trains can write the next batch where a loss reads it, and allocate nothing.
public final class SelectedTargets: @unchecked Sendable {
    /// The output of each example that has a target, `[N]`.
    public private(set) var outputs: [Int]
    /// y, `[N]`.
    public private(set) var values: [Double]

    public var count: Int { outputs.count }

    public init(outputs: [Int], values: [Double]) {
        precondition(outputs.count == values.count, "\(outputs.count) outputs with \(values.count) targets")
        self.outputs = outputs
        self.values = values
    }

    /// Places for `count` examples.
    public convenience init(count: Int) {
        self.init(outputs: [Int](repeating: 0, count: count), values: [Double](repeating: 0, count: count))
    }

    /// Writes the target of one example; not while a loss that reads it is at work.
    public subscript(example: Int) -> (output: Int, value: Double) {
        get { (outputs[example], values[example]) }
        set { (outputs[example], values[example]) = newValue }
    }
}
