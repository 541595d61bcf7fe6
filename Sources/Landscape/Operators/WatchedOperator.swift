import Krylov
import LinearAlgebra
import Synchronization

/// An operator whose products are counted and reported; the report may stop the work by throwing.
final class WatchedOperator<Base: SymmetricOperator>: SymmetricOperator {
    typealias Element = Base.Element

    private let base: Base
    private let report: Mutex<@Sendable (Int) throws -> Void>
    private let count = Atomic<Int>(0)

    var dimension: Int { base.dimension }
    var operations: Double? { base.operations }
    var blockSize: Int { base.blockSize }
    var provenance: String { base.provenance }
    var products: Int { count.load(ordering: .relaxed) }

    /// Whom products are reported to from now on.
    var progress: @Sendable (Int) throws -> Void {
        get { report.withLock { $0 } }
        set { report.withLock { $0 = newValue } }
    }

    init(_ base: Base, progress: @escaping @Sendable (Int) throws -> Void = { _ in }) {
        self.base = base
        report = Mutex(progress)
    }

    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try base.apply(to: vectors, into: results)
        try progress(count.wrappingAdd(vectors.count, ordering: .relaxed).newValue)
    }
}
