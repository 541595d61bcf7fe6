public import LinearAlgebra

/// The parameters of a network: one flat vector, and the names and shapes of the tensors in it; and beside them the
/// buffers, which are no parameters but belong to the point.
public struct Parameters<Element: Scalar>: Sendable {
    public let layout: ParameterLayout
    /// θ, `[layout.count]`.
    public let vector: Vector<Element>
    /// Running statistics and the vectors of spectral norms, `[layout.bufferCount]`.
    public let buffers: Vector<Element>

    /// - Parameter buffers: nil for fresh ones.
    public init(layout: ParameterLayout, vector: Vector<Element>, buffers: Vector<Element>? = nil) {
        precondition(vector.count == layout.count, "\(vector.count) numbers for \(layout.count) parameters")
        precondition(
            buffers?.count ?? layout.bufferCount == layout.bufferCount,
            "\(buffers?.count ?? 0) numbers for \(layout.bufferCount) in buffers")
        self.layout = layout
        self.vector = vector
        self.buffers = buffers ?? Self.fresh(layout.buffers, count: layout.bufferCount, seed: 0)
    }

    /// Fresh parameters, each tensor drawn from its own stream of `seed`, so that a layer more changes no other's draw.
    public init(initialising layout: ParameterLayout, seed: UInt64) {
        self.init(
            layout: layout, vector: Self.fresh(layout.entries, count: layout.count, seed: seed),
            buffers: Self.fresh(layout.buffers, count: layout.bufferCount, seed: seed))
    }

    /// The tensor named `name`, a view; nil where there is none.
    public subscript(name: String) -> Vector<Element>? {
        layout.entries.first { $0.name == name }.map { vector[$0.range] }
            ?? layout.buffers.first { $0.name == name }.map { buffers[$0.range] }
    }

    /// New memory with the same numbers.
    public func copy() -> Parameters { Parameters(layout: layout, vector: vector.copy(), buffers: buffers.copy()) }

    /// Takes another point's numbers.
    public func assign(_ other: Parameters) {
        vector.assign(other.vector)
        buffers.assign(other.buffers)
    }

    /// self ← (1 − τ) self + τ other, parameters and buffers.
    ///
    /// - Parameter rate: τ.
    public func move(towards other: Parameters, by rate: Double, workers: Workers = .one) {
        let (kept, taken) = (Element(1 - rate), Element(rate))
        let length = 1 << 16
        workers.forEach((vector.count + length - 1) / length) { piece in
            let range = piece * length..<min(vector.count, (piece + 1) * length)
            vector[range].combine(kept, taken, other.vector[range])
        }
        buffers.combine(kept, taken, other.buffers)
    }

    private static func fresh(_ entries: [ParameterLayout.Entry], count: Int, seed: UInt64) -> Vector<Element> {
        let vector = Vector<Element>(count: count)
        for entry in entries { entry.draw(into: vector[entry.range], seed: seed) }
        return vector
    }
}

extension ParameterLayout.Entry {
    /// Fills `tensor` with fresh numbers, from the tensor's own stream of `seed`: the same as in fresh parameters.
    public func draw<Element: Scalar>(into tensor: Vector<Element>, seed: UInt64) {
        var source = RandomSource(seed: seed, stream: "initialise \(name)")
        switch initialisation {
        case .constant(let value): tensor.fill(Element(value))
        case .uniform(let bound): tensor.fillUniform(bound: bound, using: &source)
        case .normal(let deviation):
            tensor.fillNormal(using: &source)
            tensor.scale(by: Element(deviation))
        case .unitVector:
            tensor.fillNormal(using: &source)
            tensor.scale(by: Element(1 / tensor.norm))
        }
    }
}
