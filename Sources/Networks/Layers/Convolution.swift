public import Files
public import LinearAlgebra

/// `conv2d`: y[p] = Σₖ W[k] x[p·stride + k − padding] + b with W `[out, in, kernel, kernel]`, on images.
///
/// Written below as y = col(x) W̃ᵀ + b, with a row of col(x) for each position: what the window there sees. The rows
/// are never written out; loops of our own multiply them where they lie (`WindowPlan`). Fresh weights and biases are
/// uniform on ±1/√(in · kernel²), PyTorch's default.
public struct Convolution<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    private let outputs: Int
    private let weight: ConvolutionWeight<Element>
    private let biasRange: Range<Int>?
    private let pieces: [Range<Int>]
    private let groups: ConvolutionGroups<Element>

    public static var inputOrder: AxisOrder? { .channelsLast }
    public var needsGradient: Bool { weight.hasSpectralNorm }
    public var affinity: Affinity { weight.hasSpectralNorm ? .none : .inParameters }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        let inputs = try reader.size("in")
        outputs = try reader.size("out")
        let shape = WindowShape(
            kernel: try reader.size("kernel"), stride: try reader.size("stride", default: 1),
            padding: try reader.count("padding", default: 0))
        let hasBias = try reader.flag("bias", default: true)
        let hasSpectralNorm = try reader.flag("spectral_norm", default: false)
        guard input.isImage, input.extents[0] == inputs else {
            throw reader.mismatch(got: input, needed: "[\(inputs), height, width]")
        }
        let (height, width) = (input.extents[1], input.extents[2])
        guard shape.outputs(height) > 0, shape.outputs(width) > 0 else {
            let least = shape.kernel - 2 * shape.padding
            throw reader.mismatch(got: input, needed: "height and width of at least \(least)")
        }
        outputShape = ExampleShape(
            [outputs, shape.outputs(height), shape.outputs(width)], order: .channelsLast)
        let bound = 1 / Double(inputs * shape.kernel * shape.kernel).squareRoot()
        weight = try ConvolutionWeight(
            name, (outputs, inputs, bound), shape, image: (height, width), hasSpectralNorm: hasSpectralNorm,
            parameters: &parameters)
        biasRange =
            hasBias
            ? try parameters.add(name + ".bias", shape: [outputs], role: .bias, initialisation: .uniform(bound: bound))
            : nil
        pieces = weight.pieces
        groups = ConvolutionGroups(width: input.width + outputShape.width)
    }

    public func prepare(_ point: Point<Element>) { weight.prepare(point) }

    public func prepareTangent(_ point: Point<Element>, along directions: Directions<Element>) {
        weight.prepareTangent(point, along: directions)
    }

    /// y = col(x) W̃ᵀ + b
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        let w = weight.ahead(point)
        groups.forEach(tile.examples, point.workers) { examples in
            tile.output.value.rows(examples).assign(
                windows: tile.input.value.rows(examples), times: w, weight.aheadPlan,
                plus: biasRange.map { point.parameters[$0] })
        }
    }

    /// δx = colᵀ(δy W̃)
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        let w = weight.back(point)
        groups.forEach(tile.examples, point.workers) { examples in
            tile.input.cotangent.rows(examples).assign(
                windows: tile.output.cotangent.rows(examples), times: w, weight.backPlan)
        }
    }

    /// ẏ = col(x) Ṽᵀ + c + col(ẋ) W̃ᵀ, with V and c the direction's weight and bias
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        let w = weight.ahead(point)
        groups.forEach(tile.examples, point.workers) { examples in
            for index in 0..<directions.count {
                let direction = directions[index]
                let y = tile.output.tangent(index).rows(examples)
                y.assign(
                    windows: tile.input.value.rows(examples), times: weight.ahead(direction), weight.aheadPlan,
                    plus: biasRange.map { direction.vector[$0] })
                guard !tile.input.isConstant else { continue }
                y.add(windows: tile.input.tangent(index).rows(examples), times: w, weight.aheadPlan)
            }
        }
    }

    /// δ̇x = colᵀ(δ̇y W̃ + δy Ṽ)
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        let w = weight.back(point)
        groups.forEach(tile.examples, point.workers) { examples in
            for index in 0..<directions.count {
                let dx = tile.input.cotangentTangent(index).rows(examples)
                dx.assign(windows: tile.output.cotangentTangent(index).rows(examples), times: w, weight.backPlan)
                guard directions.order == .second else { continue }
                dx.add(
                    windows: tile.output.cotangent.rows(examples), times: weight.back(directions[index]),
                    weight.backPlan)
            }
        }
    }

    /// Output units with their biases.
    public var gradientPieces: [[Range<Int>]] {
        pieces.map { units in [weight.parameterRange(units)] + (biasRange(units).map { [$0] } ?? []) }
    }

    /// ∂W̃ᵀ = col(x)ᵀ δy, ∂b = Σ δy; transposed only when the sum is finished
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        let units = pieces[piece]
        let sum = weight.sum(units, in: target)
        sum.add(
            correlating: tile.input.value, with: tile.output.cotangent, columns: units, weight.aheadPlan)
        addBias(units, tile.output.cotangent, into: target)
    }

    public func finishGradient(piece: Int, _ point: Point<Element>, in target: GradientTarget<Element>) {
        weight.finishGradient(pieces[piece], point, in: target)
    }

    /// ∂W̃̇ᵀ = col(x)ᵀ δ̇y + col(ẋ)ᵀ δy, ∂ḃ = Σ δ̇y
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        let units = pieces[piece]
        let sum = weight.sum(units, in: target)
        let tangent = tile.output.cotangentTangent(direction.index)
        sum.add(correlating: tile.input.value, with: tangent, columns: units, weight.aheadPlan)
        if direction.order == .second && !tile.input.isConstant {
            sum.add(
                correlating: tile.input.tangent(direction.index), with: tile.output.cotangent, columns: units,
                weight.aheadPlan)
        }
        addBias(units, tangent, into: target)
    }

    public func finishGradientTangent(
        piece: Int, _ point: Point<Element>, along direction: Direction<Element>, in target: GradientTarget<Element>
    ) {
        weight.finishGradientTangent(pieces[piece], point, along: direction, in: target)
    }

    /// Where there are few positions: a pair costs positions² · (out + k² in) that way, and out · k² in once the
    /// gradients, 2 positions · out · k² in each, are formed.
    public func prefersPairs(examples: Int) -> Bool {
        let positions = Double(weight.aheadPlan.positions)
        let (out, inner) = (Double(outputs), Double(weight.aheadPlan.rows))
        let formed = out * inner * (Double(examples) + 2 * positions)
        return !weight.hasSpectralNorm && positions * positions * (out + inner) * Double(examples) < formed
    }

    /// ⟨∂ℓᵢ, ∂ℓⱼ⟩ = Σ over positions p of i and q of j of (δᵢₚ · δⱼ_q)(col(xᵢ)ₚ · col(xⱼ)_q + 1)
    public func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, _ point: Point<Element>,
        into block: Matrix<Element>
    ) {
        let plan = weight.aheadPlan
        let numbers = plan.positions * plan.rows
        // As many examples at a time as keep their windows, written out, near the cache: 1 MB.
        let length = max(1, (1 << 20) / MemoryLayout<Element>.stride / numbers)
        for first in stride(from: 0, to: block.rows, by: length) {
            let i = first..<min(block.rows, first + length)
            point.scratch.withMatrix(rows: i.count * plan.positions, columns: plan.rows) { left in
                left.assign(windows: rows.input.rows(i), plan)
                for second in stride(from: 0, to: block.columns, by: length) {
                    let j = second..<min(block.columns, second + length)
                    point.scratch.withMatrix(rows: j.count * plan.positions, columns: plan.rows) { right in
                        right.assign(windows: columns.input.rows(j), plan)
                        addProducts(
                            (left, rows.cotangent.rows(i).reshaped(columns: outputs)),
                            (right, columns.cotangent.rows(j).reshaped(columns: outputs)), point,
                            into: block.rows(i).columns(j))
                    }
                }
            }
        }
    }

    private func addProducts(
        _ left: (windows: Matrix<Element>, cotangents: Matrix<Element>),
        _ right: (windows: Matrix<Element>, cotangents: Matrix<Element>), _ point: Point<Element>,
        into block: Matrix<Element>
    ) {
        point.scratch.withMatrix(rows: left.windows.rows, columns: right.windows.rows) { windows in
            point.scratch.withMatrix(rows: left.windows.rows, columns: right.windows.rows) { cotangents in
                windows.assign(product: left.windows.plain, right.windows.transposed)
                cotangents.assign(product: left.cotangents.plain, right.cotangents.transposed)
                block.add(
                    blockSums: cotangents, windows, offset: biasRange == nil ? 0 : 1,
                    block: weight.aheadPlan.positions)
            }
        }
    }

    private func addBias(_ units: Range<Int>, _ cotangent: Matrix<Element>, into target: GradientTarget<Element>) {
        guard let range = biasRange(units) else { return }
        target[range].assign(
            columnSums: cotangent.reshaped(columns: outputs).columns(units), scaling: target.scaling)
    }

    private func biasRange(_ units: Range<Int>) -> Range<Int>? {
        biasRange.map { $0.lowerBound + units.lowerBound..<$0.lowerBound + units.upperBound }
    }
}
