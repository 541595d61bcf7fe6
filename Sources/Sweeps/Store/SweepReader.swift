import Files
import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a sweep's database and leaves it as it is, whoever's it is and wherever it lies.
///
/// SQLite reads a database in WAL mode with an index of its log (`sweep.sqlite-shm`), which it makes where there is
/// none. A file without a log holds everything itself: it is read as one that nobody changes (`immutable`), which makes
/// nothing beside it and so works where nothing can be made, and read anew if somebody has changed it meanwhile.
enum SweepReader {
    /// So often is a file read anew that somebody changes; then it is read with SQLite's locks.
    private static let mostLooks = 3

    /// - Parameter body: asked again where the file has changed meanwhile; only its last answer counts.
    /// - Throws: what `body` throws, or the `Fault` that the database's complaint means.
    static func read<Value>(_ path: String, _ body: (Database) throws -> Value) throws(Fault) -> Value {
        do {
            for _ in 0..<mostLooks {
                let before = FileState(path)
                guard before.isWhole else { break }
                let found: Result<Value, any Error>
                do {
                    found = .success(try connection(to: unchanging(path)).read(body))
                } catch {
                    found = .failure(error)
                }
                if FileState(path) == before { return try found.get() }
            }
            return try connection(to: path).read(body)
        } catch {
            throw fault(error, path)
        }
    }

    private static func connection(to place: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(SweepDatabase.patienceSeconds)
        configuration.label = "sweep"
        return try DatabaseQueue(path: place, configuration: configuration)
    }

    /// The file as SQLite's address of one that nobody changes.
    static func unchanging(_ path: String) -> String {
        var escaped = ""
        for scalar in path.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "?": escaped += "%3f"
            case "#": escaped += "%23"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return (path.hasPrefix("/") ? "file://" : "file:") + escaped + "?immutable=1"
    }

    static func fault(_ error: any Error, _ path: String) -> Fault {
        guard let refusal = error as? DatabaseError else { return SweepDatabase.fault(error, path) }
        switch refusal.resultCode {
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            let words = refusal.message ?? "SQLite's error \(refusal.resultCode.rawValue)"
            guard FileState(path).isWhole else {
                return Fault(
                    .inputOutput, "has changes in a log beside it that can be read only where one may write (\(words))",
                    at: path, remedy: "Ask as the user whose sweep it is, or copy its folder to a place of your own")
            }
            return Fault(.inputOutput, "cannot be read (\(words))", at: path, remedy: "Ask for the right to read it")
        default: return SweepDatabase.fault(error, path)
        }
    }
}

/// What changes when a database is written to.
private struct FileState: Equatable {
    /// Which file, its size, and when it was changed.
    private let numbers: [Int]
    /// Bytes of the log, and of the journal that a database has which is not in WAL mode.
    private let logs: [Int]

    init(_ path: String) {
        numbers = Self.numbers(path)
        logs = [Self.size(path + "-wal"), Self.size(path + "-journal")]
    }

    /// Whether the file holds all there is.
    var isWhole: Bool { logs.allSatisfy { $0 == 0 } }

    private static func numbers(_ path: String) -> [Int] {
        guard let found = status(path) else { return [] }
        #if canImport(Glibc)
            let changed = found.st_mtim
        #else
            let changed = found.st_mtimespec
        #endif
        return [Int(truncatingIfNeeded: found.st_ino), Int(found.st_size), Int(changed.tv_sec), Int(changed.tv_nsec)]
    }

    private static func size(_ path: String) -> Int { status(path).map { Int($0.st_size) } ?? 0 }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }
}
