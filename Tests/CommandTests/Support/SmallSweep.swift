import Foundation
import GRDB
import Testing

/// A sweep of some seconds, and what it leaves.
enum SmallSweep {
    /// Four kinds of run, `seeds` of each.
    static func file(seeds: Int, steps: Int) -> String {
        """
        defaults:
          images: 300
          evaluation: 100
          batch: 32
          steps: \(steps)
          checkpoint-period: \(max(1, steps / 4))
          state-period: \(max(1, steps / 40))
          log-period: \(max(1, steps / 50))
          target-period: 100
          replay: 500
          warm-up: 100
          checkpoint-transitions: 64
        grid:
          environment: [true-label, random-label]
          network: [{hidden: [64, 32]}, {hidden: [48], optimiser: rmsprop}]
          seed: [\((0..<seeds).map(String.init).joined(separator: ", "))]
        """
    }

    /// All files of the runs of the sweep in `folder` of a test's folder, with their bytes.
    static func files(of sweep: String, in folder: TemporaryFolder) throws -> [String: Data] {
        try folder.contents(of: sweep + "/runs")
    }

    /// What is in the database, times, machines and processes left out: equal for equal sweeps.
    static func results(of sweep: String, in folder: TemporaryFolder) throws -> [String] {
        let database = try DatabaseQueue(path: folder.path + "/" + sweep + "/sweep.sqlite")
        return try database.read { database in
            try #require(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
            let tables = ["runs", "settings", "metrics", "statistics", "plasticity", "plasticity_tasks"]
            return try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2, 3").map { "\(table) \($0)" }
            }
                + String.fetchAll(database, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        }
    }

    /// The processes that belong to a run below `folder`, by their command lines.
    static func processes(in folder: String) -> [pid_t] {
        let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        return numbers.filter { number in
            guard let words = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return false }
            return String(decoding: words, as: UTF8.self).contains("resume\0\(folder)/runs/")
        }
    }
}
