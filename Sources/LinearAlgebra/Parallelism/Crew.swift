import CElementwise
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Threads that stay awake for a moment after each piece of work, because another mostly follows at once.
///
/// A step of training is a handful of pieces of 100 µs, and waking a sleeping thread takes 30 to 60 µs (measured): so
/// a helper watches for the next piece for `watchMicroseconds` before it sleeps. A helper that comes late is not waited
/// for: the caller closes the work when no task is left, and waits only for those who have joined.
final class Crew: @unchecked Sendable {
    /// Made when first needed; its threads live as long as the process.
    static let shared = Crew()

    private static let watchMicroseconds = 150.0
    /// Beyond this many the pieces are larger than what waking costs.
    private static let mostHelpers = 63

    /// Whether somebody's work is under way; whoever else comes meanwhile goes another way.
    private let isTaken = Atomic<Bool>(false)
    /// Counts the pieces of work; a change is the signal to look.
    private let generation = Atomic<Int>(0)
    /// Helpers at work, and `open` while more may join.
    private let joined = Atomic<Int>(0)
    private static let open = 1 << 32
    /// How many helpers the work is for. Written before `joined` opens, read after joining.
    private var wanted = 0
    private var body: ((Int) -> Void)?
    private var helpers: [Helper] = []

    /// Runs `body(helper)` on the caller (as helper 0) and on up to `count − 1` others at the same time.
    ///
    /// - Returns: false, and nothing was run, when the crew is at other work.
    func run(_ count: Int, _ body: (Int) -> Void) -> Bool {
        guard count - 1 <= Self.mostHelpers,
            isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
        else { return false }
        withoutActuallyEscaping(body) { body in
            while helpers.count < count - 1 { helpers.append(Helper(number: helpers.count + 1, crew: self)) }
            self.body = body
            wanted = count - 1
            joined.store(Self.open, ordering: .releasing)
            generation.add(1, ordering: .sequentiallyConsistent)
            for helper in helpers.prefix(count - 1) { helper.wake() }
            body(0)
            joined.subtract(Self.open, ordering: .acquiringAndReleasing)
            wait { self.joined.load(ordering: .acquiring) == 0 }
            self.body = nil
        }
        isTaken.store(false, ordering: .releasing)
        return true
    }

    /// A helper's whole life.
    fileprivate func serve(_ helper: Helper) {
        var seen = 0
        while true {
            helper.await { generation.load(ordering: .sequentiallyConsistent) != seen }
            seen = generation.load(ordering: .sequentiallyConsistent)
            guard join() else { continue }
            if helper.number <= wanted { body?(helper.number) }
            joined.subtract(1, ordering: .releasing)
        }
    }

    private func join() -> Bool {
        var state = joined.load(ordering: .acquiring)
        while state >= Self.open {
            let result = joined.weakCompareExchange(
                expected: state, desired: state + 1, ordering: .acquiringAndReleasing)
            if result.exchanged { return true }
            state = result.original
        }
        return false
    }

    /// Until `condition` holds; after a while others may have the core.
    private func wait(until condition: () -> Bool) {
        var turns = 0
        while !condition() {
            turns += 1
            if turns < 20_000 { processor_pause() } else { _ = sched_yield() }
        }
    }

    /// One thread.
    fileprivate final class Helper: @unchecked Sendable {
        let number: Int
        private let isAsleep = Atomic<Bool>(false)
        private let bell = DispatchSemaphore(value: 0)

        init(number: Int, crew: Crew) {
            self.number = number
            let work = Unmanaged.passRetained(Work(helper: self, crew: crew))
            #if canImport(Glibc)
                var thread = pthread_t()
                let code = pthread_create(&thread, nil, { Work.start($0!) }, work.toOpaque())
                if code == 0 { pthread_detach(thread) }
            #else
                var thread: pthread_t?
                let code = pthread_create(&thread, nil, { Work.start($0) }, work.toOpaque())
                if code == 0, let thread { pthread_detach(thread) }
            #endif
            // Without the thread the caller does the work alone.
            if code != 0 { work.release() }
        }

        /// Watches for a moment, then sleeps, until `condition` holds.
        func await(_ condition: () -> Bool) {
            let deadline = ContinuousClock.now + .microseconds(Crew.watchMicroseconds)
            repeat {
                for _ in 0..<64 {
                    if condition() { return }
                    processor_pause()
                }
            } while ContinuousClock.now < deadline
            while !condition() {
                isAsleep.store(true, ordering: .sequentiallyConsistent)
                // Whoever takes the flag back decides: the caller rings then, and the bell must be heard.
                if condition(), isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
                bell.wait()
            }
        }

        func wake() {
            if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { bell.signal() }
        }
    }

    private final class Work {
        let helper: Helper
        let crew: Crew

        init(helper: Helper, crew: Crew) {
            self.helper = helper
            self.crew = crew
        }

        static func start(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
            let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
            work.crew.serve(work.helper)
            return nil
        }
    }
}
