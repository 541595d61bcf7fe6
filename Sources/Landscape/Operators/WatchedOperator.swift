import Krylov
import LinearAlgebra
import Synchronization

/// An operator whose products are counted and reported; the report may stop the work by throwing.
final class WatchedOperator<Base: SymmetricOperator>: SymmetricOperator {
    typealias Element = Base.Element

    private let base: Base
    private let progress: @Sendable (Int) throws -> Void
    private let count = Atomic<Int>(0)

    var dimension: Int { base.dimension }
    var products: Int { count.load(ordering: .relaxed) }

    init(_ base: Base, progress: @escaping @Sendable (Int) throws -> Void) {
        self.base = base
        self.progress = progress
    }

    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try base.apply(to: vectors, into: results)
        let done = count.wrappingAdd(vectors.count, ordering: .relaxed).newValue
        try progress(done)
    }
}
