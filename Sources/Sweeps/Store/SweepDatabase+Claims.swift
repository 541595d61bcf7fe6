import Files
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How long an attempt took whose end is being recorded, as SQL.
enum AttemptLength: String {
    /// Until now.
    case untilNow = "round((julianday('now') - julianday(began_at)) * 86400, 3)"
    /// Nobody saw it end.
    case unknown = "NULL"
}

/// How a run ended that did not end well.
struct RunFailure: Equatable, Sendable {
    var error: String
    /// Minus the signal, where one ended it.
    var exitCode: Int
}

extension SweepDatabase {
    /// The time in UTC, as SQL.
    static let now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

    /// Claims the first run that waits, after giving back what dead processes had claimed; nil where none waits.
    ///
    /// One transaction, so that no run is ever claimed twice.
    func claim(for owner: SweepOwner, in folder: String) throws(Fault) -> SweepRun? {
        try write { database in
            try Self.buryDead(except: owner.id, database, in: folder)
            let next = "SELECT * FROM runs WHERE status = 'waiting' ORDER BY id LIMIT 1"
            guard let row = try Row.fetchOne(database, sql: next) else { return nil }
            let run = try Self.run(row, [:])
            try database.execute(
                sql: "UPDATE runs SET status = 'running', owner = ? WHERE id = ?", arguments: [owner.id, run.id])
            try database.execute(
                sql: "INSERT INTO attempts (run_id, host, process, began_at) VALUES (?, ?, ?, \(Self.now))",
                arguments: [run.id, owner.host, owner.process])
            return run
        }
    }

    /// Records what a run found and that it is done, in one transaction. A run that is not the owner's any more is left
    /// alone: whoever took it over will do the same.
    func finish(_ run: SweepRun, _ results: RunResults, by owner: SweepOwner) throws(Fault) {
        try write { database in
            guard try Self.owns(owner, run, database) else { return }
            try Self.replaceResults(of: run.id, with: results, database)
            try Self.end(run.id, .done, nil, outcome: "done", .untilNow, database)
            try SweepViews.update(database)
        }
    }

    func fail(_ run: SweepRun, _ failure: RunFailure, by owner: SweepOwner) throws(Fault) {
        try write { database in
            guard try Self.owns(owner, run, database) else { return }
            try Self.end(run.id, .failed, failure, outcome: "failed: \(failure.error)", .untilNow, database)
        }
    }

    /// Lets the run wait again.
    func release(_ run: SweepRun, outcome: String, by owner: SweepOwner) throws(Fault) {
        try write { database in
            guard try Self.owns(owner, run, database) else { return }
            try Self.end(run.id, .waiting, nil, outcome: outcome, .untilNow, database)
        }
    }

    /// Gives back what an owner had claimed, and strikes it off.
    static func forget(
        owner: Int, _ database: Database, outcome: String, length: AttemptLength = .untilNow
    ) throws {
        let claimed = "SELECT id FROM runs WHERE owner = ?"
        for run in try Int.fetchAll(database, sql: claimed, arguments: [owner]) {
            try end(run, .waiting, nil, outcome: outcome, length, database)
        }
        try database.execute(sql: "DELETE FROM owners WHERE id = ?", arguments: [owner])
    }

    private static func buryDead(except own: Int, _ database: Database, in folder: String) throws {
        let others = try Row.fetchAll(database, sql: "SELECT id, lock FROM owners WHERE id <> ?", arguments: [own])
        for other in others {
            let path = SweepOwner.folder(in: folder) + "/" + (other[1] as String)
            guard !FileLock.isHeld(path) else { continue }
            try forget(owner: other[0], database, outcome: "its process died", length: .unknown)
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private static func owns(_ owner: SweepOwner, _ run: SweepRun, _ database: Database) throws -> Bool {
        let sql = "SELECT COUNT(*) FROM runs WHERE id = ? AND owner = ?"
        return try Int.fetchOne(database, sql: sql, arguments: [run.id, owner.id]) == 1
    }

    private static func end(
        _ run: Int, _ status: SweepRunStatus, _ failure: RunFailure?, outcome: String, _ length: AttemptLength,
        _ database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE runs SET status = ?, error = ?, exit_code = ?, owner = NULL WHERE id = ?",
            arguments: [status.rawValue, failure?.error, failure?.exitCode, run])
        try database.execute(
            sql: """
                UPDATE attempts SET ended_at = \(now), outcome = ?, seconds = \(length.rawValue)
                WHERE run_id = ? AND ended_at IS NULL
                """, arguments: [outcome, run])
    }
}
