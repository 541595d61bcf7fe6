public import Files

/// Where each named tensor of a network lies in the one flat vector of its parameters.
///
/// Tensors follow one another in the order of the layers, without gaps; each is row-major, in PyTorch's shapes.
public struct ParameterLayout: Sendable, Equatable {
    /// One named tensor.
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let shape: [Int]
        public let role: ParameterRole
        /// Its elements in the flat vector.
        public let range: Range<Int>
        public let initialisation: Initialisation
    }

    public private(set) var entries: [Entry] = []
    /// How many numbers all tensors hold together.
    public private(set) var count = 0
    /// Named tensors that are no parameters (running statistics, the vectors of spectral norms), in a flat vector of
    /// their own.
    public private(set) var buffers: [Entry] = []
    public private(set) var bufferCount = 0
    /// How many numbers layers derive from parameters and buffers for all tiles (`Point.derived`).
    private(set) var derivedCount = 0
    private var names: Set<String> = []

    /// 2⁴⁸ numbers, more than any address space of today.
    static let most = 1 << 48

    public init() {}

    /// Adds a tensor of parameters at the end and says where it lies.
    ///
    /// - Throws: `Fault` of kind `data` when the name is taken, or when there are more numbers than a machine can hold.
    public mutating func add(
        _ name: String, shape: [Int], role: ParameterRole, initialisation: Initialisation
    ) throws(Fault) -> Range<Int> {
        let entry = try entry(name, shape, role, initialisation, from: count)
        entries.append(entry)
        count = entry.range.upperBound
        return entry.range
    }

    /// As `add`, for a tensor that is no parameter; the range is one of `Point.buffers`.
    public mutating func addBuffer(
        _ name: String, shape: [Int], initialisation: Initialisation
    ) throws(Fault) -> Range<Int> {
        let entry = try entry(name, shape, .state, initialisation, from: bufferCount)
        buffers.append(entry)
        bufferCount = entry.range.upperBound
        return entry.range
    }

    /// Claims numbers of `Point.derived`.
    public mutating func addDerived(count: Int) -> Range<Int> {
        derivedCount += count
        return derivedCount - count..<derivedCount
    }

    private mutating func entry(
        _ name: String, _ shape: [Int], _ role: ParameterRole, _ initialisation: Initialisation, from start: Int
    ) throws(Fault) -> Entry {
        guard names.insert(name).inserted else {
            throw Fault(
                .data, "two layers hold a tensor named '\(name)'", at: "architecture",
                remedy: "Give each layer its name")
        }
        let size = shape.reduce(1) { partial, extent in
            let product = partial.multipliedReportingOverflow(by: extent)
            return product.overflow ? Int.max : product.partialValue
        }
        guard size <= Self.most - start else {
            throw Fault(
                .data, "has more than \(Self.most) parameters with tensor '\(name)' of shape \(shape)",
                at: "architecture", remedy: "Correct the sizes")
        }
        return Entry(
            name: name, shape: shape, role: role, range: start..<start + size, initialisation: initialisation)
    }
}

/// What a tensor does in its layer; its shape alone does not say (a layer norm over images has gains `[C, H, W]`).
public enum ParameterRole: Sendable {
    /// A linear map, `[out, in]` or `[out, in, k, k]`.
    case weight
    /// Added to a layer's outputs.
    case bias
    /// What a normalisation multiplies by.
    case gain
    /// A vector of its own: a class token, positions.
    case embedding
    /// No parameter: running statistics, the vectors of a spectral norm.
    case state
}

/// The distribution that a fresh tensor is drawn from.
public enum Initialisation: Sendable, Equatable {
    /// Every element the same.
    case constant(Double)
    /// Uniform on [−bound, bound).
    case uniform(bound: Double)
    /// Normal with mean 0.
    case normal(deviation: Double)
    /// A random direction: normal, scaled to length 1.
    case unitVector
}
