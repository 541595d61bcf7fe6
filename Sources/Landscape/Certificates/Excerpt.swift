import Files
import LinearAlgebra
import Networks

/// A few examples of a linearised network's problem, in a precision of choice, to be linearised at points near its own.
struct Excerpt<Element: Scalar> {
    let network: Network<Element>
    /// θ and the buffers.
    let parameters: Parameters<Element>
    let inputs: Matrix<Element>
    private let loss: any Loss<Element>
    private let mode: PassMode
    private let workers: Workers

    /// Examples at even distances, so that of data sorted by class each class has some.
    ///
    /// - Parameter most: how many at most; fewer where their activations would take more than about 256 MB.
    init<Other: Scalar>(_ linearised: LinearisedNetwork<Other>, examples most: Int) throws(Fault) {
        let all = linearised.exampleCount
        // Values, cotangents and the tangents of both.
        let bytes = 4 * MemoryLayout<Element>.stride * linearised.network.layers.widthOfAllBoundaries
        let count = min(all, most, max(1, (256 << 20) / max(1, bytes)))
        let rows = (0..<count).map { $0 * all / count }
        network = try Network(linearised.network.architecture)
        parameters = Parameters(
            layout: network.layout, vector: Vector(converting: linearised.parameters.vector),
            buffers: Vector(converting: linearised.parameters.buffers))
        inputs = linearised.inputs.selecting(rows, in: Element.self)
        loss = linearised.loss.selecting(rows, in: Element.self)
        mode = linearised.mode
        workers = linearised.workers
    }

    /// At θ + step · direction.
    func linearised(
        along direction: Vector<Element>? = nil, step: Element = 0, directions: Int = 0
    ) throws(Fault) -> LinearisedNetwork<Element> {
        let point = direction == nil ? parameters : parameters.copy()
        if let direction { point.vector.add(step, direction) }
        return try LinearisedNetwork(
            network, at: point, inputs: inputs, loss: loss,
            LinearisationConfiguration(directions: directions, mode: mode, workers: workers))
    }
}
