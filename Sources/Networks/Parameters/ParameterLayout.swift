public import Files

/// Where each named tensor of a network lies in the one flat vector of its parameters.
///
/// Tensors follow one another in the order of the layers, without gaps; each is row-major, in PyTorch's shapes.
public struct ParameterLayout: Sendable, Equatable {
    /// One named tensor.
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let shape: [Int]
        /// Its elements in the flat vector.
        public let range: Range<Int>
        public let initialisation: Initialisation
    }

    public private(set) var entries: [Entry] = []
    /// How many numbers all tensors hold together.
    public private(set) var count = 0
    private var names: Set<String> = []

    /// 2⁴⁸ numbers, more than any address space of today.
    static let most = 1 << 48

    public init() {}

    /// Adds a tensor at the end and says where it lies.
    ///
    /// - Throws: `Fault` of kind `data` when the name is taken, or when there are more numbers than a machine can hold.
    public mutating func add(
        _ name: String, shape: [Int], initialisation: Initialisation
    ) throws(Fault) -> Range<Int> {
        guard names.insert(name).inserted else {
            throw Fault(
                .data, "two layers hold a tensor named '\(name)'", at: "architecture",
                remedy: "Give each layer its name")
        }
        let size = shape.reduce(1) { partial, extent in
            let product = partial.multipliedReportingOverflow(by: extent)
            return product.overflow ? Int.max : product.partialValue
        }
        guard size <= Self.most - count else {
            throw Fault(
                .data, "has more than \(Self.most) parameters with tensor '\(name)' of shape \(shape)",
                at: "architecture", remedy: "Correct the sizes")
        }
        let range = count..<count + size
        entries.append(Entry(name: name, shape: shape, range: range, initialisation: initialisation))
        count += size
        return range
    }
}

/// The distribution that a fresh tensor is drawn from.
public enum Initialisation: Sendable, Equatable {
    /// Every element the same.
    case constant(Double)
    /// Uniform on [−bound, bound).
    case uniform(bound: Double)
}
