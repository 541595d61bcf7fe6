#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How numbers are spread: counts in buckets that are narrow around 0 and wide far from it.
///
/// The edges are ±1e-12 · 1.1ᵏ up to 1e20 and 0, as TensorBoard's own: so histograms of different steps have edges in
/// common. Only the buckets from the first to the last that hold anything are kept.
public struct Histogram: Sendable, Equatable {
    public private(set) var minimum = 0.0
    public private(set) var maximum = 0.0
    public private(set) var count = 0
    public private(set) var sum = 0.0
    public private(set) var sumOfSquares = 0.0
    /// The upper ends of the buckets; one holds what is above the end before and up to its own.
    public private(set) var limits: [Double] = []
    public private(set) var counts: [Int] = []

    private static let edges: [Double] = {
        let positive = Array(sequence(first: 1e-12) { $0 * 1.1 }.prefix { $0 < 1e20 })
        return [-Double.greatestFiniteMagnitude] + positive.reversed().map { -$0 } + [0] + positive
            + [.greatestFiniteMagnitude]
    }()

    /// The histogram of finite numbers; those that are not are left out.
    public init(_ numbers: [Double]) {
        var all = [Int](repeating: 0, count: Self.edges.count)
        let finite = numbers.filter(\.isFinite)
        for number in finite {
            all[Self.bucket(of: number)] += 1
            sum += number
            sumOfSquares += number * number
        }
        count = finite.count
        minimum = finite.min() ?? 0
        maximum = finite.max() ?? 0
        guard let first = all.firstIndex(where: { $0 > 0 }), let last = all.lastIndex(where: { $0 > 0 }) else { return }
        // The empty bucket before the first says where the first begins.
        let kept = max(0, first - 1)...last
        limits = Array(Self.edges[kept])
        counts = Array(all[kept])
    }

    /// The first edge that is not below the number.
    private static func bucket(of number: Double) -> Int {
        var (low, high) = (0, edges.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
