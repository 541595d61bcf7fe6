/// Columns of a product, cut into stretches of even length: the unit of work that threads share.
enum Panels {
    /// Wide enough that a GEMM reaches its speed, narrow enough that a layer of 512 makes four.
    static let width = 128
    /// A product with more rows than this is one task.
    static let sharedRows = 128
    /// OpenBLAS multiplies without first packing both factors where rows · columns · inner is at most this
    /// (`sgemm_small_matrix_permit`), which at a batch of 32 is 1.2 to 1.4 times as fast.
    private static let directSize = 1_000_000
    /// With the second factor transposed it does so only for results of at most this many numbers; beyond, at a batch of
    /// 32 and an inner size of 512, it takes 1.35 times as long (219 against 162 µs).
    private static let directTransposedResult = 1200

    /// How wide panels are in a product of `rows` and `inner`: so narrow that it is direct, where that leaves 16
    /// columns.
    static func width(rows: Int, inner: Int, isTransposed: Bool = false) -> Int {
        let most = isTransposed ? directTransposedResult / max(1, rows) : width
        let direct = min(most, directSize / max(1, rows * inner)) / 16 * 16
        return direct >= 16 ? min(width, direct) : width
    }

    /// Stretches of even length, or, where they are narrower than `Panels.width`, of exactly `width` but for the last:
    /// kernels work on 16 columns at a time.
    static func cut(_ columns: Int, width: Int = Panels.width) -> Cut {
        let isEven = width == Panels.width
        return Cut(
            columns: columns, width: isEven ? nil : width,
            count: isEven ? max(1, columns / width) : (columns + width - 1) / width)
    }

    /// The stretches, in their order.
    struct Cut: RandomAccessCollection, Sendable {
        fileprivate let columns: Int
        /// Nil for stretches of even length.
        fileprivate let width: Int?
        let count: Int

        var startIndex: Int { 0 }
        var endIndex: Int { count }

        subscript(index: Int) -> Range<Int> {
            guard let width else { return columns * index / count..<columns * (index + 1) / count }
            return index * width..<Swift.min(columns, (index + 1) * width)
        }
    }
}
