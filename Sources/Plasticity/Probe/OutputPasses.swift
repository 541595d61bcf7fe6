import LinearAlgebra
import Networks

/// Forward passes over any number of examples, some at a time, in analysis mode: what they take does not grow with N.
///
/// The network and N decide the blocks, so that the same bytes come out whoever computes.
struct OutputPasses<Element: Scalar> {
    private let passes: Backpropagation<Element>
    private let count: Int

    /// - Parameter examples: N.
    init(_ network: Network<Element>, examples: Int, workers: Workers) {
        count = examples
        passes = Backpropagation(
            network, examples: min(examples, 4 * network.tileLength(examples: examples)), workers: workers)
    }

    /// - Parameters:
    ///   - write: writes one example into a matrix of one row.
    ///   - use: takes the outputs of some examples, `[rows, outputs]`, in their order.
    func run(
        at parameters: Parameters<Element>, writing write: @Sendable (Matrix<Element>, Int) -> Void,
        using use: (Range<Int>, Matrix<Element>) -> Void
    ) {
        let length = passes.exampleCount
        for start in stride(from: 0, to: count, by: length) {
            // The last block is filled up from the beginning.
            passes.load { [count] examples, tile in
                for (row, example) in examples.enumerated() {
                    write(tile.rows(row..<row + 1), (start + example) % count)
                }
            }
            passes.forward(at: parameters)
            let rows = start..<min(count, start + length)
            use(rows, passes.outputs.rows(0..<rows.count))
        }
    }
}
