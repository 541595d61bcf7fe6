public import Files
public import LinearAlgebra
import Synchronization

/// What a study is run with, none of which changes its result.
public struct StudySession: Sendable {
    /// How many parts go on side by side; each is computed by one thread.
    public var workers = Workers.one
    /// Where the files of `mnist` and `cifar10` lie.
    public var dataDirectory: String?
    /// The program `agents`, for parts that are processes of their own; nil runs them here.
    public var agentsProgram: String?
    /// Asked before every step: true ends the study with everything saved.
    public var shouldStop: @Sendable () -> Bool = { false }
    /// Told how far a stage of the work is.
    public var progress: @Sendable (StudyProgress) -> Void = { _ in }

    public init() {}

    /// Runs `body(part, stop)` for every part, side by side; `stop` is true once the user asks to stop or another part has
    /// failed.
    ///
    /// - Throws: the first part's fault that is no interruption; else, `Fault` of kind `interrupted`.
    public func forEach(
        _ parts: Int, _ body: @Sendable (_ part: Int, _ stop: @Sendable () -> Bool) throws(Fault) -> Void
    ) throws(Fault) {
        let hasFailed = Atomic<Bool>(false)
        let stop: @Sendable () -> Bool = { [shouldStop] in hasFailed.load(ordering: .relaxed) || shouldStop() }
        let faults = workers.map(parts) { part -> Fault? in
            do throws(Fault) {
                if stop() { throw Fault(.interrupted, "stopped") }
                try body(part, stop)
                return nil
            } catch {
                if error.kind != .interrupted { hasFailed.store(true, ordering: .relaxed) }
                return error
            }
        }
        let found = faults.compactMap { $0 }
        if let fault = found.first(where: { $0.kind != .interrupted }) ?? found.first { throw fault }
    }
}

/// How far a stage of a study is.
public struct StudyProgress: Sendable {
    /// What is going on: `training`.
    public var stage: String
    public var done: Int
    public var total: Int
    /// What is counted, in the plural.
    public var unit: String
    public var details: String

    public init(_ stage: String, done: Int, of total: Int, unit: String, details: String = "") {
        self.stage = stage
        self.done = done
        self.total = total
        self.unit = unit
        self.details = details
    }
}

/// Adds up the work of parts that go on side by side.
public final class StudyMeter: Sendable {
    private let stage: String
    private let total: Int
    private let unit: String
    private let session: StudySession
    private let done: Mutex<[Int]>

    public init(_ stage: String, parts: Int, total: Int, unit: String, _ session: StudySession) {
        self.stage = stage
        self.total = total
        self.unit = unit
        self.session = session
        done = Mutex([Int](repeating: 0, count: parts))
    }

    /// Part number `part` has done so much in all.
    public func advance(_ part: Int, to count: Int, details: String = "") {
        let sum = done.withLock { done in
            done[part] = count
            return done.reduce(0, +)
        }
        session.progress(StudyProgress(stage, done: sum, of: total, unit: unit, details: details))
    }
}
