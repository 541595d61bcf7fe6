public import Files
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file that TensorBoard reads while it grows: scalars, texts and histograms over the steps of a run.
///
/// Each process writes a file of its own into the folder; TensorBoard takes a folder's files together as one run. A file
/// begins by telling readers to forget what earlier ones say of its first step and later ones, so that a run that was
/// killed and taken up again shows each step once.
public final class EventFile {
    /// A constant of a run, for the table of hyperparameters.
    public enum Hyperparameter: Sendable, Equatable {
        case number(Double)
        case text(String)
        case flag(Bool)
    }

    /// How a run ended.
    public enum Ending: Sendable {
        case success
        case failure
    }

    public var path: String { records.path }
    private let records: RecordFile
    private let clock: () -> Double

    /// Makes a file of a new name in `folder`, `events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER`.
    ///
    /// - Parameters:
    ///   - step: the first that this process will write; what was written of it and later ones is void.
    ///   - clock: seconds since 1970; nil for the system's.
    /// - Throws: `Fault` of kind `inputOutput` where the system refuses.
    public init(
        in folder: String, from step: Int, clock: (() -> Double)? = nil
    ) throws(Fault) {
        self.clock = clock ?? { Date().timeIntervalSince1970 }
        records = try RecordFile(creating: Self.freshPath(in: folder, seconds: Int(self.clock())))
        try write { $0.fileVersion = "brain.Event:2" }
        try write(step: step) { $0.sessionLog.status = .start }
    }

    /// Numbers of one step, by tag (`group/name`); one that is not finite is written as it is.
    public func add(scalars: [(tag: String, value: Double)], step: Int) throws(Fault) {
        guard !scalars.isEmpty else { return }
        try addSummary(
            step: step,
            scalars.map { tag, value in
                var entry = Summary.Value()
                entry.tag = tag
                entry.simpleValue = Float(value)
                return entry
            })
    }

    /// A text, which may be Markdown.
    public func add(text: String, tag: String, step: Int) throws(Fault) {
        var entry = Summary.Value()
        entry.tag = tag + "/text_summary"
        entry.metadata.pluginData.pluginName = "text"
        entry.tensor.dtype = 7
        entry.tensor.tensorShape.dim = [.with { $0.size = 1 }]
        entry.tensor.stringVal = [Data(text.utf8)]
        try addSummary(step: step, [entry])
    }

    /// Histograms of one step, by tag, in one event: all of them are told or none. Those of no numbers are left out.
    public func add(histograms: [(tag: String, histogram: Histogram)], step: Int) throws(Fault) {
        var entries: [Summary.Value] = []
        for (tag, histogram) in histograms where histogram.count > 0 {
            var entry = Summary.Value()
            entry.tag = tag
            entry.histo.min = histogram.minimum
            entry.histo.max = histogram.maximum
            entry.histo.num = Double(histogram.count)
            entry.histo.sum = histogram.sum
            entry.histo.sumSquares = histogram.sumOfSquares
            entry.histo.bucketLimit = histogram.limits
            entry.histo.bucket = histogram.counts.map(Double.init)
            entries.append(entry)
        }
        guard !entries.isEmpty else { return }
        try addSummary(step: step, entries)
    }

    /// The run's constants: a row of the table of hyperparameters.
    public func begin(_ constants: [String: Hyperparameter]) throws(Fault) {
        var info = SessionStartInfo()
        info.startTimeSecs = clock()
        info.hparams = constants.mapValues { constant in
            switch constant {
            case .number(let number): Google_Protobuf_Value(numberValue: number)
            case .text(let text): Google_Protobuf_Value(stringValue: text)
            case .flag(let flag): Google_Protobuf_Value(boolValue: flag)
            }
        }
        try add(.with { $0.sessionStartInfo = info }, tag: "_hparams_/session_start_info")
    }

    /// That the run is over, for the table of hyperparameters.
    public func end(_ ending: Ending) throws(Fault) {
        var info = SessionEndInfo()
        info.endTimeSecs = clock()
        info.status = ending == .success ? .success : .failure
        try add(.with { $0.sessionEndInfo = info }, tag: "_hparams_/session_end_info")
    }

    private func add(_ data: HParamsPluginData, tag: String) throws(Fault) {
        var entry = Summary.Value()
        entry.tag = tag
        entry.metadata.pluginData.pluginName = "hparams"
        entry.metadata.pluginData.content = try Self.bytes(data)
        try addSummary(step: 0, [entry])
    }

    private func addSummary(step: Int, _ values: [Summary.Value]) throws(Fault) {
        try write(step: step) { $0.summary.value = values }
    }

    private func write(step: Int = 0, _ fill: (inout Event) -> Void) throws(Fault) {
        var event = Event()
        event.wallTime = clock()
        event.step = Int64(step)
        fill(&event)
        try records.append(try Self.bytes(event))
    }

    private static func bytes(_ message: some Message) throws(Fault) -> Data {
        do {
            // Maps have no order of their own: the same event gives the same bytes.
            var options = BinaryEncodingOptions()
            options.useDeterministicOrdering = true
            return try message.serializedBytes(options: options)
        } catch {
            throw Fault(.software, "an event cannot be encoded (\(error))", at: "event file")
        }
    }

    /// A name that sorts after those of earlier processes, and that no file in the folder has.
    private static func freshPath(in folder: String, seconds: Int) -> String {
        let host = ProcessInfo.processInfo.hostName
        let process = ProcessInfo.processInfo.processIdentifier
        var number = 0
        while true {
            let path = "\(folder)/events.out.tfevents.\(seconds).\(host).\(process).\(number)"
            if !FileManager.default.fileExists(atPath: path) { return path }
            number += 1
        }
    }
}
