import GRDB

extension SweepDatabase {
    /// Puts `results` in place of whatever the tables have of the run: doing it twice is doing it once.
    static func replaceResults(of run: Int, with results: RunResults, _ database: Database) throws {
        for table in ["metrics", "statistics", "plasticity", "plasticity_tasks"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE run_id = ?", arguments: [run])
        }
        let metric = try database.makeStatement(sql: "INSERT INTO metrics VALUES (?, ?, ?, ?)")
        for found in results.metrics { try metric.execute(arguments: [run, found.step, found.name, found.value]) }
        let statistic = try database.makeStatement(sql: "INSERT INTO statistics VALUES (?, ?, ?, ?, ?, ?)")
        for found in results.statistics {
            try statistic.execute(arguments: [run, found.step, found.layer, found.kind, found.name, found.value])
        }
        let plasticity = try database.makeStatement(sql: "INSERT INTO plasticity VALUES (?, ?, ?, ?, ?, ?, ?)")
        for found in results.plasticity {
            try plasticity.execute(
                arguments: [run, found.step, found.name, found.value, found.standardError, found.low, found.high])
        }
        let task = try database.makeStatement(sql: "INSERT INTO plasticity_tasks VALUES (?, ?, ?, ?, ?)")
        for found in results.tasks {
            try task.execute(arguments: [run, found.step, found.task, found.finalLoss, found.halfLossStep])
        }
    }
}
