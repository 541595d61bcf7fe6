import LinearAlgebra
import Synchronization
import Testing

@Suite struct WorkersTests {
    @Test(arguments: [1, 2, 3, 8]) func resultsComeInOrder(_ count: Int) {
        for tasks in [0, 1, 2, 100] {
            #expect(Workers(count).map(tasks) { $0 * $0 } == (0..<tasks).map { $0 * $0 })
        }
    }

    @Test(arguments: [1, 2, 5]) func eachTaskRunsOnce(_ count: Int) {
        let sum = Atomic<Int>(0)
        let calls = Atomic<Int>(0)
        Workers(count).forEach(1000) {
            sum.add($0, ordering: .relaxed)
            calls.add(1, ordering: .relaxed)
        }
        #expect(sum.load(ordering: .relaxed) == 499_500 && calls.load(ordering: .relaxed) == 1000)
    }
}
