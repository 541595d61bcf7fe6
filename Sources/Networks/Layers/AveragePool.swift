public import Files
public import LinearAlgebra

/// `avg_pool2d`: y = the sum over each window, by channel, divided by kernel²; zeros of the padding count, as in
/// PyTorch's default.
///
/// Linear: tangents go through it as values do.
public struct AveragePool<Element: Scalar>: WindowAverage {
    public let window: PoolingWindow
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }

    public static var inputOrder: AxisOrder? { .channelsLast }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        window = try PoolingWindow(&reader, input: input)
        outputShape = window.outputShape
    }
}

/// A layer that takes means over windows, y = A x with A constant: `avg_pool2d` and `global_avg_pool`.
public protocol WindowAverage: Layer {
    var window: PoolingWindow { get }
}

extension WindowAverage {
    /// y = A x
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        tile.output.value.assign(averaged: tile.input.value, window)
    }

    /// δx = Aᵀ δy
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangent.assign(spread: tile.output.cotangent, window)
    }

    /// ẏ = A ẋ
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        tile.output.tangents(directions.count).assign(averaged: tile.input.tangents(directions.count), window)
    }

    /// δ̇x = Aᵀ δ̇y
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangentTangents(directions.count).assign(
            spread: tile.output.cotangentTangents(directions.count), window)
    }
}
