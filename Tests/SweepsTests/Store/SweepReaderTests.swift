import Files
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Sweeps

/// Looking at a database leaves it as it is. Oracle: the bytes of all files of its name.
struct SweepReaderTests {
    private func files(in folder: TemporaryFolder) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var files: [String: Data] = [:]
        for name in names where name.hasPrefix("sweep.sqlite") {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
        }
        return files
    }

    @Test func readingLeavesNoTrace() throws {
        let folder = try TemporaryFolder()
        _ = try folder.sweep(SmallSweep.plan(2))
        let before = try files(in: folder)
        #expect(before.keys.sorted() == ["sweep.sqlite"])
        let database = try SweepDatabase(readingSweep: folder.path)
        #expect(try database.table(.runs).rows.count == 2)
        #expect(try database.overview(in: folder.path).map(\.status) == [.waiting, .waiting])
        #expect(try files(in: folder) == before)
    }

    /// Neither who looks nor who would begin a sweep there touches what is another program's.
    @Test(arguments: ["delete", "wal"]) func foreignDatabasesAreLeftAlone(mode: String) throws {
        let folder = try TemporaryFolder()
        let other = try DatabaseQueue(path: folder.file("sweep.sqlite"))
        try other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = \(mode)") }
        try other.write { try $0.execute(sql: "CREATE TABLE t (a)") }
        try other.close()
        let before = try files(in: folder)
        let looking = #expect(throws: Fault.self) { try SweepDatabase(readingSweep: folder.path) }
        #expect(looking?.kind == .data && looking?.description.contains("not a sweep's") == true)
        let beginning = #expect(throws: Fault.self) { try folder.sweep(SmallSweep.plan(1)) }
        #expect(beginning?.kind == .data && beginning?.description.contains("not a sweep's") == true)
        #expect(try files(in: folder) == before)
    }

    /// Who died at the very beginning leaves an empty file: it holds no sweep yet, and one can be begun there.
    @Test func emptyFilesStayEmptyUntilASweepIsBegun() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("", to: "sweep.sqlite")
        let fault = #expect(throws: Fault.self) { try SweepDatabase(readingSweep: folder.path) }
        #expect(fault?.kind == .data && fault?.description.contains("is empty") == true)
        #expect(try files(in: folder) == ["sweep.sqlite": Data()])
        _ = try folder.sweep(SmallSweep.plan(1))
        #expect(try SweepDatabase(readingSweep: folder.path).counts().waiting == 1)
    }

    /// For the superuser, who may write everywhere, `SweepCommandTests` has a disk that cannot be written.
    @Test func foldersMayBeReadOnly() throws {
        let folder = try TemporaryFolder()
        _ = try folder.sweep(SmallSweep.plan(2))
        try #require(chmod(folder.file("sweep.sqlite"), 0o444) == 0 && chmod(folder.path, 0o555) == 0)
        defer { _ = chmod(folder.path, 0o755) }
        #expect(try SweepDatabase(readingSweep: folder.path).counts().waiting == 2)
    }

    /// What is in the log of a sweep that goes on is read with it.
    @Test func logsAreRead() throws {
        let folder = try TemporaryFolder()
        let sweep = try folder.sweep(SmallSweep.plan(2))
        let owner = try SweepOwner(of: sweep.database, in: folder.path)
        _ = try sweep.database.claim(for: owner, in: folder.path)
        #expect(try SweepDatabase(readingSweep: folder.path).counts().running == 1)
        try owner.leave()
    }

    /// Somebody begins to write while a file without a log is read: what was found by then does not count.
    @Test func changedFilesAreReadAnew() throws {
        let folder = try TemporaryFolder()
        _ = try folder.sweep(SmallSweep.plan(1))
        var writer: SweepDatabase?
        var looks = 0
        let count = try SweepReader.read(folder.file("sweep.sqlite")) { database -> Int? in
            looks += 1
            if writer == nil {
                writer = try SweepDatabase(makingIn: folder.path)
                try writer?.add(Array(SmallSweep.plan(3).runs.dropFirst()))
            }
            return try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM runs")
        }
        #expect(count == 3 && looks == 2)
    }

    /// Oracle: SQLite's rules for addresses (sqlite.org/uri.html).
    @Test func pathsBecomeAddresses() {
        #expect(SweepReader.unchanging("/a/b") == "file:///a/b?immutable=1")
        #expect(SweepReader.unchanging("a?b%c#d/é") == "file:a%3fb%25c%23d/é?immutable=1")
    }

    @Test func refusalsSayWhatIsMissing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("", to: "sweep.sqlite")
        let refusal = DatabaseError(resultCode: .SQLITE_CANTOPEN)
        let whole = SweepReader.fault(refusal, path)
        #expect(whole.kind == .inputOutput && whole.remedy.contains("right to read"))
        _ = try folder.write("changes", to: "sweep.sqlite-wal")
        let logged = SweepReader.fault(refusal, path)
        #expect(logged.kind == .inputOutput && logged.what.contains("log beside it"))
    }
}
