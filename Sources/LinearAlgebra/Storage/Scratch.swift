import Synchronization

/// Memory for a moment, lent and taken back, so that what runs often allocates only the first time.
///
/// Its numbers are whatever the last user left.
public final class Scratch<Element: Scalar>: Sendable {
    private let free = Mutex<[Storage<Element>]>([])

    public init() {}

    /// Runs `body` with `rows × columns` numbers that no one else sees meanwhile.
    public func withMatrix<Result>(
        rows: Int, columns: Int, _ body: (Matrix<Element>) throws -> Result
    ) rethrows -> Result {
        let storage = take(rows * columns)
        defer { free.withLock { $0.append(storage) } }
        return try body(
            Matrix(storage: storage, start: storage.start, rows: rows, columns: columns, stride: columns))
    }

    /// The smallest that is large enough; else a new one in the place of the largest that is not.
    private func take(_ count: Int) -> Storage<Element> {
        let found: Storage<Element>? = free.withLock { free in
            var smallest: Int?
            var largest: Int?
            for index in free.indices {
                if free[index].count >= count {
                    if smallest.map({ free[index].count < free[$0].count }) ?? true { smallest = index }
                } else if largest.map({ free[index].count > free[$0].count }) ?? true {
                    largest = index
                }
            }
            if let smallest { return free.remove(at: smallest) }
            if let largest { free.remove(at: largest) }
            return nil
        }
        return found ?? Storage(count: count)
    }
}
