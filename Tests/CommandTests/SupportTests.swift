import Files
import Foundation
import Testing

@testable import CommandSupport

@Suite struct TableTests {
    /// Oracle: written by hand.
    @Test func columnsStandOnTheirPoints() {
        var table = Table([.init("name", .left), .init("count", .right), .init("value")])
        table.append(["a", .integer(7), .number(12.5)])
        table.append(["long name", .integer(1234), .number(-0.123456789)])
        table.append(["c", .none, .number(3e-9)])
        #expect(
            table.text == """
                name       count      value
                a              7  12.5
                long name   1234  -0.123457
                c              –   3e-09

                """)
    }

    @Test func sixSignificantDigits() {
        #expect(Table.text(1.0 / 3) == "0.333333")
        #expect(Table.text(1_234_567) == "1.23457e+06")
        #expect(Table.text(42) == "42")
        #expect(Table.text(-0.5, digits: 3) == "-0.5")
    }
}

@Suite struct JSONTextTests {
    private struct Result: Encodable {
        var values: [Double]
        var path = "a/b"
    }

    @Test func keysAreSortedAndSlashesPlain() throws {
        let text = try JSONText.encode(Result(values: [1, 0.1]))
        #expect(text.contains("\"path\" : \"a/b\""))
        #expect(text.hasSuffix("}\n"))
        #expect(try #require(text.range(of: "path")).lowerBound < #require(text.range(of: "values")).lowerBound)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func whatIsNoNumberIsRefusedByName(value: Double) {
        let fault = #expect(throws: Fault.self) { try JSONText.encode(Result(values: [0, value])) }
        #expect(fault?.kind == .software)
        #expect(fault?.place == "values[1]")
    }
}

@Suite struct ProgressTests {
    private let line = ProgressLine(
        name: "training", done: 1200, total: 3000, unit: "steps", rate: 512.3, details: "loss 0.12")

    @Test func text() {
        #expect(line.text == "training 1200/3000 steps (40 %), 512 steps/s, 3.5 s left, loss 0.12")
    }

    @Test func barFitsAnyWidth() {
        for width in 0...200 { #expect(line.bar(width: width).count <= width) }
        #expect(line.bar(width: 200).contains("loss 0.12"))
        // 30 places, of which two fifths are done.
        #expect(line.bar(width: 200).contains("[===========>                  ]"))
    }

    @Test func nothingToDoIsDone() {
        let empty = ProgressLine(name: "work", done: 0, total: 0, unit: "products", rate: nil, details: "")
        #expect(empty.text == "work 0/0 products (100 %)")
        #expect(empty.bar(width: 79).contains("[==============================]"))
    }

    @Test(arguments: [(0.04, "0.0 s"), (9.94, "9.9 s"), (61.0, "1:01"), (3723.4, "1:02:03"), (.infinity, "?")])
    func durations(seconds: Double, text: String) { #expect(ProgressLine.duration(seconds) == text) }

    /// Oracle: work at a constant rate r; every mean of it is r, to the rounding of a few sums.
    @Test func constantRateIsSeen() throws {
        var meter = RateMeter(done: 100, at: 3)
        for tick in 1...50 { meter.record(done: 100 + 7 * tick, at: 3 + 0.1 * Double(tick)) }
        #expect(abs(try #require(meter.rate) - 70) < 70 * 1e-12)
    }

    /// Oracle: after a change at t₀ the old rate counts exp(−∫ 3 dt/t) = (t₀/t)³.
    @Test func changedRateIsLearnt() throws {
        var meter = RateMeter(done: 0, at: 0)
        for tick in 1...1000 { meter.record(done: tick, at: 0.1 * Double(tick)) }
        for tick in 1...100 { meter.record(done: 1000 + 3 * tick, at: 100 + 0.1 * Double(tick)) }
        let share = pow(100 / 110.0 as Double, 3)
        #expect(abs(try #require(meter.rate) - (30 - 20 * share)) < 0.05)
    }

    /// Twenty seconds of work and twenty of something that is not counted: after some turns the forecast keeps to the mean
    /// of 50 a second.
    @Test func unevenWorkIsForetoldByItsMean() throws {
        var meter = RateMeter(done: 0, at: 0)
        var done = 0
        for second in 1...600 {
            if second / 20 % 2 == 0 { done += 100 }
            meter.record(done: done, at: Double(second))
            if second > 300 { #expect(abs(try #require(meter.rate) - 50) < 10, "\(second) s") }
        }
    }
}

@Suite struct MachineCoresTests {
    @Test func quotas() {
        #expect(MachineCores.processors(quotaAndPeriod: "200000 100000\n") == 2)
        #expect(MachineCores.processors(quotaAndPeriod: "150000 100000") == 2)
        #expect(MachineCores.processors(quotaAndPeriod: "10000 100000") == 1)
        #expect(MachineCores.processors(quotaAndPeriod: "max 100000") == nil)
        #expect(MachineCores.processors(quotaAndPeriod: "-1 100000") == nil)
    }

    @Test func affinity() {
        #expect(MachineCores.processors(status: "Name:\tx\nCpus_allowed:\tf,00000001\nMems_allowed:\t1\n") == 5)
        #expect(MachineCores.processors(status: "Name:\tx\n") == nil)
        #expect((1...4096).contains(MachineCores.count))
    }
}

@Suite struct AbandonedFileTests {
    /// Oracle: a process with the largest number there can be does not exist, and this one does.
    @Test func onlyFilesOfTheDeadAreRemoved() throws {
        let folder = try TemporaryFolder()
        let dead = "\(Int32.max)"
        let alive = "\(ProcessInfo.processInfo.processIdentifier)"
        let kept = [".a.\(alive)-0.partial", "a.\(dead)-0.partial", ".a.\(dead)", ".partial", ".a.partial", "a.txt"]
        let removed = [".a.json.\(dead)-0.partial", ".training.\(dead).partial.png"]
        for name in kept + removed {
            _ = FileManager.default.createFile(atPath: folder.path + "/" + name, contents: nil)
        }
        AtomicFile.removeAbandonedFiles(in: folder.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == kept.sorted())
    }
}
