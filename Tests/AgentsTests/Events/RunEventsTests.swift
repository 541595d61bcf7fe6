import Agents
import Files
import Foundation
import SwiftProtobuf
import Testing

@testable import EventFiles

@Suite struct RunEventsTests {
    private let folder = TemporaryFolder()
    private var run: String { folder.path + "/run" }
    private var log: String { folder.path + "/log" }

    /// One number of one step, as a reader has it.
    private struct Point: Hashable {
        var tag: String
        var step: Int64
        var value: Float?
    }

    /// All points of a folder's files, in the order of time, as TensorBoard has them: an event that says START voids those
    /// of its step and later ones.
    private func points(in log: String) throws -> [Point] {
        // events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER, all of one process.
        let names = try FileManager.default.contentsOfDirectory(atPath: log).sorted { left, right in
            let (left, right) = (left.split(separator: "."), right.split(separator: "."))
            let places = [(left[3], right[3]), (left.last!, right.last!)].map { (Int($0)!, Int($1)!) }
            return (places[0].0, places[1].0) < (places[0].1, places[1].1)
        }
        var points: [Point] = []
        for name in names {
            var data = try Data(contentsOf: URL(fileURLWithPath: log + "/" + name))
            while !data.isEmpty {
                let count = (0..<8).reduce(0) { $0 | Int(data[data.startIndex + $1]) << ($1 * 8) }
                let record = Data(data.dropFirst(12).prefix(count))
                #expect(Data(data.prefix(16 + count)) == RecordFile.frame(record))
                data = data.dropFirst(16 + count)
                let event = try Event(serializedBytes: record)
                if event.sessionLog.status == .start { points.removeAll { $0.step >= event.step } }
                points += event.summary.value.map { value in
                    if case .simpleValue(let number)? = value.value {
                        Point(tag: value.tag, step: event.step, value: number)
                    } else {
                        Point(tag: value.tag, step: event.step)
                    }
                }
            }
        }
        return points
    }

    /// Runs to the end, or stops after `stop` steps, telling as `agents train` does.
    private func train(until stop: Int = .max, telling: Bool = true) throws {
        let run = try SmallRun.make(in: run)
        let events = telling ? try RunEvents(ofRun: self.run, in: log) : nil
        do {
            try run.run(shouldStop: { run.step >= stop }, progress: { _ in try? events?.update() })
            try events?.end(.success)
        } catch {
            guard error.kind == .interrupted else { throw error }
            try events?.update()
        }
    }

    /// Oracle: `metrics.csv`, cell by cell, rounded to floats; a histogram of each tensor at each checkpoint.
    @Test func everyLineAndCheckpointIsTold() throws {
        try train()
        let points = try points(in: log)
        let rows = try String(contentsOfFile: run + "/metrics.csv", encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        for row in rows.dropFirst() {
            for (name, cell) in zip(rows[0], row).dropFirst() {
                let told = points.filter { $0.tag == "metrics/" + name && $0.step == Int64(row[0]) }
                #expect(told.map(\.value) == [Double(cell).map { Float($0) }])
            }
        }
        for name in ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"] {
            #expect(points.filter { $0.tag == "parameters/" + name }.map(\.step) == [0, 10, 20, 24])
        }
        #expect(points.contains { $0.tag == "configuration/text_summary" })
        #expect(points.contains { $0.tag == "_hparams_/session_start_info" })
        #expect(points.contains { $0.tag == "_hparams_/session_end_info" })
    }

    /// The run's bytes are those of a run without.
    @Test func theRunIsTheSame() throws {
        try train()
        try SmallRun.make(in: folder.path + "/alone").run()
        #expect(folder.files(in: "run") == folder.files(in: "alone"))
    }

    /// Oracle: the events of a run that was never interrupted. Killed without a word after its last saved state, the run
    /// has told steps that come again; no step is there twice, none is missing.
    @Test(arguments: [0, 1, 5, 8, 13, 16, 21, 23], [false, true])
    func aRunTakenUpAgainTellsEachStepOnce(_ stop: Int, isKilled: Bool) throws {
        try train()
        let whole = try points(in: log)
        try FileManager.default.removeItem(atPath: run)
        try FileManager.default.removeItem(atPath: log)
        if isKilled { try kill(after: stop) } else { try train(until: stop) }
        try train()
        let found = try points(in: log)
        #expect(found.count == Set(found.map { "\($0.tag) \($0.step)" }).count)
        #expect(Set(found) == Set(whole))
    }

