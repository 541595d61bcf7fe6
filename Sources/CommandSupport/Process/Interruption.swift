public import Files
import Foundation
import Synchronization

/// A request to stop, by Ctrl-C or `kill`.
///
/// The first sets a flag that long work looks at between two steps, so that a run ends with everything saved. The
/// second ends the process at once; files that are being written then are removed, not left half-written.
public enum Interruption {
    /// Whether the user has asked to stop.
    public static var isRequested: Bool { signals.load(ordering: .relaxed) > 0 }

    /// Throws `Fault` of kind `interrupted` once the user has asked to stop.
    ///
    /// - Parameter remedy: what to type to go on, where there is such a thing.
    public static func check(remedy: String = "") throws(Fault) {
        if isRequested { throw Fault(.interrupted, "interrupted", remedy: remedy) }
    }

    /// Asks to stop as a signal would, for a reason of the program's own; what is asked for twice is the same request.
    public static func request() {
        _ = signals.compareExchange(expected: 0, desired: 1, ordering: .sequentiallyConsistent)
    }

    private static let signals = Atomic<Int>(0)
    private static let wakeUp = Atomic<Int32>(-1)

    /// Takes over the signals; once, before any work begins.
    static func install() {
        // A closed pipe is an error of the write, not a death: results may still have to go into files.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that has reached the size that `ulimit -f` allows.
        signal(SIGXFSZ, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler must not wait, however many signals come.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        wakeUp.store(ends[1], ordering: .sequentiallyConsistent)
        _ = isRequested
        let reader = ends[0]
        // Removing files takes a lock, which a signal's handler may not: hence a thread that does nothing else.
        Thread.detachNewThread { attend(reader) }
        for number in [SIGINT, SIGTERM, SIGHUP] { take(number) }
        // A parent's thread may have held signals back when it started us, and that is inherited.
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    private static func take(_ number: Int32) {
        var action = sigaction()
        // Under `nohup` a closed terminal is none of our business.
        if number == SIGHUP, sigaction(number, nil, &action) == 0, ignores(action) { return }
        action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            // Nothing here but what a handler may do: an atomic, and one write.
            let saved = errno
            let count = Interruption.signals.wrappingAdd(1, ordering: .relaxed).newValue
            // Not even the thread below gets on, as when nobody reads our messages.
            if count > 3 { _exit(Fault.Kind.interrupted.rawValue) }
            var byte: UInt8 = 1
            _ = write(Interruption.wakeUp.load(ordering: .relaxed), &byte, 1)
            errno = saved
        }
        action.sa_flags = Int32(SA_RESTART)
        _ = sigaction(number, &action, nil)
    }

    private static func ignores(_ action: sigaction) -> Bool {
        guard let handler = action.__sigaction_handler.sa_handler else { return false }
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func attend(_ reader: Int32) {
        var byte: UInt8 = 0
        while true {
            let got = read(reader, &byte, 1)
            if got < 0, errno == EINTR { continue }
            guard got == 1 else { return }
            if signals.load(ordering: .relaxed) > 1 {
                AtomicFile.removePartialFiles()
                _exit(Fault.Kind.interrupted.rawValue)
            }
            StandardError.note("stopping at the next safe place; once more stops at once")
        }
    }
}
