import GRDB

/// The tables of `sweep.sqlite`. What a run found is in tables of its own and the same whenever and wherever it ran;
/// times, machines and processes are in `attempts` and `owners` alone.
enum SweepSchema {
    /// Raised with every change of the tables; other versions are refused.
    static let version = 1
    /// "LSwp": what tells a sweep's database from any other.
    static let applicationIdentifier = 0x4c53_7770

    /// The tables whose content two sweeps of the same file share, byte for byte.
    static let resultTables = ["runs", "settings", "metrics", "statistics", "plasticity", "plasticity_tasks"]

    static func create(_ database: Database) throws {
        try database.execute(sql: tables)
        try database.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static let tables = """
        -- One row for each run of the sweep, in the order in which they are begun.
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            -- Also the run's folder: runs/<name>.
            name TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed')),
            -- Updates of the whole run.
            steps INTEGER NOT NULL,
            -- The run's run.json: all that decides what it computes.
            configuration TEXT NOT NULL,
            -- What a failed run said last, and how it ended: its exit code, or minus the signal that killed it.
            error TEXT,
            exit_code INTEGER,
            -- The process that has claimed the run, while it is running.
            owner INTEGER REFERENCES owners (id)
        );
        -- What the sweep's file says of each run, by the names of the options of agents train.
        CREATE TABLE settings (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (run_id, key)
        ) WITHOUT ROWID;
        -- metrics.csv of the runs that are done.
        CREATE TABLE metrics (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            step INTEGER NOT NULL,
            name TEXT NOT NULL,
            value REAL NOT NULL,
            PRIMARY KEY (run_id, step, name)
        ) WITHOUT ROWID;
        -- statistics/step_*.json of the runs that are done.
        CREATE TABLE statistics (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            step INTEGER NOT NULL,
            -- Empty for a statistic of the whole network.
            layer TEXT NOT NULL,
            -- weights, or what activations come out of (relu, …); empty for the whole network.
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            value REAL NOT NULL,
            PRIMARY KEY (run_id, step, layer, kind, name)
        ) WITHOUT ROWID;
        -- plasticity/step_*.json of the runs that are done: what was measured, with its interval where it has one.
        CREATE TABLE plasticity (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            step INTEGER NOT NULL,
            -- plasticity; plasticity_loss (against step 0, positive when lost); final_loss, mean_loss; baseline.
            name TEXT NOT NULL,
            value REAL NOT NULL,
            standard_error REAL,
            low REAL,
            high REAL,
            PRIMARY KEY (run_id, step, name)
        ) WITHOUT ROWID;
        -- What became of each task of a probe; tasks are counted from 0.
        CREATE TABLE plasticity_tasks (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            step INTEGER NOT NULL,
            task INTEGER NOT NULL,
            -- The loss that is left; NULL where the task failed.
            final_loss REAL,
            -- The step at which half of the targets' variance was learned; NULL for never.
            half_loss_step REAL,
            PRIMARY KEY (run_id, step, task)
        ) WITHOUT ROWID;
        -- The processes that work on the sweep now. One is dead when nobody holds a lock (flock) on its file.
        CREATE TABLE owners (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            lock TEXT NOT NULL UNIQUE,
            host TEXT NOT NULL,
            process INTEGER NOT NULL,
            began_at TEXT NOT NULL
        );
        -- Every time that a run was taken up, and how that ended; times are UTC.
        CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id),
            host TEXT NOT NULL,
            process INTEGER NOT NULL,
            began_at TEXT NOT NULL,
            -- Where the process died: when that was noticed, and no seconds.
            ended_at TEXT,
            seconds REAL,
            outcome TEXT
        );
        CREATE INDEX attempts_of_runs ON attempts (run_id);
        CREATE INDEX runs_by_status ON runs (status);

        """
}
