public import Files
public import LinearAlgebra
import Synchronization

/// How a loss is evaluated over a span.
public struct SpanConfiguration: Sendable {
    /// Whose statistics batch normalisation takes.
    public var mode: PassMode
    /// Bytes that all of it may take; nil for no limit.
    public var memoryLimit: Int?
    /// Whether first layers that are affine over the span are computed once and then summed; else every point is
    /// computed from its parameters alone.
    public var sumsFirstLayers: Bool
    public var workers: Workers

    public init(
        mode: PassMode = .analysis, memoryLimit: Int? = nil, sumsFirstLayers: Bool = true, workers: Workers = .one
    ) {
        self.mode = mode
        self.memoryLimit = memoryLimit
        self.sumsFirstLayers = sumsFirstLayers
        self.workers = workers
    }
}

/// The mean loss of a network at any points of a line or plane of parameters, forward passes alone.
///
/// Points share the workers, each point with parameters and a tile of its own; examples go through in the network's
/// tiles, and losses are added up in double precision in the examples' order. So the value at a point of the span is
/// that of `LinearisedNetwork.lossValue` there, to the bit, and the same for any workers and memory.
///
/// - Complexity: a forward pass a point, less the layers that are affine over the span (`AffineHead`); parameters and one
///   tile's activations for each worker, and the outputs of those layers for all examples, once for each point and
///   direction of the span.
public final class SpanEvaluation<Element: Scalar>: Sendable {
    /// What was found at one point.
    public struct Value: Sendable, Equatable {
        /// The mean over the examples; NaN or infinite where the network or the loss leaves the range of its numbers.
        public let loss: Double
        /// How many examples have their label's output as the largest, the first of equal ones; nil without labels.
        public let correct: Int?
    }

    public let network: Network<Element>
    public let span: ParameterSpan<Element>
    public let exampleCount: Int
    public let workers: Workers
    /// How many points go on at a time.
    public let pointsAtOnce: Int
    private let loss: any Loss<Element>
    private let labels: [Int]?
    private let mode: PassMode
    private let head: AffineHead<Element>
    private let leaves: [any Layer<Element>]
    /// The examples of each tile.
    private let ranges: [Range<Int>]
    private let free = Mutex<[SpanPlace<Element>]>([])
    private let scratch = Scratch<Element>()

    /// - Parameters:
    ///   - inputs: `[N, inputCount]`.
    ///   - loss: of N examples.
    ///   - labels: `[N]`, one of the outputs each, to count the right ones; nil for no count.
    /// - Throws: `Fault` of kind `data` where the memory is too little for one point.
    public init(
        _ network: Network<Element>, over span: ParameterSpan<Element>, inputs: Matrix<Element>,
        loss: any Loss<Element>, labels: [Int]? = nil, _ configuration: SpanConfiguration
    ) throws(Fault) {
        precondition(loss.exampleCount == inputs.rows, "a loss of \(loss.exampleCount) examples for \(inputs.rows)")
        precondition(labels?.count ?? inputs.rows == inputs.rows, "labels of \(labels?.count ?? 0) examples")
        self.network = network
        self.span = span
        self.loss = loss
        self.labels = labels
        mode = configuration.mode
        workers = configuration.workers
        exampleCount = inputs.rows
        let length = min(inputs.rows, network.tileLength(examples: inputs.rows, mode: configuration.mode))
        ranges = stride(from: 0, to: inputs.rows, by: length).map { $0..<min(inputs.rows, $0 + length) }
        head = AffineHead(
            network, over: span, inputs: inputs, isWanted: configuration.sumsFirstLayers, mode: configuration.mode,
            workers: configuration.workers)
        leaves = head.tail.leaves
        let place = SpanPlace(network, head: head, loss: loss, ranges: ranges)
        let kept = head.layers.layers.isEmpty ? 0 : head.terms.reduce(0) { $0 + $1.rows * $1.columns }
        pointsAtOnce = try Self.pointsAtOnce(
            headBytes: kept * MemoryLayout<Element>.stride,
            placeBytes: place.elementCount * MemoryLayout<Element>.stride, configuration)
        free.withLock { $0.append(place) }
    }

    /// The values at points of the span, in their order.
    ///
    /// - Parameter coordinates: `[points, span.coordinateCount]`, rounded to the network's precision.
    public func values(at coordinates: [[Double]]) -> [Value] {
        let together = max(1, min(pointsAtOnce, coordinates.count))
        // Where fewer points go on than there are workers, the rest help within each.
        let within = Workers(max(1, workers.count / together))
        return Workers(together).map(coordinates.count) { index in
            let (losses, correct) = evaluate(coordinates[index], within)
            return Value(loss: losses.reduce(0, +) / Double(losses.count), correct: correct)
        }
    }

