import Agents
public import Files
import GRDB

extension SweepDatabase {
    /// All runs, in the order of the sweep.
    public func runs() throws(Fault) -> [SweepRun] {
        try read { database in
            var settings: [Int: [String: String]] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT run_id, key, value FROM settings") {
                settings[row[0], default: [:]][row[1]] = row[2]
            }
            return try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY id").map { row in
                try Self.run(row, settings[row["id"]] ?? [:])
            }
        }
    }

    /// How far the runs are, without all that they are.
    func states() throws(Fault) -> [SweepRunState] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT id, name, status, steps FROM runs ORDER BY id").map { row in
                SweepRunState(
                    id: row[0], name: row[1], status: SweepRunStatus(rawValue: row[2]) ?? .waiting, steps: row[3])
            }
        }
    }

    static func run(_ row: Row, _ settings: [String: String]) throws -> SweepRun {
        guard let status = SweepRunStatus(rawValue: row["status"]) else {
            throw Fault(.data, "has a run of status '\(row["status"] as String)'", at: "the sweep's database")
        }
        return SweepRun(
            id: row["id"], name: row["name"], status: status, steps: row["steps"], document: row["configuration"],
            error: row["error"], exitCode: row["exit_code"], settings: settings)
    }

    public func counts() throws(Fault) -> SweepCounts {
        try read { database in
            var counts = SweepCounts()
            for row in try Row.fetchAll(database, sql: "SELECT status, COUNT(*) FROM runs GROUP BY status") {
                if let status = SweepRunStatus(rawValue: row[0]) { counts.add(status, row[1]) }
            }
            return counts
        }
    }

    /// Adds runs behind those that are there. They wait.
    func add(_ runs: [PlannedRun]) throws(Fault) {
        guard !runs.isEmpty else { return }
        try write { database in
            for run in runs {
                try database.execute(
                    sql: "INSERT INTO runs (name, status, steps, configuration) VALUES (?, 'waiting', ?, ?)",
                    arguments: [run.name, run.configuration.schedule.steps, run.configuration.document])
                let id = database.lastInsertedRowID
                for (key, value) in run.settings.sorted(by: { $0.key < $1.key }) {
                    try database.execute(
                        sql: "INSERT INTO settings (run_id, key, value) VALUES (?, ?, ?)", arguments: [id, key, value])
                }
            }
            try SweepViews.update(database)
        }
    }

    /// Lets the failed runs wait again; says how many.
    func retryFailed() throws(Fault) -> Int {
        try write { database in
            try database.execute(
                sql: "UPDATE runs SET status = 'waiting', error = NULL, exit_code = NULL WHERE status = 'failed'")
            return database.changesCount
        }
    }
}
