import LinearAlgebra

/// The GEMM calls of one Hessian product and nothing else: the same shapes, strides, tiles and order, on the same
/// workers. What a product takes beyond it is elementwise work, bias sums and the hand-over between threads.
///
/// The calls are written down here by hand, after `Linear.swift`; their number of operations is checked against the
/// formula in `HessianProductWork`.
final class GemmCalls<Element: Scalar>: Sendable {
    private struct Call: Sendable {
        let a: Factor<Element>
        let b: Factor<Element>
        let result: Matrix<Element>
        let beta: Element
        let operations: Double

        init(
            _ a: Matrix<Element>, _ aIsTransposed: Bool, _ b: Factor<Element>, _ result: Matrix<Element>,
            _ beta: Element
        ) {
            self.a = aIsTransposed ? a.transposed : a.plain
            self.b = b
            self.result = result
            self.beta = beta
            operations = 2 * Double(result.rows * result.columns * (aIsTransposed ? a.rows : a.columns))
        }
    }

    /// What crosses between two layers, laid out as `Boundary` of the library is: `[tangents, last first; value]` and
    /// `[cotangent; cotangents' tangents]`, so that the pair of the first direction is one matrix.
    private struct Crossing {
        let values: Matrix<Element>
        let cotangents: Matrix<Element>
        let examples: Int
        let directions: Int

        init(examples: Int, width: Int, directions: Int, source: inout RandomSource) {
            self.examples = examples
            self.directions = directions
            values = Matrix(rows: examples * (1 + directions), columns: width)
            cotangents = Matrix(rows: examples * (1 + directions), columns: width)
            values.elements.fillUniform(bound: 0.01, using: &source)
            cotangents.elements.fillUniform(bound: 0.01, using: &source)
        }

        var value: Matrix<Element> { values.rows(directions * examples..<values.rows) }
        var tangents: Matrix<Element> { values.rows(0..<directions * examples) }
        var cotangent: Matrix<Element> { cotangents.rows(0..<examples) }
        var cotangentTangents: Matrix<Element> { cotangents.rows(examples..<cotangents.rows) }
        var pairedValues: Matrix<Element> { values.rows((directions - 1) * examples..<values.rows) }
        var pairedCotangents: Matrix<Element> { cotangents.rows(0..<2 * examples) }

        func tangent(_ direction: Int) -> Matrix<Element> {
            let first = (directions - 1 - direction) * examples
            return values.rows(first..<first + examples)
        }

        func cotangentTangent(_ direction: Int) -> Matrix<Element> {
            cotangents.rows((direction + 1) * examples..<(direction + 2) * examples)
        }
    }

    private let tiles: [[Call]]
    private let pieces: [[Call]]
    private let workers: Workers

    /// Multiplications and additions, all calls together.
    var operations: Double { (tiles + pieces).joined().reduce(0) { $0 + $1.operations } }

    func run() {
        for tasks in [tiles, pieces] {
            workers.forEach(tasks.count) { task in
                for call in tasks[task] { call.result.assign(product: call.a, call.b, scaling: call.beta) }
            }
        }
    }

    init(widths: [Int], batch: Int, tile length: Int, directions: Int, workers: Workers) {
        precondition(batch % length == 0 && length * directions > 128, "tiles that the library would cut further")
        self.workers = workers
        var source = RandomSource(seed: 0, stream: "gemm calls")
        let layers = zip(widths, widths.dropFirst()).map { (inputs: $0, outputs: $1) }
        func weights() -> [Matrix<Element>] {
            layers.map { layer in
                let matrix = Matrix<Element>(rows: layer.outputs, columns: layer.inputs)
                matrix.elements.fillUniform(bound: 0.01, using: &source)
                return matrix
            }
        }
        let point = weights()
        let along = (0..<directions).map { _ in weights() }
        let results = (0..<directions).map { _ in weights() }
        let boundaries = (0..<batch / length).map { _ in
            widths.map { Crossing(examples: length, width: $0, directions: directions, source: &source) }
        }
        tiles = boundaries.map { at in
            var calls: [Call] = []
            for layer in layers.indices {
                let from = at[layer]
                let to = at[layer + 1]
                for d in 0..<directions {
                    calls.append(Call(from.value, false, along[d][layer].transposed, to.tangent(d), 1))
                }
                if layer > 0 { calls.append(Call(from.tangents, false, point[layer].transposed, to.tangents, 1)) }
            }
            for layer in layers.indices.reversed() where layer > 0 {
                let from = at[layer]
                let to = at[layer + 1]
                calls.append(Call(to.cotangentTangents, false, point[layer].plain, from.cotangentTangents, 0))
                for d in 0..<directions {
                    calls.append(Call(to.cotangent, false, along[d][layer].plain, from.cotangentTangent(d), 1))
                }
            }
            return calls
        }
        pieces = (0..<directions).flatMap { d in
            layers.indices.flatMap { layer in
                Self.panels(layers[layer].outputs).map { units in
                    boundaries.enumerated().flatMap { number, at in
                        Self.gradient(
                            from: at[layer], to: at[layer + 1], units, d, results[d][layer], isFirst: number == 0,
                            isConstant: layer == 0)
                    }
                }
            }
        }
    }

    /// The gradient of some units' weights: one call over values and tangents stacked, or two where they are not
    /// neighbours.
    private static func gradient(
        from: Crossing, to: Crossing, _ units: Range<Int>, _ direction: Int, _ result: Matrix<Element>, isFirst: Bool,
        isConstant: Bool
    ) -> [Call] {
        let part = result.rows(units)
        let beta: Element = isFirst ? 0 : 1
        if isConstant {
            return [Call(to.cotangentTangent(direction).columns(units), true, from.value.plain, part, beta)]
        }
        if direction == 0 {
            return [Call(to.pairedCotangents.columns(units), true, from.pairedValues.plain, part, beta)]
        }
        return [
            Call(to.cotangentTangent(direction).columns(units), true, from.value.plain, part, beta),
            Call(to.cotangent.columns(units), true, from.tangent(direction).plain, part, 1),
        ]
    }

    /// As `Panels` of the library cuts output units.
    private static func panels(_ units: Int) -> [Range<Int>] {
        let count = max(1, units / 128)
        return (0..<count).map { units * $0 / count..<units * ($0 + 1) / count }
    }
}
