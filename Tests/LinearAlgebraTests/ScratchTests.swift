import LinearAlgebra
import Testing

@Suite struct ScratchTests {
    /// Loans inside one another are different memory; each keeps its own numbers.
    @Test func loansDoNotOverlap() {
        let scratch = Scratch<Double>()
        // The second round takes what the first has given back, larger and smaller loans than before.
        for sizes in [[6, 10, 3], [2, 30, 6, 10]] {
            func lend(_ depth: Int) {
                guard depth < sizes.count else { return }
                scratch.withMatrix(rows: 2, columns: sizes[depth] / 2) { matrix in
                    #expect(matrix.rows == 2 && matrix.columns == sizes[depth] / 2)
                    matrix.fill(Double(depth))
                    lend(depth + 1)
                    #expect(matrix.array.allSatisfy { $0 == Double(depth) })
                }
            }
            lend(0)
        }
    }

    @Test func resultsAndFailuresComeThroughAndGiveBack() {
        struct Refusal: Error {}
        let scratch = Scratch<Float>()
        #expect(throws: Refusal.self) {
            try scratch.withMatrix(rows: 1, columns: 1) { _ in throw Refusal() }
        }
        let sum = scratch.withMatrix(rows: 3, columns: 1) { matrix in
            matrix.fill(2)
            return matrix.elements.sum
        }
        #expect(sum == 6)
        #expect(scratch.withMatrix(rows: 0, columns: 4) { $0.array.count } == 0)
    }

    /// Oracle: every task finds what it wrote, with more tasks than threads and sizes of all kinds.
    @Test func tasksDoNotSeeOneAnother() {
        let scratch = Scratch<Double>()
        let intact = Workers(4).map(400) { task in
            scratch.withMatrix(rows: 1 + task % 7, columns: 1 + task % 31) { matrix in
                matrix.fill(Double(task))
                return matrix.array.allSatisfy { $0 == Double(task) }
            }
        }
        #expect(intact.allSatisfy { $0 })
    }
}
