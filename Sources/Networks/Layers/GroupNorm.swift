public import Files
public import LinearAlgebra

/// `group_norm`: y = γ x̂ + β with x̂ = (x − μ)/√(σ² + ε), μ and σ² (biased) those of a group of adjacent channels at all
/// positions of an image. γ and β are a channel's. Fresh γ are 1, fresh β 0.
///
/// Source: Wu and He 2018, "Group normalization".
public struct GroupNorm<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    private let channels: Int
    private let groups: Int
    private let epsilon: Double
    private let weight: Range<Int>
    private let bias: Range<Int>
    private let scratch = Scratch<Double>()

    public static var inputOrder: AxisOrder? { .channelsLast }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        groups = try reader.size("groups")
        channels = try reader.size("channels")
        epsilon = try reader.epsilon()
        guard channels % groups == 0 else {
            throw reader.fault(
                "divides \(channels) channels into \(groups) groups", remedy: "Let 'groups' divide 'channels'")
        }
        guard input.isImage || input.extents.count == 1, input.extents[0] == channels else {
            throw reader.mismatch(got: input, needed: "[\(channels), height, width] or [\(channels)]")
        }
        outputShape = input
        weight = try parameters.add(name + ".weight", shape: [channels], role: .gain, initialisation: .constant(1))
        bias = try parameters.add(name + ".bias", shape: [channels], role: .bias, initialisation: .constant(0))
    }

    /// Of each example the sums that are its gradient and its groups' statistics; and both of the tangents.
    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        typealias Block = ChannelNormalisation<Element>
        let tangents = input.room * input.examples
        return LayerRecord(
            saved: [
                Matrix(rows: input.examples, columns: Block.sumsCount * channels),
                Matrix(rows: input.examples, columns: Block.statisticsCount * groups),
            ],
            tangents: [
                Matrix(rows: tangents, columns: Block.sumsCount * channels),
                Matrix(rows: tangents, columns: Block.tangentStatisticsCount * groups),
            ])
    }

    /// y = γ x̂ + β
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        for example in 0..<tile.examples {
            block(tile, example, point).forward(
                beta: point.parameters[bias], epsilon: epsilon, into: image(tile.output.value, example))
        }
    }

    /// δx = ρ (g − ⟨g⟩ − ⟨g x̂⟩ x̂) with g = γ δy, ρ = 1/√(σ² + ε)
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        for example in 0..<tile.examples {
            block(tile, example, point).backward(
                image(tile.output.cotangent, example), sums: sums(tile.record.saved[0], example),
                into: tile.input.isConstant ? nil : image(tile.input.cotangent, example))
        }
    }

    /// ẏ = γ x̂̇ + γ̇ x̂ + β̇ with x̂̇ = ρ (ẋ − ⟨ẋ⟩ − ⟨ẋ x̂⟩ x̂)
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        for index in 0..<directions.count {
            let vector = directions.vectors[index]
            for example in 0..<tile.examples {
                block(tile, example, point).forwardTangent(
                    tangent(tile, index, example), gamma: vector[weight], beta: vector[bias],
                    into: image(tile.output.tangent(index), example))
            }
        }
    }

    /// δ̇x = ρ (ġ − ⟨ġ⟩ − ⟨ġ x̂ + g x̂̇⟩ x̂ − ⟨g x̂⟩ x̂̇ − ⟨ẋ x̂⟩ δx) with ġ = γ δ̇y + γ̇ δy
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        for index in 0..<directions.count {
            let cotangents = tile.output.cotangentTangent(index)
            for example in 0..<tile.examples {
                block(tile, example, point).backwardTangent(
                    image(cotangents, example), along: tangent(tile, index, example),
                    second: directions.order == .first
                        ? nil
                        : (
                            image(tile.output.cotangent, example), sums(tile.record.saved[0], example),
                            directions.vectors[index][weight]
                        ), sums: sums(tile.record.tangents[0], index * tile.examples + example),
                    into: tile.input.isConstant ? nil : image(tile.input.cotangentTangent(index), example))
            }
        }
    }

    public var gradientPieces: [[Range<Int>]] { [[weight, bias]] }

    /// ∂γ = Σ δy x̂, ∂β = Σ δy: the sums that `backward` left.
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        add(tile.record.saved[0], to: target)
    }

    /// ∂γ̇ = Σ δ̇y x̂ + δy x̂̇, ∂β̇ = Σ δ̇y: the sums that `backwardTangent` left.
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        let first = direction.index * tile.examples
        add(tile.record.tangents[0].rows(first..<first + tile.examples), to: target)
    }

    private func add(_ sums: Matrix<Element>, to target: GradientTarget<Element>) {
        target[bias].assign(columnSums: sums.columns(0..<channels), scaling: target.scaling)
        target[weight].assign(columnSums: sums.columns(channels..<2 * channels), scaling: target.scaling)
    }

    private func block(
        _ tile: LayerTile<Element>, _ example: Int, _ point: Point<Element>
    ) -> ChannelNormalisation<Element> {
        ChannelNormalisation(
            image(tile.input.value, example),
            statistics: tile.record.saved[1].row(example).matrix(
                rows: ChannelNormalisation<Element>.statisticsCount, columns: groups),
            gamma: point.parameters[weight], scratch: scratch)
    }

    private func tangent(
        _ tile: LayerTile<Element>, _ index: Int, _ example: Int
    ) -> ChannelNormalisation<Element>.Tangent {
        .init(
            tile.input.isConstant ? nil : image(tile.input.tangent(index), example),
            statistics: tile.record.tangents[1].row(index * tile.examples + example).matrix(
                rows: ChannelNormalisation<Element>.tangentStatisticsCount, columns: groups))
    }

    /// One example's positions × channels.
    private func image(_ matrix: Matrix<Element>, _ example: Int) -> Matrix<Element> {
        matrix.rows(example..<example + 1).reshaped(columns: channels)
    }

    private func sums(_ matrix: Matrix<Element>, _ row: Int) -> Matrix<Element> {
        matrix.row(row).matrix(rows: ChannelNormalisation<Element>.sumsCount, columns: channels)
    }
}
