public import Files
import GRDB

/// A run as `agents status` shows it.
public struct SweepRunOverview: Sendable {
    public let name: String
    public let status: SweepRunStatus
    /// The last step that its metrics tell of.
    public let step: Int
    public let steps: Int
    /// How often it was taken up.
    public let attempts: Int
    /// How long those took that have ended; of one whose process died nobody knows, and it counts for nothing.
    public let seconds: Double
    public let exitCode: Int?
    public let error: String?
}

/// One of the numbers that a run found.
public struct SweepValue: Sendable, Equatable {
    public let step: Int
    /// Empty for the whole network's.
    public let layer: String
    /// `weights`, or what activations come out of; empty for the whole network's.
    public let kind: String
    public let name: String
    public let value: Double
}

/// What a probe measured.
public struct SweepPlasticity: Sendable, Equatable {
    public let step: Int
    /// `plasticity`, `plasticity_loss`, `final_loss`, `mean_loss` or `baseline`.
    public let name: String
    public let value: Double
    public let standardError: Double?
    /// The interval's ends, where it has them.
    public let low: Double?
    public let high: Double?
}

extension SweepDatabase {
    /// All runs of the sweep in `folder`, with how far they are now; what a dead process had claimed waits.
    public func overview(in folder: String) throws(Fault) -> [SweepRunOverview] {
        let sql = """
            SELECT name, status, steps, exit_code, error,
                (SELECT lock FROM owners WHERE id = owner) AS lock,
                (SELECT COUNT(*) FROM attempts WHERE run_id = runs.id) AS attempts,
                (SELECT IFNULL(SUM(seconds), 0) FROM attempts WHERE run_id = runs.id) AS seconds
            FROM runs ORDER BY id
            """
        return try read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                let lock: String? = row["lock"]
                let isClaimed = lock.map { FileLock.isHeld(SweepOwner.folder(in: folder) + "/" + $0) } ?? false
                let kept = SweepRunStatus(rawValue: row["status"]) ?? .waiting
                let status = kept == .running && !isClaimed ? .waiting : kept
                let name: String = row["name"]
                let steps: Int = row["steps"]
                return SweepRunOverview(
                    name: name, status: status,
                    step: status == .done ? steps : LoggedStep.of(run: Sweep.folder(ofRun: name, in: folder)),
                    steps: steps, attempts: row["attempts"], seconds: row["seconds"], exitCode: row["exit_code"],
                    error: row["error"])
            }
        }
    }

    /// The metrics of a run that is done, by step and name.
    public func metrics(of run: SweepRun) throws(Fault) -> [SweepValue] {
        try values("SELECT step, '', '', name, value FROM metrics WHERE run_id = ? ORDER BY step, name", run)
    }

    /// The statistics of a run that is done, by step, layer and name.
    public func statistics(of run: SweepRun) throws(Fault) -> [SweepValue] {
        try values(
            "SELECT step, layer, kind, name, value FROM statistics WHERE run_id = ? ORDER BY step, layer, kind, name",
            run)
    }

    /// What the probes of a run that is done measured, by step and name.
    public func plasticity(of run: SweepRun) throws(Fault) -> [SweepPlasticity] {
        let sql = """
            SELECT step, name, value, standard_error, low, high FROM plasticity WHERE run_id = ? ORDER BY step, name
            """
        return try read { database in
            try Row.fetchAll(database, sql: sql, arguments: [run.id]).map { row in
                SweepPlasticity(
                    step: row[0], name: row[1], value: row[2], standardError: row[3], low: row[4], high: row[5])
            }
        }
    }

    private func values(_ sql: String, _ run: SweepRun) throws(Fault) -> [SweepValue] {
        try read { database in
            try Row.fetchAll(database, sql: sql, arguments: [run.id]).map { row in
                SweepValue(step: row[0], layer: row[1], kind: row[2], name: row[3], value: row[4])
            }
        }
    }
}
