import Dispatch
import Synchronization

/// How many threads share a piece of work; passed down to whatever can use it.
///
/// Work is cut by the problem, never by the number of workers, and each task writes its own place: so one worker and
/// many give the same bytes. There is no global thread setting: BLAS runs on the calling thread alone, and this is the
/// only place where threads are started.
public struct Workers: Sendable, Equatable {
    /// Threads at work at a time, the caller's included.
    public let count: Int

    public init(_ count: Int) {
        precondition(count >= 1, "\(count) workers")
        self.count = count
    }

    /// The calling thread alone.
    public static let one = Workers(1)

    /// Runs `body(task)` for every task of `0..<tasks`, in any order, and returns when all are done.
    public func forEach(_ tasks: Int, _ body: @Sendable (Int) -> Void) {
        let threads = min(count, tasks)
        guard threads > 1 else {
            for task in 0..<max(0, tasks) { body(task) }
            return
        }
        let next = Atomic<Int>(0)
        let takeTasks: @Sendable (Int) -> Void = { _ in
            while true {
                let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard task < tasks else { return }
                body(task)
            }
        }
        // The crew serves one caller at a time; work within its work, or beside it, goes to the system's threads.
        if !Crew.shared.run(threads, takeTasks) {
            DispatchQueue.concurrentPerform(iterations: threads, execute: takeTasks)
        }
    }

    /// The results of `body(task)` for every task, in the order of the tasks.
    public func map<Result: Sendable>(_ tasks: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        let slots = Slots<Result>(count: tasks)
        forEach(tasks) { slots[$0] = body($0) }
        return slots.values
    }
}

/// Places that tasks fill each on its own.
private final class Slots<Value: Sendable>: @unchecked Sendable {
    private let start: UnsafeMutablePointer<Value?>
    private let count: Int

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: max(1, count))
        start.initialize(repeating: nil, count: count)
    }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
    }

    subscript(index: Int) -> Value {
        get { start[index]! }
        set { start[index] = newValue }
    }

    var values: [Value] { (0..<count).map { self[$0] } }
}
