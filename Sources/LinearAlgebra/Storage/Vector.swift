/// A stretch of numbers in memory that it shares with the views it was cut from.
///
/// A view, not a value: copies of a `Vector` name the same elements, and `copy()` makes new ones. So a network's
/// parameters, one flat vector, can be seen as its matrices without moving a number.
public struct Vector<Element: Scalar>: @unchecked Sendable {
    let storage: Storage<Element>
    let start: UnsafeMutablePointer<Element>
    public let count: Int

    /// `count` zeros.
    public init(count: Int) {
        storage = Storage(count: count)
        start = storage.start
        self.count = count
    }

    public init(_ elements: [Element]) {
        self.init(count: elements.count)
        assign(elements)
    }

    /// The same numbers in another precision, each rounded once.
    public init<Other: Scalar>(converting other: Vector<Other>) {
        self.init(count: other.count)
        defer { keepAlive(self, other) }
        if Other.self == Element.self {
            UnsafeMutableRawPointer(start).copyMemory(
                from: other.start, byteCount: count * MemoryLayout<Element>.stride)
            return
        }
        var piece = [Double](repeating: 0, count: min(count, 1024))
        for offset in Swift.stride(from: 0, to: count, by: 1024) {
            let length = min(1024, count - offset)
            Other.widen(&piece, other.start + offset, length)
            Element.narrow(start + offset, piece, length)
        }
    }

    /// Numbers in double precision, each rounded once.
    public init(rounding numbers: [Double]) {
        self.init(count: numbers.count)
        defer { keepAlive(self) }
        Element.narrow(start, numbers, count)
    }

    /// The elements in double precision.
    public var doubles: [Double] {
        defer { keepAlive(self) }
        return [Double](unsafeUninitializedCapacity: count) { buffer, initialised in
            if let base = buffer.baseAddress { Element.widen(base, start, count) }
            initialised = count
        }
    }

    init(storage: Storage<Element>, start: UnsafeMutablePointer<Element>, count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "element \(index) of a vector of \(count)")
            defer { keepAlive(self) }
            return start[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "element \(index) of a vector of \(count)")
            defer { keepAlive(self) }
            start[index] = newValue
        }
    }

    /// The elements `range`, as a view.
    public subscript(range: Range<Int>) -> Vector {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of a vector of \(count)")
        return Vector(storage: storage, start: start + range.lowerBound, count: range.count)
    }

    /// The elements as a row-major matrix, a view.
    public func matrix(rows: Int, columns: Int) -> Matrix<Element> {
        precondition(rows * columns == count, "a vector of \(count) seen as \(rows)×\(columns)")
        return Matrix(storage: storage, start: start, rows: rows, columns: columns, stride: columns)
    }

    public var array: [Element] {
        defer { keepAlive(self) }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// New memory with the same numbers.
    public func copy() -> Vector {
        let result = Vector(count: count)
        result.assign(self)
        return result
    }

    /// Whether no element is NaN or infinite.
    public var isFinite: Bool {
        defer { keepAlive(self) }
        return Element.isFinite(start, count)
    }
}

extension Vector {
    public func assign(_ other: Vector) {
        precondition(other.count == count, "a vector of \(count) cannot take one of \(other.count)")
        defer { keepAlive(self, other) }
        start.update(from: other.start, count: count)
    }

    public func assign(_ elements: [Element]) {
        precondition(elements.count == count, "a vector of \(count) cannot take an array of \(elements.count)")
        defer { keepAlive(self) }
        elements.withUnsafeBufferPointer { if let base = $0.baseAddress { start.update(from: base, count: count) } }
    }

