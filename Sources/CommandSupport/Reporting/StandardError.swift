import Foundation
import Synchronization

/// Where messages and progress go. A bar stays the last line: messages are put above it.
public enum StandardError {
    private struct State {
        /// The bar that stands on the screen, without an end of line.
        var bar = ""
    }

    private static let state = Mutex(State())

    /// Whether a person looks at it: a terminal that can move its cursor.
    public static let isTerminal: Bool = {
        guard isatty(STDERR_FILENO) == 1 else { return false }
        return ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }()

    /// The terminal's width in characters; 80 where it is not known.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a whole line.
    public static func write(line: String) {
        state.withLock { state in
            guard !state.bar.isEmpty else { return put(line + "\n") }
            put("\r\u{1B}[K" + line + "\n" + state.bar)
        }
    }

    /// A remark for a person at the terminal; nobody else needs it.
    static func note(_ text: String) {
        if isTerminal { write(line: text) }
    }

    /// Puts `bar` in the place of the last one. Only on a terminal.
    static func show(bar: String) {
        state.withLock { state in
            state.bar = bar
            put("\r\u{1B}[K" + bar)
        }
    }

    /// Takes the bar off the screen.
    static func endBar() {
        state.withLock { state in
            guard !state.bar.isEmpty else { return }
            state.bar = ""
            put("\r\u{1B}[K")
        }
    }

    /// What cannot be written here cannot be said anywhere.
    private static func put(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, written))
        }
    }
}
