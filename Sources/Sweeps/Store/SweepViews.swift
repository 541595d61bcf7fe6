import GRDB

/// Views with a column for each name that is in use, for those who would rather not pivot: `runs_wide`,
/// `metrics_wide`, `statistics_wide`, `plasticity_wide`.
enum SweepViews {
    static let names = ["runs_wide", "metrics_wide", "statistics_wide", "plasticity_wide"]

    /// Makes the views anew where a name has come in that they do not have yet.
    static func update(_ database: Database) throws {
        let definitions = try [
            ("runs_wide", runs(database)), ("metrics_wide", long("metrics", database)),
            ("statistics_wide", long("statistics", database, where: "layer = ''")),
            ("plasticity_wide", plasticity(database)),
        ]
        for (name, query) in definitions {
            let wanted = "CREATE VIEW \(name) AS \(query)"
            let sql = "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?"
            guard try String.fetchOne(database, sql: sql, arguments: [name]) != wanted else { continue }
            try database.execute(sql: "DROP VIEW IF EXISTS \(name)")
            try database.execute(sql: wanted)
        }
    }

    /// A run's settings, and the metrics and the plasticity of its last step alone: NULL for what was not found there.
    /// One row a run.
    static func runs(_ database: Database) throws -> String {
        let own = ["id", "name", "status", "steps", "exit_code", "error"]
        let keys = try columns(database, "SELECT DISTINCT key FROM settings ORDER BY key").filter { !own.contains($0) }
        let settings = keys.map { key in
            "\n    (SELECT value FROM settings WHERE run_id = runs.id AND key = \(text(key))) AS \(quoted(key))"
        }
        let metrics = try columns(database, "SELECT DISTINCT name FROM metrics ORDER BY name").map { name in
            last("metrics", name)
        }
        let plasticity = try columns(database, "SELECT DISTINCT name FROM plasticity ORDER BY name").map { name in
            last("plasticity", name)
        }
        let fixed = (own + ["last_step"]).map { "\n    runs.\($0)" }
        return "SELECT" + (fixed + settings + metrics + plasticity).joined(separator: ",")
            + "\nFROM (\(lastSteps)) AS runs"
    }

    /// The runs, with the largest step that anything is known of.
    private static let lastSteps = """
        SELECT *, NULLIF(MAX(
            IFNULL((SELECT MAX(step) FROM metrics WHERE run_id = runs.id), -1),
            IFNULL((SELECT MAX(step) FROM plasticity WHERE run_id = runs.id), -1)), -1) AS last_step
        FROM runs
        """

    private static func last(_ table: String, _ name: String) -> String {
        "\n    (SELECT value FROM \(table) WHERE run_id = runs.id AND step = runs.last_step AND name = \(text(name)))"
            + " AS \(quoted("last_" + name))"
    }

    /// One row for each run and step, one column for each name.
    private static func long(
        _ table: String, _ database: Database, where condition: String = "1"
    ) throws -> String {
        let names = try columns(database, "SELECT DISTINCT name FROM \(table) WHERE \(condition) ORDER BY name")
        let values = names.map { ",\n    MAX(CASE WHEN name = \(text($0)) THEN value END) AS \(quoted($0))" }
        return grouped(table, values, condition)
    }

    private static func plasticity(_ database: Database) throws -> String {
        let names = try columns(database, "SELECT DISTINCT name FROM plasticity ORDER BY name")
        let values = names.flatMap { name in
            [("value", ""), ("standard_error", "_standard_error"), ("low", "_low"), ("high", "_high")].map {
                ",\n    MAX(CASE WHEN name = \(text(name)) THEN \($0.0) END) AS \(quoted(name + $0.1))"
            }
        }
        return grouped("plasticity", values, "1")
    }

    private static func grouped(_ table: String, _ values: [String], _ condition: String) -> String {
        """
        SELECT
            run_id,
            (SELECT runs.name FROM runs WHERE id = run_id) AS run,
            step\(values.joined())
        FROM \(table)
        WHERE \(condition)
        GROUP BY run_id, step
        """
    }

    private static func columns(_ database: Database, _ sql: String) throws -> [String] {
        try String.fetchAll(database, sql: sql)
    }

    private static func quoted(_ name: String) -> String { name.quotedDatabaseIdentifier }

    private static func text(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
