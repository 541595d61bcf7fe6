import LinearAlgebra
import Testing

@Suite struct StorageTests {
    /// Views share memory; copies do not.
    @Test func viewsAndCopies() {
        let vector = Vector<Double>([0, 1, 2, 3, 4, 5, 6, 7])
        let matrix = vector[2..<8].matrix(rows: 2, columns: 3)
        #expect(matrix.array == [2, 3, 4, 5, 6, 7])
        let block = matrix.rows(1..<2).columns(1..<3)
        block.fill(-1)
        #expect(vector.array == [0, 1, 2, 3, 4, 5, -1, -1])
        #expect(matrix.columns(0..<2).array == [2, 3, 5, -1])
        let copy = vector.copy()
        copy[0] = 9
        #expect(vector[0] == 0 && copy[0] == 9)
        let taken = Matrix<Double>(rows: 2, columns: 3)
        taken.assign(matrix)
        #expect(taken.elements.array == matrix.array)
        vector.assign([7, 6, 5, 4, 3, 2, 1, 0])
        #expect(vector.array == [7, 6, 5, 4, 3, 2, 1, 0])
    }

    @Test func newMemoryIsZero() {
        #expect(Vector<Float>(count: 3_000_000).array.allSatisfy { $0 == 0 })
        #expect(Matrix<Double>(rows: 0, columns: 5).array.isEmpty)
    }
}
