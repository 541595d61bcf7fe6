public import LinearAlgebra

/// Forward passes over any number of examples, and backward ones where a loss is given, some examples at a time: for
/// whoever looks at activations and at the gradient once.
///
/// Examples go through in the network's tiles, and everything is added up in their order: the result does not depend on
/// how many go together, nor on the workers.
public struct ExampleSweep<Element: Scalar>: Sendable {
    /// What the passes found.
    public struct Result: Sendable {
        /// f, `[N, outputs]`.
        public let outputs: Matrix<Element>
        /// ℓᵢ, `[N]`; empty without a loss.
        public let exampleLosses: [Double]
        /// ∇ of the mean loss, `[parameters]`; nil without a loss.
        public let gradient: Vector<Element>?
    }

    public let network: Network<Element>
    public let mode: PassMode
    public let workers: Workers
    /// What activations and cotangents may take together, in bytes; a tile is the least.
    public var blockBytes = 256 << 20

    public init(_ network: Network<Element>, mode: PassMode = .analysis, workers: Workers = .one) {
        self.network = network
        self.mode = mode
        self.workers = workers
    }

    /// Runs all examples through the network at θ.
    ///
    /// - Parameters:
    ///   - inputs: `[N, inputCount]`, at least one example.
    ///   - loss: of N examples; nil for forward passes alone.
    ///   - visit: sees the passes of each block after the forward pass, and which examples they are.
    public func run(
        at parameters: Parameters<Element>, inputs: Matrix<Element>, loss: (any OutputFunctional<Element>)? = nil,
        visit: (Backpropagation<Element>, Range<Int>) -> Void
    ) -> Result {
        let examples = inputs.rows
        precondition(loss?.exampleCount ?? examples == examples, "a loss of other examples than the \(examples)")
        let length = network.tileLength(examples: examples, mode: mode)
        let outputs = Matrix<Element>(rows: examples, columns: network.outputCount)
        let gradient = loss.map { _ in Vector<Element>(count: network.layout.count) }
        var losses: [Double] = []
        var passes: Backpropagation<Element>?
        let block = blockLength(tile: min(length, examples))
        for first in stride(from: 0, to: examples, by: block) {
            let range = first..<min(examples, first + block)
            let current: Backpropagation<Element>
            if let passes, passes.exampleCount == range.count {
                current = passes
            } else {
                current = Backpropagation(
                    network, examples: range.count, tileLength: length,
                    LinearisationConfiguration(directions: 0, mode: mode, workers: workers), sharing: passes)
            }
            passes = current
            current.load(inputs.rows(range))
            current.forward(at: parameters)
            outputs.rows(range).assign(current.outputs)
            visit(current, range)
            guard let loss, let gradient else { continue }
            let records = current.tiles.map {
                loss.makeRecord(examples: $0.output.examples, outputs: $0.output.width)
            }
            losses += current.backward(loss, from: first, records: records, at: parameters) { _ in }
            current.addGradient(
                at: parameters, into: gradient, isFirst: first == 0, isLast: range.upperBound == examples)
        }
        return Result(outputs: outputs, exampleLosses: losses, gradient: gradient)
    }

    /// Whole tiles that fit into `blockBytes`.
    private func blockLength(tile length: Int) -> Int {
        // A tile that is never touched takes address space alone.
        let tile = network.makeTile(examples: 0..<length, directions: 0)
        let bytes = max(1, tile.elementCount * MemoryLayout<Element>.stride)
        return length * max(1, blockBytes / bytes)
    }
}
