import Krylov
import Synchronization

/// The time that the numbers may take: what is not finished then is left out, and eigenvalues are the best so far.
final class ScalarDeadline: Sendable {
    private let isOver: @Sendable () -> Bool
    /// Whether a stage is under way that is worth nothing unless it is whole.
    private let stopsProducts = Atomic<Bool>(false)
    private let cut = Atomic<Bool>(false)

    /// Thrown out of a product, and caught where its stage began.
    private struct Passed: Error {}

    init(_ isOver: @escaping @Sendable () -> Bool) { self.isOver = isOver }

    /// Whether something was left out.
    var hasCut: Bool { cut.load(ordering: .relaxed) }

    /// For searches, which keep what they have found.
    func control<Element>() -> RunControl<Element> { RunControl(isOver: isOver) }

    /// Asked after every product.
    func check() throws {
        if stopsProducts.load(ordering: .relaxed), isOver() { throw Passed() }
    }

    /// The stage's result; nil where the time was over before it was whole.
    func whole<Result>(_ stage: () throws -> Result) rethrows -> Result? {
        guard !isOver() else {
            note()
            return nil
        }
        stopsProducts.store(true, ordering: .relaxed)
        defer { stopsProducts.store(false, ordering: .relaxed) }
        do {
            return try stage()
        } catch is Passed {
            note()
            return nil
        }
    }

    func note() { cut.store(true, ordering: .relaxed) }
}
