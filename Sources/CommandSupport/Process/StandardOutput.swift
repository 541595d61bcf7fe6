public import Files
import Foundation

/// Where a result goes, and nothing else.
public enum StandardOutput {
    /// Writes all of `text`.
    ///
    /// A reader that has gone away (`… | head`) has seen enough: that is no error.
    ///
    /// - Throws: `Fault` of kind `inputOutput` with the system's reason, as on a full disk.
    public static func write(_ text: String) throws(Fault) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
                continue
            }
            switch errno {
            case EINTR: continue
            case EPIPE: return
            default:
                let reason = String(cString: strerror(errno))
                throw Fault(
                    .inputOutput, "cannot be written (\(reason))", at: "standard output",
                    remedy: "Send the result elsewhere, or write files with --output")
            }
        }
    }
}
