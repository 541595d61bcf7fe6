import Files
import Foundation
import Synchronization

/// The gnuplot program that draws the figures.
public struct Gnuplot: Sendable {
    /// The path of the program; `nil` where there is none.
    public let executable: String?
    /// A drawing that takes longer is ended; the largest figure here takes one or two seconds.
    public let timeoutSeconds: Double

    public init(executable: String?, timeoutSeconds: Double = 60) {
        self.executable = executable
        self.timeoutSeconds = timeoutSeconds
    }

    /// The first `gnuplot` on the `PATH`.
    public static let installed = Gnuplot(executable: search())

    private static func search() -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { $0 + "/gnuplot" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs `script` in `directory`, with pictures named `output.svg` and `output.png`; false where there is no gnuplot.
    ///
    /// - Throws: `Fault` of kind `software` with what gnuplot wrote on standard error.
    func run(script: String, in directory: String, output: String) throws(Fault) -> Bool {
        guard let executable, FileManager.default.isExecutableFile(atPath: executable) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        // `-d` leaves the user's own gnuplot settings out, so that the same numbers give the same picture.
        process.arguments = ["-d", "-e", "output='\(output)'", script]
        process.currentDirectoryURL = URL(fileURLWithPath: directory, isDirectory: true)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let messages = Pipe()
        process.standardError = messages
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do {
            try process.run()
        } catch {
            throw Fault(.software, "gnuplot cannot be started (\(error.localizedDescription))", at: executable)
        }

        // Read on a thread of its own: a full pipe would otherwise stop gnuplot.
        let reader = PipeReader(messages.fileHandleForReading)
        let inTime = ended.wait(timeout: .now() + timeoutSeconds) == .success
        if !inTime {
            kill(process.processIdentifier, SIGKILL)
            _ = ended.wait(timeout: .now() + 5)
        }
        let said = reader.text(afterAtMostSeconds: 1)
        let place = "\(directory)/\(script)"
        guard inTime else {
            throw Fault(.software, "gnuplot did not end within \(timeoutSeconds) s. \(said)", at: place)
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Fault(
                .software,
                "gnuplot failed (status \(process.terminationStatus)): \(said.isEmpty ? "no message" : said)",
                at: place, remedy: "The script and its data are kept; run it by hand to look closer")
        }
        return true
    }
}

/// Collects what a program writes, without waiting for grandchildren that keep the pipe open.
private final class PipeReader: Sendable {
    private let collected = Mutex(Data())
    private let finished = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
        DispatchQueue.global().async { [self] in
            while case let piece = handle.availableData, !piece.isEmpty {
                collected.withLock { $0.append(piece) }
            }
            finished.signal()
        }
    }

    /// gnuplot's message in one line, its caret and blank lines dropped.
    func text(afterAtMostSeconds seconds: Double) -> String {
        _ = finished.wait(timeout: .now() + seconds)
        return String(decoding: collected.withLock { $0 }, as: UTF8.self).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && $0 != "^" }
            .joined(separator: " / ")
    }
}
