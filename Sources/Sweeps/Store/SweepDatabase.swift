public import Files
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `sweep.sqlite`: what a sweep consists of, how far it is, and all that its runs have found.
///
/// Several processes may work on it at once (WAL); `sqlite3`, pandas and Datasette open it, also meanwhile. Every change
/// is one transaction: a process that is killed leaves all of it or nothing.
public final class SweepDatabase: Sendable {
    /// How long a process waits for another's transaction, which takes milliseconds.
    static let patienceSeconds = 60.0
    public let path: String
    /// Nil for one that is only read.
    private let queue: DatabaseQueue?

    /// The database of the sweep in `folder`, where there is one, to be read: it is left as it is.
    ///
    /// - Throws: `Fault` of kind `data` for no sweep, another version's or a damaged one; `inputOutput` where the system
    ///   refuses.
    public init(readingSweep folder: String) throws(Fault) {
        path = Self.path(in: folder)
        queue = nil
        guard FileManager.default.fileExists(atPath: path) else {
            throw Fault(
                .data, "holds no sweep: there is no sweep.sqlite", at: folder,
                remedy: "Name the folder that agents sweep was given as --output")
        }
        try read { [path] database throws in try Self.check(database, path) }
    }

    /// Opens the database to work on it, or makes it where there is none; the caller holds the sweep's folder.
    ///
    /// - Throws: as `init(readingSweep:)`; what is not a sweep's is left as it is.
    init(makingIn folder: String) throws(Fault) {
        let path = Self.path(in: folder)
        // Opening for writing sets the journal's mode: whose the file is must be known before.
        if FileManager.default.fileExists(atPath: path) { try Self.refuseForeign(path) }
        self.path = path
        queue = try Self.open(path)
        try write { database throws in
            if try Self.isEmpty(database) { try SweepSchema.create(database) }
            try Self.check(database, path)
            try SweepViews.update(database)
        }
    }

    static func path(in folder: String) -> String { folder + "/sweep.sqlite" }

    /// - Throws: what `body` throws, or the `Fault` that the database's complaint means.
    func read<Value>(_ body: (Database) throws -> Value) throws(Fault) -> Value {
        guard let queue else { return try SweepReader.read(path, body) }
        do { return try queue.read(body) } catch { throw Self.fault(error, path) }
    }

    /// A transaction that no other process's comes between.
    func write<Value>(_ body: (Database) throws -> Value) throws(Fault) -> Value {
        guard let queue else { preconditionFailure("a database that was opened for reading is written to") }
        do { return try queue.write(body) } catch { throw Self.fault(error, path) }
    }

    private static func open(_ path: String) throws(Fault) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(patienceSeconds)
        configuration.label = "sweep"
        do { return try DatabaseQueue(path: path, configuration: configuration) } catch { throw fault(error, path) }
    }

    /// Whether nobody has put anything into it: who dies while making a sweep leaves it so.
    private static func isEmpty(_ database: Database) throws -> Bool {
        let mark = try Int.fetchOne(database, sql: "PRAGMA application_id")
        let parts = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema")
        return mark == 0 && parts == 0
    }

    private static func checkMark(_ database: Database, _ path: String, mayBeEmpty: Bool = false) throws {
        let mark = try Int.fetchOne(database, sql: "PRAGMA application_id")
        if mark == SweepSchema.applicationIdentifier { return }
        let isEmpty = try isEmpty(database)
        if isEmpty, mayBeEmpty { return }
        let what = isEmpty ? "is empty: no sweep was begun in it" : "is a database, but not a sweep's"
        throw Fault(.data, what, at: path, remedy: "Choose another folder")
    }

    /// - Throws: `Fault` of kind `data` for a database that is neither a sweep's nor empty, or damaged.
    private static func refuseForeign(_ path: String) throws(Fault) {
        do throws(Fault) {
            try SweepReader.read(path) { database throws in try checkMark(database, path, mayBeEmpty: true) }
        } catch  where error.kind == .inputOutput {
            // Who died while making it has left a journal, say: opening for writing mends that, or tells what is wrong.
        }
    }

    private static func check(_ database: Database, _ path: String) throws {
        try checkMark(database, path)
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == SweepSchema.version else {
            throw Fault(
                .data, "is of version \(version); this program knows \(SweepSchema.version)", at: path,
                remedy: version > SweepSchema.version
                    ? "Use the program that made it, or a newer one"
                    : "Finish it with the program that made it, or begin another sweep elsewhere")
        }
    }

    static func fault(_ error: any Error, _ path: String) -> Fault {
        if let fault = error as? Fault { return fault }
        guard let error = error as? DatabaseError else {
            return Fault(.software, "cannot be used: \(error)", at: path, remedy: "This is a defect of the program")
        }
        let words = error.message ?? "SQLite's error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            return Fault(.inputOutput, "cannot be written (\(words))", at: path, remedy: "Free space on that disk")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Fault(
                .inputOutput, "another process has held the database for \(Int(patienceSeconds)) s", at: path,
                remedy: "End what has it open for writing, and give the same command again")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return Fault(
                .data, "is damaged (\(words))", at: path,
                remedy: "Restore it; or remove it, and give the same command again: finished runs are read anew")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return Fault(
                .inputOutput, "cannot be used (\(words))", at: path,
                remedy: "Free space there, or choose a folder that you may write to")
        default:
            return Fault(.software, "cannot be used (\(words))", at: path, remedy: "This is a defect of the program")
        }
    }
}
