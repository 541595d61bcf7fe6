import Files
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process that works on a sweep. It holds a lock on a file of its own while it lives, so that others can see it dead,
/// whatever it died of; no clock is asked.
final class SweepOwner: Sendable {
    let id: Int
    let process = Int(getpid())
    let host = ProcessInfo.processInfo.hostName
    private let database: SweepDatabase
    private let lock: FileLock

    /// - Throws: `Fault` of kind `inputOutput` where the system refuses.
    init(of database: SweepDatabase, in folder: String) throws(Fault) {
        let locks = Self.folder(in: folder)
        try AtomicFile.makeFolder(locks)
        let name = UUID().uuidString.lowercased()
        // Locked before it is in the database: an owner whose file nobody holds is dead, at every instant.
        lock = try FileLock(waitingFor: "\(locks)/\(name)")
        self.database = database
        let (host, process) = (host, process)
        id = try database.write { database in
            try database.execute(
                sql: "INSERT INTO owners (lock, host, process, began_at) VALUES (?, ?, ?, \(SweepDatabase.now))",
                arguments: [name, host, process])
            return Int(database.lastInsertedRowID)
        }
    }

    static func folder(in sweep: String) -> String { sweep + "/owners" }

    /// Gives back what is still claimed, and leaves.
    func leave() throws(Fault) {
        try database.write { [id] database in
            try SweepDatabase.forget(owner: id, database, outcome: "stopped")
        }
        _ = unlink(lock.path)
    }
}