    /// Begun without, taken up with: all is told.
    @Test func whatWasBeforeIsToldToo() throws {
        try train(until: 13, telling: false)
        try train()
        let late = try points(in: log)
        try FileManager.default.removeItem(atPath: run)
        try FileManager.default.removeItem(atPath: log)
        try train()
        #expect(Set(late) == Set(try points(in: log)))
    }

    /// Told, then not, then told again: oracle, the events of a run that always told.
    @Test(arguments: [(5, 6), (8, 16), (13, 15), (13, 23)])
    func aStretchWithoutItIsToldLater(_ told: Int, _ silent: Int) throws {
        try train()
        let whole = try points(in: log)
        try FileManager.default.removeItem(atPath: run)
        try FileManager.default.removeItem(atPath: log)
        try train(until: told)
        try train(until: silent, telling: false)
        try train()
        let found = try points(in: log)
        #expect(found.count == Set(found.map { "\($0.tag) \($0.step)" }).count)
        #expect(Set(found) == Set(whole))
    }

    /// As above, where a process that had saved its state was killed after so many events.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 8])
    func whatAKillLeftOutIsToldLater(_ events: Int) throws {
        try train()
        let whole = try points(in: log)
        try FileManager.default.removeItem(atPath: run)
        try FileManager.default.removeItem(atPath: log)
        try train(until: 16)
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: log).first)
        let file = URL(fileURLWithPath: log + "/" + name)
        let records = RecordFile.records(in: try Data(contentsOf: file))
        try #require(records.count > events)
        var kept = Data()
        for record in records.prefix(events) { kept.append(RecordFile.frame(record)) }
        try kept.write(to: file)
        try train()
        let found = try points(in: log)
        #expect(found.count == Set(found.map { "\($0.tag) \($0.step)" }).count)
        #expect(Set(found) == Set(whole))
    }

    /// Numbers in documents beside the run, by their paths; layers by their names; what is no number is left out.
    @Test func documentsAreTold() throws {
        try train(telling: false)
        let documents = [
            "statistics/step_00000010.json": """
            {"step": 10, "statistics": {"weight_norm": 2.5, "rank": 3}, "seed": 4,
             "layers": [{"name": "fc1", "dead": 0.5, "kind": "relu"}]}
            """,
            "plasticity/step_00000020.json": """
            {"step": 20, "baseline": 1, "plasticity": {"value": 0.5, "standard_error": null, "interval": [0, 1]},
             "final_losses": [1, 2]}
            """,
        ]
        for (name, text) in documents {
            let path = run + "/" + name
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        try RunEvents(ofRun: run, in: log).update()
        let found = try points(in: log).filter { $0.tag.hasPrefix("statistics") || $0.tag.hasPrefix("plasticity") }
        #expect(
            Set(found) == [
                Point(tag: "statistics/weight_norm", step: 10, value: 2.5),
                Point(tag: "statistics/rank", step: 10, value: 3),
                Point(tag: "statistics/layers/fc1/dead", step: 10, value: 0.5),
                Point(tag: "plasticity/value", step: 20, value: 0.5),
            ])
        try Data("no JSON".utf8).write(to: URL(fileURLWithPath: run + "/statistics/step_00000030.json"))
        let events = try RunEvents(ofRun: run, in: folder.path + "/other")
        let fault = #expect(throws: Fault.self) { try events.update() }
        #expect(fault?.kind == .data && fault?.place.hasSuffix("step_00000030.json") == true)
    }

    /// As a kill: nothing is saved and nothing told after the step `stop`.
    private func kill(after stop: Int) throws {
        let run = try SmallRun.make(in: run)
        let events = try RunEvents(ofRun: self.run, in: log)
        run.willWrite = { [weak run] _ throws(Fault) in
            if let run, run.step > stop { throw Fault(.software, "killed") }
        }
        #expect(throws: Fault.self) { try run.run(progress: { _ in try? events.update() }) }
    }
}