    /// self = bytes[first …] / divisor, each quotient rounded once.
    public func assign(bytes: [UInt8], from first: Int, dividedBy divisor: Element) {
        precondition(
            first >= 0 && first + count <= bytes.count, "bytes \(first)..<\(first + count) of \(bytes.count)")
        defer { keepAlive(self) }
        bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { Element.divideBytes(start, base + first, divisor, count) }
        }
    }

    public func fill(_ value: Element) {
        defer { keepAlive(self) }
        Element.fill(start, value, count)
    }

    /// self = factor · self
    public func scale(by factor: Element) {
        defer { keepAlive(self) }
        Element.scale(start, factor, count)
    }

    /// self = self + factor · x
    public func add(_ factor: Element = 1, _ x: Vector) {
        precondition(x.count == count, "a vector of \(count) plus one of \(x.count)")
        defer { keepAlive(self, x) }
        Element.addScaled(start, factor, x.start, count)
    }

    /// self = own · self + factor · x
    public func combine(_ own: Element, _ factor: Element, _ x: Vector) {
        precondition(x.count == count, "a vector of \(count) combined with one of \(x.count)")
        defer { keepAlive(self, x) }
        Element.combine(start, factor, x.start, own, count)
    }

    /// self = x ∘ self
    public func multiply(by x: Vector) {
        precondition(x.count == count, "a vector of \(count) times one of \(x.count)")
        defer { keepAlive(self, x) }
        Element.multiply(start, x.start, count)
    }

    /// self = x ∘ self + z
    public func multiply(by x: Vector, adding z: Vector) {
        precondition(x.count == count && z.count == count, "vectors of \(count), \(x.count) and \(z.count)")
        defer { keepAlive(self, x, z) }
        Element.multiplyAdd(start, x.start, z.start, count)
    }

    /// self = x ∘ y
    public func assign(product x: Vector, _ y: Vector) {
        precondition(x.count == count && y.count == count, "vectors of \(count), \(x.count) and \(y.count)")
        defer { keepAlive(self, x, y) }
        Element.product(start, x.start, y.start, count)
    }

    /// Σ selfᵢ xᵢ, accumulated in double precision in an order that only the length decides.
    public func dot(_ x: Vector) -> Double {
        precondition(x.count == count, "a vector of \(count) against one of \(x.count)")
        defer { keepAlive(self, x) }
        return Element.dot(start, x.start, count)
    }

    /// Σ selfᵢ, in double precision.
    public var sum: Double {
        defer { keepAlive(self) }
        return Element.sum(start, count)
    }

    /// The Euclidean norm, in double precision.
    public var norm: Double { dot(self).squareRoot() }

    /// self = σ(self), with σ′ in `first` and, where σ has curvature, σ″ in `second`.
    public func activate(_ kind: ActivationKind, first: Vector, second: Vector?) {
        precondition(first.count == count, "σ′ of \(count) values in a vector of \(first.count)")
        precondition(
            kind.isPiecewiseLinear || second?.count == count, "σ″ of \(count) values needs a vector of that length")
        defer { keepAlive(self, first, second) }
        Element.activate(kind, ActivationBuffers(value: start, first: first.start, second: second?.start), count)
    }

    /// Standard normal numbers, drawn in pairs (of the last pair one is dropped where the count is odd).
    public func fillNormal(using source: inout RandomSource) {
        fill(pairs: { source.normalPair() })
    }

    /// Uniform numbers on [−bound, bound).
    public func fillUniform(bound: Double, using source: inout RandomSource) {
        fill(pairs: { (bound * (2 * source.uniform() - 1), bound * (2 * source.uniform() - 1)) })
    }

    /// ±1 with equal probability.
    public func fillSigns(using source: inout RandomSource) {
        fill(pairs: {
            let bits = source.next()
            return (bits >> 63 == 0 ? 1 : -1, (bits >> 62) & 1 == 0 ? 1 : -1)
        })
    }

    private func fill(pairs draw: () -> (Double, Double)) {
        defer { keepAlive(self) }
        var piece = [Double](repeating: 0, count: 1024)
        for offset in stride(from: 0, to: count, by: 1024) {
            let length = min(1024, count - offset)
            for index in stride(from: 0, to: length, by: 2) { (piece[index], piece[index + 1]) = draw() }
            Element.narrow(start + offset, piece, length)
        }
    }
}

extension Vector where Element == Double {
    /// The numbers of another precision, all of which double precision holds.
    public func assign<Other: Scalar>(widening other: Vector<Other>) {
        precondition(other.count == count, "a vector of \(count) cannot take one of \(other.count)")
        defer { keepAlive(self, other) }
        Other.widen(start, other.start, count)
    }
}
