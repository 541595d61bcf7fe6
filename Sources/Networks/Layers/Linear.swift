public import Files
public import LinearAlgebra

/// `linear`: y = x Wᵀ + b with W `[out, in]`, on rows of examples.
///
/// Fresh weights and biases are uniform on ±1/√in, PyTorch's default.
public struct Linear<Element: Scalar>: Layer {
    public let inputs: Int
    public let outputs: Int
    private let weightRange: Range<Int>
    private let biasRange: Range<Int>?

    public var outputShape: [Int] { [outputs] }
    public var isInPlace: Bool { false }

    public init(_ reader: inout LayerReader, input: [Int], parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        inputs = try reader.size("in")
        outputs = try reader.size("out")
        let hasBias = try reader.flag("bias", default: true)
        guard try !reader.flag("spectral_norm", default: false) else {
            throw reader.fault("has spectral_norm, which this version cannot analyse")
        }
        guard input == [inputs] else { throw reader.mismatch(got: input, needed: "[\(inputs)]") }
        let initial = Initialisation.uniform(bound: 1 / Double(inputs).squareRoot())
        weightRange = try parameters.add(name + ".weight", shape: [outputs, inputs], initialisation: initial)
        biasRange =
            hasBias ? try parameters.add(name + ".bias", shape: [outputs], initialisation: initial) : nil
    }

    public func makeRecord(examples: Int, directions: Int) -> LayerRecord<Element> { LayerRecord() }

