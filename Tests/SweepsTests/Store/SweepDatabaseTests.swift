import Files
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Sweeps

/// What the database keeps, and whom it turns away.
struct SweepDatabaseTests {
    /// Results that came in twice, the second time others, are as if they had come once.
    @Test func takingInTwiceIsTakingInOnce() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(1)).database
        let run = try #require(try database.runs().first)
        var results = RunResults()
        results.metrics = [.init(step: 1, name: "td_loss", value: 0.1), .init(step: 2, name: "td_loss", value: 0.2)]
        results.statistics = [.init(step: 1, layer: "fc1", kind: "weights", name: "rank", value: 3)]
        results.plasticity = [.init(step: 0, name: "plasticity", value: 1, standardError: 0.1, low: 0.8, high: 1.2)]
        results.tasks = [.init(step: 0, task: 0, finalLoss: 0.5)]
        for _ in 0..<2 {
            try database.write { try SweepDatabase.replaceResults(of: run.id, with: results, $0) }
        }
        results.metrics.removeLast()
        try database.write { try SweepDatabase.replaceResults(of: run.id, with: results, $0) }
        #expect(
            try database.metrics(of: run) == [SweepValue(step: 1, layer: "", kind: "", name: "td_loss", value: 0.1)])
        let rank = SweepValue(step: 1, layer: "fc1", kind: "weights", name: "rank", value: 3)
        #expect(try database.statistics(of: run) == [rank])
        #expect(try database.plasticity(of: run).map(\.high) == [1.2])
    }

    @Test func exportsAreTables() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(2)).database
        try database.write { database in
            var results = RunResults()
            results.metrics = [
                .init(step: 5, name: "a,b", value: 0.25), .init(step: 10, name: "a,b", value: 1e-7),
                .init(step: 10, name: "c", value: 2),
            ]
            try SweepDatabase.replaceResults(of: 1, with: results, database)
            try SweepViews.update(database)
        }
        let metrics = try database.table(.metrics)
        #expect(
            metrics.csv == """
                run_id,run,step,"a,b",c
                1,run-1,5,0.25,
                1,run-1,10,1e-07,2.0

                """)
        let json = try JSONSerialization.jsonObject(with: Data(metrics.json.utf8))
        let rows = try #require(json as? [[String: Any]])
        #expect(rows.count == 2 && rows[1]["a,b"] as? Double == 1e-7 && rows[0]["c"] is NSNull)
        let runs = try database.table(.runs)
        #expect(runs.rows.count == 2 && Set(runs.columns).count == runs.columns.count)
        #expect(runs.columns.contains("last_c") && runs.columns.contains("seed"))
        #expect(try database.table(.statistics).csv == "run_id,run,step,layer,kind,statistic,value\n")
        #expect(try database.table(.plasticity).json == "[\n]\n")
    }

    /// Beside the last step's baseline stands the last step's loss of plasticity, or nothing: that probe's tasks all
    /// failed. Oracle: the rows, written out.
    @Test func lastValuesAreOfOneStep() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(2)).database
        try database.write { database in
            var results = RunResults()
            results.metrics = [
                .init(step: 5, name: "accuracy", value: 0.25), .init(step: 5, name: "td_loss", value: 1),
                .init(step: 10, name: "td_loss", value: 2),
            ]
            results.plasticity = [
                .init(step: 0, name: "baseline", value: 3), .init(step: 0, name: "plasticity_loss", value: 0),
                .init(step: 10, name: "baseline", value: 4),
            ]
            try SweepDatabase.replaceResults(of: 1, with: results, database)
            try SweepViews.update(database)
        }
        let table = try database.table(.runs)
        let view = try database.read { database in
            try Row.fetchAll(database, sql: "SELECT last_td_loss, last_plasticity_loss FROM runs_wide ORDER BY id")
                .map { row -> [Double?] in [row[0], row[1]] }
        }
        #expect(view == [[2, nil], [nil, nil]])
        let expected: [(String, ExportedTable.Cell)] = [
            ("last_step", .integer(10)), ("last_td_loss", .number(2)), ("last_baseline", .number(4)),
            ("last_plasticity_loss", .none), ("last_accuracy", .none),
        ]
        for (name, cell) in expected {
            let column = try #require(table.columns.firstIndex(of: name))
            #expect(table.rows.map { $0[column] } == [cell, .none], "\(name)")
        }
    }

    @Test func otherVersionsAreRefused() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(1)).database
        try database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        let fault = #expect(throws: Fault.self) { try SweepDatabase(readingSweep: folder.path) }
        #expect(fault?.kind == .data && fault?.description.contains("version 99") == true)
        #expect(throws: Fault.self) { try folder.sweep(SmallSweep.plan(1)) }
    }

    @Test func otherDatabasesAndDamagedOnesAreRefused() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: Fault.self) { try SweepDatabase(readingSweep: folder.path) }
        #expect(missing?.description.contains("no sweep") == true)
        let other = try DatabaseQueue(path: folder.file("sweep.sqlite"))
        try other.write { try $0.execute(sql: "CREATE TABLE t (a)") }
        try other.close()
        let foreign = #expect(throws: Fault.self) { try SweepDatabase(readingSweep: folder.path) }
        #expect(foreign?.description.contains("not a sweep's") == true)
        _ = try folder.write(String(repeating: "no database\n", count: 1000), to: "sweep.sqlite")
        let damaged = #expect(throws: Fault.self) { try SweepDatabase(readingSweep: folder.path) }
        #expect(damaged?.kind == .data && damaged?.description.contains("damaged") == true)
    }

    /// A page of zeros in the middle: the complaint is one message, not a crash.
    @Test func damagedPagesAreTold() throws {
        let folder = try TemporaryFolder()
        do {
            let sweep = try folder.sweep(SmallSweep.plan(100))
            try sweep.database.checkpointForTests()
        }
        let path = folder.file("sweep.sqlite")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for start in stride(from: 4096, to: bytes.count - 4096, by: 8192) {
            bytes.replaceSubrange(start..<start + 4096, with: Data(repeating: 0x55, count: 4096))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let fault = #expect(throws: Fault.self) { try SweepDatabase(readingSweep: folder.path).table(.runs) }
        #expect(fault?.kind == .data, "\(fault?.description ?? "")")
    }
}

extension SweepDatabase {
    /// Puts everything into the main file.
    fileprivate func checkpointForTests() throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
}
