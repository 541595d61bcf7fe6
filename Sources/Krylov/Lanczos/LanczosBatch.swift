import LinearAlgebra

/// Lanczos processes that advance in lockstep, so that their products go through the operator as one block.
///
/// A process whose Krylov space is exhausted drops out of the block.
final class LanczosBatch<Element: Scalar> {
    let processes: [LanczosProcess<Element>]
    private var live: [LanczosProcess<Element>]

    init(_ processes: [LanczosProcess<Element>]) {
        self.processes = processes
        live = processes.filter { !$0.isFinished }
    }

    var isFinished: Bool { live.isEmpty }

    /// One product and one step for every process that is not finished.
    func step<Operator: SymmetricOperator>(_ target: Operator) throws where Operator.Element == Element {
        try target.apply(to: live.map(\.vector), into: live.map(\.image))
        for process in live { try process.advance() }
        live.removeAll(where: \.isFinished)
    }

    /// Of every process, in their order; of one that has not finished, with the steps so far (at least one).
    func decompositions() -> [LanczosDecomposition<Element>] { processes.map { $0.decomposition() } }

    /// Where all processes stand between two products.
    func record(in snapshot: inout Snapshot<Element>) {
        for (index, process) in processes.enumerated() {
            process.record(in: &snapshot, prefix: Self.prefix(index))
        }
    }

    static func prefix(_ index: Int) -> String { "process.\(index)." }
}
