import Files
import LinearAlgebra

/// What stands between the two linear layers of `attention`: o = P v with P = softmax(S), S = q kᵀ/√d, for every head of
/// every example; rows of q, k, v `[T, 3·D]` become rows of `[T, D]`. Every factor is a view with strides: no number
/// moves.
///
/// It has no parameters, and its input depends on them always. The tangents of P and of δS are kept in a form in which
/// each is one pass over a row: with G = δP − Σ P ∘ δP (a row's sum),
///
///     δS = P ∘ G,   Ṗ = P ∘ (Ṡ − Σ P ∘ Ṡ),   δṠ = Ṗ ∘ G + P ∘ δṖ − P Σ (Ṗ ∘ G + P ∘ δṖ).
struct AttentionHeads<Element: Scalar>: Layer {
    let outputShape: ExampleShape
    private let tokens: Int
    /// D, and d.
    private let width: Int
    private let headWidth: Int
    private let heads: Int
    /// 1/√d.
    private let scale: Element

    init(tokens: Int, width: Int, heads: Int) {
        self.tokens = tokens
        self.width = width
        self.heads = heads
        headWidth = width / heads
        scale = Element(1 / Double(width / heads).squareRoot())
        outputShape = ExampleShape([tokens, width])
    }

    init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        throw reader.fault("is of a kind that architectures do not have")
    }

    /// P and G, `[n · heads · T, T]`; and Ṗ of each direction.
    func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        let rows = input.examples * heads * tokens
        return LayerRecord(
            saved: [Matrix(rows: rows, columns: tokens), Matrix(rows: rows, columns: tokens)],
            tangents: [Matrix(rows: input.directions * rows, columns: tokens)])
    }

    /// P = softmax(q kᵀ/√d), o = P v
    func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        forEachHead(tile, point) { head in
            let x = projections(tile.input.value, head)
            let p = weights(tile, head)
            p.assign(product: x.q.plain, x.k.transposed, times: scale)
            p.replaceRowsBySoftmax()
            output(tile.output.value, head).assign(product: p.plain, x.v.plain)
        }
    }

    /// δP = δo vᵀ, δv = Pᵀ δo, δq = δS k/√d, δk = δSᵀ q/√d
    func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        forEachHead(tile, point) { head in
            let x = projections(tile.input.value, head)
            let dx = projections(tile.input.cotangent, head)
            let dy = output(tile.output.cotangent, head)
            let (p, g) = (weights(tile, head), bends(tile, head))
            g.assign(product: dy.plain, x.v.transposed)
            point.scratch.withMatrix(rows: tokens, columns: tokens) { ds in
                ds.assign(softmaxCotangent: g, weights: p)
                dx.q.assign(product: ds.plain, x.k.plain, times: scale)
                dx.k.assign(product: ds.transposed, x.q.plain, times: scale)
            }
            dx.v.assign(product: p.transposed, dy.plain)
        }
    }

    /// Ṡ = (q̇ kᵀ + q k̇ᵀ)/√d, ȯ = Ṗ v + P v̇
    func forwardTangent(_ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        forEachHead(tile, point) { head in
            let x = projections(tile.input.value, head)
            let p = weights(tile, head)
            for direction in 0..<directions.count {
                let t = projections(tile.input.tangent(direction), head)
                let pt = weightsTangent(tile, head, direction)
                pt.assign(product: t.q.plain, x.k.transposed, times: scale)
                pt.assign(product: x.q.plain, t.k.transposed, times: scale, scaling: 1)
                pt.replaceRowsBySoftmaxTangent(weights: p)
                let result = output(tile.output.tangent(direction), head)
                result.assign(product: pt.plain, x.v.plain)
                result.assign(product: p.plain, t.v.plain, scaling: 1)
            }
        }
    }

    /// δṖ = δȯ vᵀ + δo v̇ᵀ, δv̇ = Pᵀ δȯ + Ṗᵀ δo, δq̇ = (δṠ k + δS k̇)/√d, δk̇ = (δṠᵀ q + δSᵀ q̇)/√d
    func backwardTangent(_ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        forEachHead(tile, point) { head in
            point.scratch.withMatrix(rows: 2 * tokens, columns: tokens) { both in
                let memory = (both.rows(0..<tokens), both.rows(tokens..<2 * tokens))
                for direction in 0..<directions.count {
                    pullBack(tile, head, directions[direction], memory)
                }
            }
        }
    }

    private func pullBack(
        _ tile: LayerTile<Element>, _ head: Int, _ direction: Direction<Element>,
        _ memory: (Matrix<Element>, Matrix<Element>)
    ) {
        let x = projections(tile.input.value, head)
        let result = projections(tile.input.cotangentTangent(direction.index), head)
        let dyt = output(tile.output.cotangentTangent(direction.index), head)
        let p = weights(tile, head)
        let (dst, ds) = memory
        dst.assign(product: dyt.plain, x.v.transposed)
        result.v.assign(product: p.transposed, dyt.plain)
        guard direction.order == .second else {
            dst.replaceRowsBySoftmaxTangent(weights: p)
            result.q.assign(product: dst.plain, x.k.plain, times: scale)
            result.k.assign(product: dst.transposed, x.q.plain, times: scale)
            return
        }
        let t = projections(tile.input.tangent(direction.index), head)
        let dy = output(tile.output.cotangent, head)
        let pt = weightsTangent(tile, head, direction.index)
        dst.assign(product: dy.plain, t.v.transposed, scaling: 1)
        result.v.assign(product: pt.transposed, dy.plain, scaling: 1)
        dst.replaceRowsBySoftmaxCotangentTangent(weights: p, tangent: pt, bends: bends(tile, head), cotangent: ds)
        result.q.assign(product: dst.plain, x.k.plain, times: scale)
        result.q.assign(product: ds.plain, t.k.plain, times: scale, scaling: 1)
        result.k.assign(product: dst.transposed, x.q.plain, times: scale)
        result.k.assign(product: ds.transposed, t.q.plain, times: scale, scaling: 1)
    }

    /// Heads touch nothing of one another: a task each.
    private func forEachHead(_ tile: LayerTile<Element>, _ point: Point<Element>, _ body: @Sendable (Int) -> Void) {
        point.workers.forEach(tile.examples * heads, body)
    }

    /// q, k and v of head number `head`, counted through all examples: views `[T, d]`.
    private func projections(
        _ rows: Matrix<Element>, _ head: Int
    ) -> (q: Matrix<Element>, k: Matrix<Element>, v: Matrix<Element>) {
        let example = rows.row(head / heads).matrix(rows: tokens, columns: 3 * width)
        let start = head % heads * headWidth
        return (
            example.columns(start..<start + headWidth),
            example.columns(width + start..<width + start + headWidth),
            example.columns(2 * width + start..<2 * width + start + headWidth)
        )
    }

    /// The head's part of the output, a view `[T, d]`.
    private func output(_ rows: Matrix<Element>, _ head: Int) -> Matrix<Element> {
        let start = head % heads * headWidth
        return rows.row(head / heads).matrix(rows: tokens, columns: width).columns(start..<start + headWidth)
    }

    /// P, `[T, T]`.
    private func weights(_ tile: LayerTile<Element>, _ head: Int) -> Matrix<Element> {
        tile.record.saved[0].rows(head * tokens..<(head + 1) * tokens)
    }

    /// G, `[T, T]`.
    private func bends(_ tile: LayerTile<Element>, _ head: Int) -> Matrix<Element> {
        tile.record.saved[1].rows(head * tokens..<(head + 1) * tokens)
    }

    /// Ṗ, `[T, T]`.
    private func weightsTangent(_ tile: LayerTile<Element>, _ head: Int, _ direction: Int) -> Matrix<Element> {
        let place = direction * tile.examples * heads + head
        return tile.record.tangents[0].rows(place * tokens..<(place + 1) * tokens)
    }
}