    /// ℓᵢ at one point of the span, `[N]`.
    public func exampleLosses(at coordinates: [Double]) -> [Double] { evaluate(coordinates, workers).losses }

    private func evaluate(_ coordinates: [Double], _ within: Workers) -> (losses: [Double], correct: Int?) {
        precondition(
            coordinates.count == span.coordinateCount,
            "\(coordinates.count) coordinates in a span of \(span.coordinateCount)")
        let rounded = coordinates.map { Element($0) }
        let place = free.withLock { $0.popLast() } ?? SpanPlace(network, head: head, loss: loss, ranges: ranges)
        defer { free.withLock { $0.append(place) } }
        span.write(rounded, to: place.parameters, from: head.parameterCount, workers: within)
        let point = Point(
            parameters: place.parameters.vector, buffers: place.parameters.buffers, derived: place.derived, mode: mode,
            seed: 0, workers: within, scratch: scratch)
        within.forEach(leaves.count) { leaves[$0].prepare(point) }
        var losses: [Double] = []
        losses.reserveCapacity(exampleCount)
        var correct = 0
        for range in ranges {
            let tile = place.tile(of: range.count)
            head.write(range, at: rounded, to: tile.tile.input.value)
            head.tail.forward(tile.tile, point)
            let outputs = tile.tile.output.value
            // A loss need not bear what is no number.
            guard outputs.elements.isFinite else { return ([.nan], labels.map { _ in 0 }) }
            losses += loss.evaluate(
                outputs, examples: range, record: tile.lossRecord, cotangent: place.cotangents.rows(0..<range.count))
            if let labels { correct += Self.correct(outputs, labels[range]) }
        }
        return (losses, labels.map { _ in correct })
    }

    private static func correct(_ outputs: Matrix<Element>, _ labels: ArraySlice<Int>) -> Int {
        // All at once: a generic element at a time costs more than the rest of the point.
        let numbers = outputs.elements.doubles
        let width = outputs.columns
        return zip(0..<outputs.rows, labels).count { row, label in
            let values = numbers[row * width..<(row + 1) * width]
            var best = values.startIndex
            for place in values.indices where values[place] > values[best] { best = place }
            return best - values.startIndex == label
        }
    }

    private static func pointsAtOnce(
        headBytes: Int, placeBytes: Int, _ configuration: SpanConfiguration
    ) throws(Fault) -> Int {
        guard let limit = configuration.memoryLimit else { return configuration.workers.count }
        let fitting = (limit - headBytes) / max(1, placeBytes)
        guard fitting > 0 else {
            throw Fault(
                .data,
                "needs \(MemoryPlan.megabytes(headBytes + placeBytes)) for one point at a time; the limit is "
                    + MemoryPlan.megabytes(limit), at: "memory", remedy: "Raise --memory, or ask for fewer examples")
        }
        return min(configuration.workers.count, fitting)
    }
}

/// Memory for one point at a time: its parameters, and a tile of each length that occurs.
private final class SpanPlace<Element: Scalar>: Sendable {
    let parameters: Parameters<Element>
    let derived: Vector<Element>
    /// Losses leave their derivative here, which no one reads.
    let cotangents: Matrix<Element>
    private let tiles: [(tile: Tile<Element>, lossRecord: LayerRecord<Element>)]

    init(_ network: Network<Element>, head: AffineHead<Element>, loss: any Loss<Element>, ranges: [Range<Int>]) {
        parameters = Parameters(
            layout: network.layout, vector: Vector(count: network.layout.count),
            buffers: Vector(count: network.layout.bufferCount))
        derived = Vector(count: network.layout.derivedCount)
        cotangents = Matrix(rows: ranges[0].count, columns: network.outputCount)
        tiles = Set(ranges.map(\.count)).sorted().map { count in
            let input = Boundary<Element>(
                range: 0..<count, width: head.layers.outputShape.width, directions: 0, isConstant: head.isConstant)
            return (head.tail.makeTile(input: input), loss.makeRecord(examples: count, outputs: network.outputCount))
        }
    }

    func tile(of count: Int) -> (tile: Tile<Element>, lossRecord: LayerRecord<Element>) {
        tiles.first { $0.tile.input.examples == count }!
    }

    var elementCount: Int {
        parameters.vector.count + parameters.buffers.count + derived.count + cotangents.rows * cotangents.columns
            + tiles.reduce(0) { $0 + $1.tile.elementCount + $1.lossRecord.elementCount }
    }
}