    /// y = x Wᵀ + b
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        let x = tile.input.value
        let y = tile.output.value
        let w = weight(point.parameters)
        let bias = biasRange.map { point.parameters[$0] }
        if let bias { y.fillRows(with: bias) }
        forPanels(of: outputs, (rows: x.rows, inner: inputs), point.workers) { panel in
            y.columns(panel).assign(product: x.plain, w.rows(panel).transposed, scaling: bias == nil ? 0 : 1)
        }
    }

    /// δx = δy W
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        let dy = tile.output.cotangent
        let dx = tile.input.cotangent
        let w = weight(point.parameters)
        forPanels(of: inputs, (rows: dy.rows, inner: outputs), point.workers) { panel in
            dx.columns(panel).assign(product: dy.plain, w.columns(panel).plain)
        }
    }

    /// ẏ = x Vᵀ + c + ẋ Wᵀ, with V and c the direction's weight and bias
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        let x = tile.input.value
        let w = weight(point.parameters)
        forPanels(of: outputs, (rows: x.rows * directions.count, inner: inputs), point.workers) { panel in
            for direction in 0..<directions.count {
                let v = directions.vectors[direction]
                let part = tile.output.tangent(direction).columns(panel)
                if let biasRange { part.fillRows(with: v[biasRange][panel]) }
                part.assign(
                    product: x.plain, weight(v).rows(panel).transposed, scaling: biasRange == nil ? 0 : 1)
            }
            if !tile.input.isConstant {
                tile.output.tangents(directions.count).columns(panel).assign(
                    product: tile.input.tangents(directions.count).plain, w.rows(panel).transposed, scaling: 1)
            }
        }
    }

    /// δ̇x = δ̇y W + δy V
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        let dy = tile.output.cotangent
        let w = weight(point.parameters)
        forPanels(of: inputs, (rows: dy.rows * directions.count, inner: outputs), point.workers) { panel in
            tile.input.cotangentTangents(directions.count).columns(panel).assign(
                product: tile.output.cotangentTangents(directions.count).plain, w.columns(panel).plain)
            guard directions.order == .second else { return }
            for direction in 0..<directions.count {
                tile.input.cotangentTangent(direction).columns(panel).assign(
                    product: dy.plain, weight(directions.vectors[direction]).columns(panel).plain, scaling: 1)
            }
        }
    }

    /// Rows of W, with their biases: a piece is a stretch of whole output units, so that no sum crosses pieces.
    public var gradientPieces: [[Range<Int>]] {
        unitPanels.map { units in
            let weights = weightRange.lowerBound + units.lowerBound * inputs
            let bias = biasRange.map { [$0.lowerBound + units.lowerBound..<$0.lowerBound + units.upperBound] } ?? []
            return [weights..<weights + units.count * inputs] + bias
        }
    }

    /// ∂W = δyᵀ x, ∂b = Σ δy
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, scaling beta: Element,
        into gradient: Vector<Element>
    ) {
        let units = unitPanels[piece]
        let dy = tile.output.cotangent.columns(units)
        let part = weight(gradient).rows(units)
        for panel in Panels.cut(units.count, width: Panels.width(rows: inputs, inner: dy.rows)) {
            part.rows(panel).assign(product: dy.columns(panel).transposed, tile.input.value.plain, scaling: beta)
        }
        if let biasRange { gradient[biasRange][units].assign(columnSums: dy, scaling: beta) }
    }

    /// ∂Ẇ = δ̇yᵀ x + δyᵀ ẋ, ∂ḃ = Σ δ̇y
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, along directions: Directions<Element>, direction: Int,
        scaling beta: Element, into result: Vector<Element>
    ) {
        let units = unitPanels[piece]
        let part = weight(result).rows(units)
        let tangent = tile.output.cotangentTangent(direction).columns(units)
        let bends = directions.order == .second && !tile.input.isConstant
        if bends && direction == 0 {
            part.assign(
                product: tile.output.pairedCotangents.columns(units).transposed, tile.input.pairedValues.plain,
                scaling: beta)
        } else {
            part.assign(product: tangent.transposed, tile.input.value.plain, scaling: beta)
            if bends {
                part.assign(
                    product: tile.output.cotangent.columns(units).transposed, tile.input.tangent(direction).plain,
                    scaling: 1)
            }
        }
        if let biasRange { result[biasRange][units].assign(columnSums: tangent, scaling: beta) }
    }

    /// ⟨∂ℓᵢ, ∂ℓⱼ⟩ = (δᵢ · δⱼ)(xᵢ · xⱼ + 1): the gradient of one example is the outer product of δ and x, and δ for b.
    public func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, into block: Matrix<Element>
    ) {
        let cotangents = Matrix<Element>(rows: block.rows, columns: block.columns)
        let inputs = Matrix<Element>(rows: block.rows, columns: block.columns)
        cotangents.assign(product: rows.cotangent.plain, columns.cotangent.transposed)
        inputs.assign(product: rows.input.plain, columns.input.transposed)
        block.add(hadamard: cotangents, inputs, offset: biasRange == nil ? 0 : 1)
    }

    private func weight(_ flat: Vector<Element>) -> Matrix<Element> {
        flat[weightRange].matrix(rows: outputs, columns: inputs)
    }

    private var unitPanels: [Range<Int>] { Panels.cut(outputs) }

    /// Cuts a product with few rows by columns, so that workers can share it; its sizes decide, not the workers.
    private func forPanels(
        of columns: Int, _ size: (rows: Int, inner: Int), _ workers: Workers, _ body: @Sendable (Range<Int>) -> Void
    ) {
        guard size.rows <= Panels.sharedRows else { return body(0..<columns) }
        let panels = Panels.cut(columns, width: Panels.width(rows: size.rows, inner: size.inner))
        workers.forEach(panels.count) { body(panels[$0]) }
    }
}

/// Columns of a product, cut into stretches of even length: the unit of work that threads share.
enum Panels {
    /// Wide enough that a GEMM reaches its speed, narrow enough that a layer of 512 makes four.
    static let width = 128
    /// A product with more rows than this is one task.
    static let sharedRows = 128
    /// OpenBLAS multiplies without first packing both factors where rows · columns · inner is at most this
    /// (`sgemm_small_matrix_permit`), which at a batch of 32 is 1.2 to 1.4 times as fast.
    private static let directSize = 1_000_000

    /// How wide panels are in a product of `rows` and `inner`: so narrow that it is direct, where that leaves 16 columns.
    static func width(rows: Int, inner: Int) -> Int {
        let direct = directSize / max(1, rows * inner) / 16 * 16
        return direct >= 16 ? min(width, direct) : width
    }

    /// Stretches of even length, or, where they are narrower than `Panels.width`, of exactly `width` but for the last:
    /// kernels work on 16 columns at a time.
    static func cut(_ columns: Int, width: Int = Panels.width) -> [Range<Int>] {
        guard width == Panels.width else {
            return stride(from: 0, to: columns, by: width).map { $0..<min(columns, $0 + width) }
        }
        let count = max(1, columns / width)
        return (0..<count).map { columns * $0 / count..<columns * ($0 + 1) / count }
    }
}
