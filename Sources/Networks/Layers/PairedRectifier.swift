public import Files
public import LinearAlgebra

/// `crelu`: y = [max(x, 0), max(−x, 0)], twice the channels of an image, `[C, H, W] → [2C, H, W]`, or else the
/// numbers of the last dimension.
///
/// Whatever the sign of x, one half of y moves with it: no unit is dead. The derivative at 0 is 0 in both halves.
/// Linear between its kinks, so that there is no term of second order.
///
/// Source: Shang et al. 2016, "Understanding and improving convolutional neural networks via concatenated rectified
/// linear units"; Abbas et al. 2023, "Loss of plasticity in continual deep reinforcement learning", for its use here.
public struct PairedRectifier<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    /// Channels of an image, or the last dimension.
    private let width: Int

    /// So that a position's channels touch, and each is a row.
    public static var inputOrder: AxisOrder? { .channelsLast }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        var extents = input.extents
        let axis = input.isImage ? 0 : extents.count - 1
        width = extents[axis]
        extents[axis] *= 2
        outputShape = ExampleShape(extents, order: .channelsLast)
    }

    /// y = [max(x, 0), max(−x, 0)]
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        wide(tile.output.value).assign(pairedRectifier: narrow(tile.input.value))
    }

    /// δx = 1(x > 0) δ₁ − 1(x < 0) δ₂, with δy = [δ₁, δ₂]
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        narrow(tile.input.cotangent).assign(
            pairedRectifierTranspose: wide(tile.output.cotangent), at: narrow(tile.input.value))
    }

    /// ẏ = [1(x > 0) ẋ, −1(x < 0) ẋ]
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        for index in 0..<directions.count {
            wide(tile.output.tangent(index)).assign(
                pairedRectifierTangent: narrow(tile.input.tangent(index)), at: narrow(tile.input.value))
        }
    }

    /// δ̇x = 1(x > 0) δ̇₁ − 1(x < 0) δ̇₂
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        for index in 0..<directions.count {
            narrow(tile.input.cotangentTangent(index)).assign(
                pairedRectifierTranspose: wide(tile.output.cotangentTangent(index)), at: narrow(tile.input.value))
        }
    }

    private func narrow(_ matrix: Matrix<Element>) -> Matrix<Element> { matrix.reshaped(columns: width) }

    private func wide(_ matrix: Matrix<Element>) -> Matrix<Element> { matrix.reshaped(columns: 2 * width) }
}
