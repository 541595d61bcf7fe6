public import Files
import Foundation

/// A folder that results are written to.
public enum OutputFolder {
    /// Makes the folder where it is missing, and finds out now whether files can be made in it.
    ///
    /// - Throws: `Fault` of kind `inputOutput` with the system's reason.
    public static func prepare(_ path: String) throws(Fault) {
        try AtomicFile.makeFolder(path)
        guard access(path, W_OK | X_OK) == 0 else {
            let reason = String(cString: strerror(errno))
            throw Fault(
                .inputOutput, "no file can be written into this folder (\(reason))", at: path,
                remedy: "Choose a place that you may use")
        }
    }
}
