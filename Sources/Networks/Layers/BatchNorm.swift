public import Files
public import LinearAlgebra

/// `batch_norm2d`: y = γ x̂ + β, channel by channel, with x̂ = (x − μ)/√(σ² + ε).
///
/// In an analysis μ and σ² are the buffers `running_mean` and `running_var`, and the layer is an affine map. In
/// `PassMode.batchStatistics` and in training they are those (σ² biased) of all positions of all examples, which couples
/// the examples; all derivatives go through them. Training moves the buffers by a tenth of the way to the batch's mean
/// and unbiased variance.
///
/// Source: Ioffe and Szegedy 2015, "Batch normalization"; buffers as PyTorch moves them.
public struct BatchNorm<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    private let channels: Int
    private let epsilon: Double
    private let weight: Range<Int>
    private let bias: Range<Int>
    private let runningMean: Range<Int>
    private let runningVariance: Range<Int>
    /// The statistics of an analysis, in `Point.derived`.
    private let derived: Range<Int>
    private let scratch = Scratch<Double>()

    private static var momentum: Double { 0.1 }

    public static var inputOrder: AxisOrder? { .channelsLast }
    public var couplesExamples: Bool { true }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        channels = try reader.size("channels")
        epsilon = try reader.epsilon()
        guard input.isImage, input.extents[0] == channels else {
            throw reader.mismatch(got: input, needed: "[\(channels), height, width]")
        }
        outputShape = input
        let shape = [channels]
        weight = try parameters.add(name + ".weight", shape: shape, role: .gain, initialisation: .constant(1))
        bias = try parameters.add(name + ".bias", shape: shape, role: .bias, initialisation: .constant(0))
        runningMean = try parameters.addBuffer(name + ".running_mean", shape: shape, initialisation: .constant(0))
        runningVariance = try parameters.addBuffer(name + ".running_var", shape: shape, initialisation: .constant(1))
        derived = parameters.addDerived(count: ChannelNormalisation<Element>.statisticsCount * channels)
    }

    /// Of each example the sums that are its gradient (of coupled examples the first row is that of all); of the tangents
    /// the same; and the batch's statistics, and those of the tangents.
    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        typealias Block = ChannelNormalisation<Element>
        return LayerRecord(
            saved: [Matrix(rows: input.examples, columns: Block.sumsCount * channels)],
            tangents: [
                Matrix(rows: input.room * input.examples, columns: Block.sumsCount * channels),
                Matrix(rows: Block.statisticsCount, columns: channels),
                Matrix(rows: input.room * Block.tangentStatisticsCount, columns: channels),
            ])
    }

    /// The statistics of an analysis: μ and 1/√(σ² + ε) of the buffers.
    public func prepare(_ point: Point<Element>) {
        guard !point.mode.couplesExamples else { return }
        let statistics = statistics(point.derived)
        statistics.fill(0)
        statistics.row(0).assign(point.buffers[runningMean])
        let variances = point.buffers[runningVariance]
        let roots = statistics.row(2)
        for channel in 0..<channels {
            roots[channel] = Element(1 / (Double(variances[channel]) + epsilon).squareRoot())
        }
    }

    /// y = γ x̂ + β
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        forEachBlock(tile, point) { block in
            let running = RunningStatistics(
                mean: point.buffers[runningMean], variance: point.buffers[runningVariance], momentum: Self.momentum)
            block.normalisation.forward(
                beta: point.parameters[bias], epsilon: epsilon,
                running: point.mode == .training ? running : nil, into: block.part(tile.output.value))
        }
    }

    /// δx = ρ (g − ⟨g⟩ − ⟨g x̂⟩ x̂) with g = γ δy, ρ = 1/√(σ² + ε); in an analysis ρ g
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        forEachBlock(tile, point) { block in
            block.normalisation.backward(
                block.part(tile.output.cotangent), sums: block.sums(tile.record.saved[0]),
                into: tile.input.isConstant ? nil : block.part(tile.input.cotangent))
        }
    }

    /// ẏ = γ x̂̇ + γ̇ x̂ + β̇ with x̂̇ = ρ (ẋ − ⟨ẋ⟩ − ⟨ẋ x̂⟩ x̂); in an analysis ρ ẋ
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        for index in 0..<directions.count {
            let vector = directions.vectors[index]
            forEachBlock(tile, point) { block in
                block.normalisation.forwardTangent(
                    block.tangent(tile, index), gamma: vector[weight], beta: vector[bias],
                    into: block.part(tile.output.tangent(index)))
            }
        }
    }

    /// δ̇x = ρ (ġ − ⟨ġ⟩ − ⟨ġ x̂ + g x̂̇⟩ x̂ − ⟨g x̂⟩ x̂̇ − ⟨ẋ x̂⟩ δx) with ġ = γ δ̇y + γ̇ δy; in an analysis ρ ġ
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        for index in 0..<directions.count {
            let first = index * tile.examples
            let sums = tile.record.tangents[0].rows(first..<first + tile.examples)
            let gamma = directions.vectors[index][weight]
            forEachBlock(tile, point) { block in
                block.normalisation.backwardTangent(
                    block.part(tile.output.cotangentTangent(index)), along: block.tangent(tile, index),
                    second: directions.order == .first
                        ? nil
                        : (block.part(tile.output.cotangent), block.sums(tile.record.saved[0]), gamma),
                    sums: block.sums(sums),
                    into: tile.input.isConstant ? nil : block.part(tile.input.cotangentTangent(index)))
            }
        }
    }

    public var gradientPieces: [[Range<Int>]] { [[weight, bias]] }

    /// ∂γ = Σ δy x̂, ∂β = Σ δy: the sums that `backward` left.
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        add(tile.record.saved[0], point, to: target)
    }

    /// ∂γ̇ = Σ δ̇y x̂ + δy x̂̇, ∂β̇ = Σ δ̇y: the sums that `backwardTangent` left.
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        let first = direction.index * tile.examples
        add(tile.record.tangents[0].rows(first..<first + tile.examples), point, to: target)
    }

    private func add(_ sums: Matrix<Element>, _ point: Point<Element>, to target: GradientTarget<Element>) {
        let sums = point.mode.couplesExamples ? sums.rows(0..<1) : sums
        target[bias].assign(columnSums: sums.columns(0..<channels), scaling: target.scaling)
        target[weight].assign(columnSums: sums.columns(channels..<2 * channels), scaling: target.scaling)
    }

    private func statistics(_ derived: Vector<Element>) -> Matrix<Element> {
        derived[self.derived].matrix(rows: ChannelNormalisation<Element>.statisticsCount, columns: channels)
    }

    /// Runs `body` for each block whose statistics are computed together: one example after another where they are
    /// constant; else all examples, whose rows workers share because the tile is alone.
    private func forEachBlock(
        _ tile: LayerTile<Element>, _ point: Point<Element>, _ body: (BatchNormBlock<Element>) -> Void
    ) {
        func block(_ examples: Range<Int>, _ statistics: Matrix<Element>, _ workers: Workers?) {
            body(
                BatchNormBlock(
                    examples: examples, channels: channels,
                    normalisation: ChannelNormalisation(
                        tile.input.value.rows(examples).reshaped(columns: channels), statistics: statistics,
                        areConstant: workers == nil, gamma: point.parameters[weight], scratch: scratch,
                        workers: workers)))
        }
        if point.mode.couplesExamples {
            block(0..<tile.examples, tile.record.tangents[1], point.workers)
        } else {
            let statistics = statistics(point.derived)
            for example in 0..<tile.examples { block(example..<example + 1, statistics, nil) }
        }
    }
}

/// Examples of a tile that share statistics.
private struct BatchNormBlock<Element: Scalar> {
    let examples: Range<Int>
    let channels: Int
    let normalisation: ChannelNormalisation<Element>

    /// The block's positions × channels of a boundary's matrix.
    func part(_ matrix: Matrix<Element>) -> Matrix<Element> {
        matrix.rows(examples).reshaped(columns: channels)
    }

    /// The block's sums, in the row of its first example.
    func sums(_ matrix: Matrix<Element>) -> Matrix<Element> {
        matrix.row(examples.lowerBound).matrix(
            rows: ChannelNormalisation<Element>.sumsCount, columns: channels)
    }

    /// ẋ of one direction, with the memory for its statistics.
    func tangent(_ tile: LayerTile<Element>, _ index: Int) -> ChannelNormalisation<Element>.Tangent {
        let count = ChannelNormalisation<Element>.tangentStatisticsCount
        return .init(
            tile.input.isConstant ? nil : part(tile.input.tangent(index)),
            statistics: tile.record.tangents[2].rows(count * index..<count * (index + 1)))
    }
}
