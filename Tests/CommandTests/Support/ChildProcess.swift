import Foundation

/// A process with its output in files, so that none waits for the other.
final class ChildProcess {
    private let process = Process()
    private let folder: TemporaryFolder
    private let ended = DispatchSemaphore(value: 0)

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - output: where its standard output goes instead of the file that `end` reads.
    ///   - errors: the same for its standard error.
    init(
        _ program: String, _ arguments: [String], output: FileHandle? = nil, errors: FileHandle? = nil
    ) throws {
        folder = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["COLUMNS"] = "80"
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try output ?? Self.file(folder.path + "/output")
        process.standardError = try errors ?? Self.file(folder.path + "/errors")
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// To the process and its children, where it leads a group of its own.
    func sendToGroup(_ signal: Int32) {
        let process = process.processIdentifier
        kill(getpgid(process) == process ? -process : process, signal)
    }

    var isRunning: Bool { process.isRunning }

    /// Waits for the end; what takes more than `seconds` is killed, and shows as signal 9.
    func end(within seconds: Double = 60) throws -> Ended {
        if ended.wait(timeout: .now() + seconds) != .success {
            send(SIGKILL)
            ended.wait()
        }
        let status = process.terminationStatus
        return Ended(
            code: process.terminationReason == .exit ? status : -status, output: text("output"), errors: text("errors"))
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)) ?? ""
    }

    private static func file(_ path: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
}

/// A folder that is removed with its last user.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "command-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Every file below the folder, hidden ones included, with its bytes.
    func contents(of name: String) throws -> [String: Data] {
        let root = path + "/" + name
        var files: [String: Data] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: root) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: root + "/" + file, isDirectory: &isFolder)
            if !isFolder.boolValue { files[file] = try Data(contentsOf: URL(fileURLWithPath: root + "/" + file)) }
        }
        return files
    }

    /// The names below the folder of files that were being written.
    func partialFiles() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.contains(".partial") }
    }
}
