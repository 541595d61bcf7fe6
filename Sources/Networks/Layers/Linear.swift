public import Files
public import LinearAlgebra

/// `linear`: y = x Wᵀ + b with W `[out, in]`, on the last dimension.
///
/// Fresh weights and biases are uniform on ±1/√in, PyTorch's default.
public struct Linear<Element: Scalar>: Layer {
    public let inputs: Int
    public let outputs: Int
    public let outputShape: ExampleShape
    /// Rows that one example makes: 1, or its tokens.
    private let rowsPerExample: Int
    private let weight: Weight<Element>
    private let biasRange: Range<Int>?
    private let pieces: [Range<Int>]

    public static var inputOrder: AxisOrder? { .asWritten }
    public var needsGradient: Bool { weight.hasSpectralNorm }
    public var affinity: Affinity { weight.hasSpectralNorm ? .none : .inParameters }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        inputs = try reader.size("in")
        outputs = try reader.size("out")
        let hasBias = try reader.flag("bias", default: true)
        let hasSpectralNorm = try reader.flag("spectral_norm", default: false)
        guard input.extents.last == inputs else {
            throw reader.mismatch(got: input, needed: input.extents.count == 1 ? "[\(inputs)]" : "[…, \(inputs)]")
        }
        outputShape = ExampleShape(input.extents.dropLast() + [outputs])
        rowsPerExample = input.width / inputs
        let bound = 1 / Double(inputs).squareRoot()
        weight = try Weight(
            name, shape: [outputs, inputs], bound: bound, hasSpectralNorm: hasSpectralNorm, parameters: &parameters)
        biasRange =
            hasBias
            ? try parameters.add(name + ".bias", shape: [outputs], role: .bias, initialisation: .uniform(bound: bound))
            : nil
        pieces = weight.pieces(Array(Panels.cut(outputs)))
    }

    public func prepare(_ point: Point<Element>) { weight.prepare(point) }

    public func prepareTangent(_ point: Point<Element>, along directions: Directions<Element>) {
        weight.prepareTangent(point, along: directions)
    }

    /// y = x Wᵀ + b
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        let x = inputRows(tile.input.value)
        let y = outputRows(tile.output.value)
        let w = weight.value(point)
        let bias = biasRange.map { point.parameters[$0] }
        if let bias { y.fillRows(with: bias) }
        forPanels(of: outputs, (rows: x.rows, inner: inputs), point.workers, isTransposed: true) { panel in
            y.columns(panel).assign(product: x.plain, w.rows(panel).transposed, scaling: bias == nil ? 0 : 1)
        }
    }

    /// δx = δy W
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        let dy = outputRows(tile.output.cotangent)
        let dx = inputRows(tile.input.cotangent)
        let w = weight.value(point)
        forPanels(of: inputs, (rows: dy.rows, inner: outputs), point.workers) { panel in
            dx.columns(panel).assign(product: dy.plain, w.columns(panel).plain)
        }
    }

    /// ẏ = x Vᵀ + c + ẋ Wᵀ, with V and c the direction's weight and bias
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        let x = inputRows(tile.input.value)
        let w = weight.value(point)
        forPanels(of: outputs, (rows: x.rows * directions.count, inner: inputs), point.workers) { panel in
            for index in 0..<directions.count {
                let direction = directions[index]
                let part = outputRows(tile.output.tangent(index)).columns(panel)
                if let biasRange { part.fillRows(with: direction.vector[biasRange][panel]) }
                part.assign(
                    product: x.plain, weight.tangent(direction).rows(panel).transposed,
                    scaling: biasRange == nil ? 0 : 1)
            }
            if !tile.input.isConstant {
                outputRows(tile.output.tangents(directions.count)).columns(panel).assign(
                    product: inputRows(tile.input.tangents(directions.count)).plain, w.rows(panel).transposed,
                    scaling: 1)
            }
        }
    }

    /// δ̇x = δ̇y W + δy V
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        let dy = outputRows(tile.output.cotangent)
        let w = weight.value(point)
        forPanels(of: inputs, (rows: dy.rows * directions.count, inner: outputs), point.workers) { panel in
            inputRows(tile.input.cotangentTangents(directions.count)).columns(panel).assign(
                product: outputRows(tile.output.cotangentTangents(directions.count)).plain, w.columns(panel).plain)
            guard directions.order == .second else { return }
            for index in 0..<directions.count {
                inputRows(tile.input.cotangentTangent(index)).columns(panel).assign(
                    product: dy.plain, weight.tangent(directions[index]).columns(panel).plain, scaling: 1)
            }
        }
    }

    /// Rows of W, with their biases: a piece is a stretch of whole output units, so that no sum crosses pieces.
    public var gradientPieces: [[Range<Int>]] {
        pieces.map { units in [weight.parameterRange(units)] + (biasRange(units).map { [$0] } ?? []) }
    }

    /// ∂W = δyᵀ x, ∂b = Σ δy
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        let units = pieces[piece]
        let dy = outputRows(tile.output.cotangent).columns(units)
        let part = weight.gradient(units, in: target)
        for panel in Panels.cut(units.count, width: Panels.width(rows: inputs, inner: dy.rows)) {
            part.rows(panel).assign(
                product: dy.columns(panel).transposed, inputRows(tile.input.value).plain, scaling: target.scaling)
        }
        if let range = biasRange(units) { target[range].assign(columnSums: dy, scaling: target.scaling) }
    }

    public func finishGradient(piece: Int, _ point: Point<Element>, in target: GradientTarget<Element>) {
        weight.finishGradient(pieces[piece], point, in: target)
    }

    /// ∂Ẇ = δ̇yᵀ x + δyᵀ ẋ, ∂ḃ = Σ δ̇y
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        let units = pieces[piece]
        let part = weight.gradient(units, in: target)
        let tangent = outputRows(tile.output.cotangentTangent(direction.index)).columns(units)
        let bends = direction.order == .second && !tile.input.isConstant
        if bends && direction.index == 0 {
            part.assign(
                product: outputRows(tile.output.pairedCotangents).columns(units).transposed,
                inputRows(tile.input.pairedValues).plain, scaling: target.scaling)
        } else {
            part.assign(product: tangent.transposed, inputRows(tile.input.value).plain, scaling: target.scaling)
            if bends {
                part.assign(
                    product: outputRows(tile.output.cotangent).columns(units).transposed,
                    inputRows(tile.input.tangent(direction.index)).plain, scaling: 1)
            }
        }
        if let range = biasRange(units) { target[range].assign(columnSums: tangent, scaling: target.scaling) }
    }

    public func finishGradientTangent(
        piece: Int, _ point: Point<Element>, along direction: Direction<Element>, in target: GradientTarget<Element>
    ) {
        weight.finishGradientTangent(pieces[piece], point, along: direction, in: target)
    }

    /// Always where an example is one row; tokens, whose gradients are sums, are cheaper formed.
    public func prefersPairs(examples: Int) -> Bool { rowsPerExample == 1 }

    /// ⟨∂ℓᵢ, ∂ℓⱼ⟩ = (δᵢ · δⱼ)(xᵢ · xⱼ + 1): the gradient of one example is the outer product of δ and x, and δ for b.
    public func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, _ point: Point<Element>,
        into block: Matrix<Element>
    ) {
        let cotangents = Matrix<Element>(rows: block.rows, columns: block.columns)
        let inputs = Matrix<Element>(rows: block.rows, columns: block.columns)
        cotangents.assign(product: rows.cotangent.plain, columns.cotangent.transposed)
        inputs.assign(product: rows.input.plain, columns.input.transposed)
        if weight.hasSpectralNorm {
            inputs.elements.multiply(by: cotangents.elements)
            weight.correct(inputs, rows, columns, point)
            block.add(1, inputs)
            if biasRange != nil { block.add(1, cotangents) }
        } else {
            block.add(hadamard: cotangents, inputs, offset: biasRange == nil ? 0 : 1)
        }
    }

    private func inputRows(_ matrix: Matrix<Element>) -> Matrix<Element> {
        rowsPerExample == 1 ? matrix : matrix.reshaped(columns: inputs)
    }

    private func outputRows(_ matrix: Matrix<Element>) -> Matrix<Element> {
        rowsPerExample == 1 ? matrix : matrix.reshaped(columns: outputs)
    }

    private func biasRange(_ units: Range<Int>) -> Range<Int>? {
        biasRange.map { $0.lowerBound + units.lowerBound..<$0.lowerBound + units.upperBound }
    }

    /// Cuts a product with few rows by columns, so that workers can share it; its sizes decide, not the workers.
    private func forPanels(
        of columns: Int, _ size: (rows: Int, inner: Int), _ workers: Workers, isTransposed: Bool = false,
        _ body: @Sendable (Range<Int>) -> Void
    ) {
        guard size.rows <= Panels.sharedRows else { return body(0..<columns) }
        let width = Panels.width(rows: size.rows, inner: size.inner, isTransposed: isTransposed)
        let panels = Panels.cut(columns, width: width)
        workers.forEach(panels.count) { body(panels[$0]) }
    }
}
