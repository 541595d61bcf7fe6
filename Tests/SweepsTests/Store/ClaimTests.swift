import Files
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Sweeps

/// Who does which run, when several would.
struct ClaimTests {
    /// Eight connections take from 200 runs as fast as they can. Oracle: counting; each run is claimed once, and what is
    /// written beside it is all there.
    @Test func concurrentOwnersNeverShareARun() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(200))
        let claimed = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do {
                let database = try SweepDatabase(makingIn: folder.path)
                let owner = try SweepOwner(of: database, in: folder.path)
                while let run = try database.claim(for: owner, in: folder.path) {
                    claimed.withLock { $0.append(run.id) }
                    var results = RunResults()
                    results.metrics = [.init(step: 10, name: "td_loss", value: Double(run.id))]
                    try database.finish(run, results, by: owner)
                }
                try owner.leave()
            } catch {
                Issue.record("\(error)")
            }
        }
        #expect(claimed.withLock { $0 }.sorted() == Array(1...200))
        #expect(try sweep.database.counts().done == 200)
        let sums = try sweep.database.read { try Double.fetchOne($0, sql: "SELECT SUM(value) FROM metrics") }
        #expect(sums == 20100.0)
        #expect(try sweep.database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        #expect(try sweep.database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM owners") } == 0)
    }

    /// An owner is gone without a word: its lock is free, and what it had claimed is given to the next.
    @Test func deadOwnersRunsAreTakenOver() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(2)).database
        var dead: SweepOwner? = try SweepOwner(of: database, in: folder.path)
        let first = try #require(try dead.flatMap { try database.claim(for: $0, in: folder.path) })
        let heir = try SweepOwner(of: database, in: folder.path)
        #expect(try database.claim(for: heir, in: folder.path)?.id == 2)
        // While the first lives, nothing is left.
        #expect(try database.claim(for: heir, in: folder.path) == nil)
        #expect(try database.overview(in: folder.path).map(\.status) == [.running, .running])
        dead = nil
        // Before anyone has noticed: the status tells the truth.
        #expect(try database.overview(in: folder.path).map(\.status) == [.waiting, .running])
        #expect(try database.claim(for: heir, in: folder.path)?.id == first.id)
        let outcomes = try database.read {
            try String?.fetchAll($0, sql: "SELECT outcome FROM attempts ORDER BY id")
        }
        #expect(outcomes == ["its process died", nil, nil])
    }

    /// A process dies, and somebody notices later: how long it worked nobody knows, and the time since then is no work.
    @Test func secondsOfTheDeadAreUnknown() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(1)).database
        var dead: SweepOwner? = try SweepOwner(of: database, in: folder.path)
        _ = try dead.flatMap { try database.claim(for: $0, in: folder.path) }
        dead = nil
        let heir = try SweepOwner(of: database, in: folder.path)
        let run = try #require(try database.claim(for: heir, in: folder.path))
        try database.finish(run, RunResults(), by: heir)
        let seconds = try database.read { try Double?.fetchAll($0, sql: "SELECT seconds FROM attempts ORDER BY id") }
        try #require(seconds.count == 2)
        #expect(seconds[0] == nil)
        let own = try #require(seconds[1])
        let open = "SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL"
        #expect(try database.read { try Int.fetchOne($0, sql: open) } == 0)
        let overview = try #require(try database.overview(in: folder.path).first)
        #expect(overview.attempts == 2 && overview.seconds == own && overview.status == .done)
    }

    /// Whoever lost a run may come late: its results change nothing.
    @Test func lateResultsAreIgnored() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(1)).database
        let slow = try SweepOwner(of: database, in: folder.path)
        let run = try #require(try database.claim(for: slow, in: folder.path))
        try database.release(run, outcome: "stopped", by: slow)
        let quick = try SweepOwner(of: database, in: folder.path)
        _ = try database.claim(for: quick, in: folder.path)
        try database.fail(run, RunFailure(error: "late", exitCode: 1), by: slow)
        try database.finish(run, RunResults(), by: slow)
        #expect(try database.runs().map(\.status) == [.running])
    }

    @Test func leavingGivesBack() throws {
        let folder = try TemporaryFolder()
        let database = try folder.sweep(SmallSweep.plan(3)).database
        let owner = try SweepOwner(of: database, in: folder.path)
        for _ in 0..<2 { _ = try database.claim(for: owner, in: folder.path) }
        #expect(try database.counts().running == 2)
        try owner.leave()
        #expect(try database.counts().waiting == 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: SweepOwner.folder(in: folder.path)) == [])
    }
}
