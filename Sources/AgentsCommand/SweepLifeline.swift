import CommandSupport
import Files
import Foundation

/// Ends a run of a sweep when its standard input ends: the sweep wants it to stop, or is no more.
enum SweepLifeline {
    /// How long a run may take to save itself; a probe that is under way does not look up so soon.
    private static let patienceSeconds = 10.0

    static func watch() {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count > 0 || (count < 0 && errno == EINTR) { continue }
                break
            }
            Interruption.request()
            Thread.sleep(forTimeInterval: patienceSeconds)
            AtomicFile.removePartialFiles()
            _exit(Fault.Kind.interrupted.rawValue)
        }
    }
}
