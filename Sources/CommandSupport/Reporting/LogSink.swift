import Logging
import Synchronization

/// Log messages as lines on standard error, above the progress bar.
struct LogSink: LogHandler {
    private static let threshold = Mutex(Logger.Level.notice)

    /// The process's level; every logger follows it, also those made before it was set.
    static var level: Logger.Level {
        get { threshold.withLock { $0 } }
        set { threshold.withLock { $0 = newValue } }
    }

    /// Makes this the process's only log; once.
    static func install() { LoggingSystem.bootstrap { _ in LogSink() } }

    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    /// A logger's own level, where it was given one.
    private var ownLevel: Logger.Level?

    var logLevel: Logger.Level {
        get { ownLevel ?? Self.level }
        set { ownLevel = newValue }
    }

    func log(event: LogEvent) {
        var facts = metadata
        if let provided = metadataProvider?.get() { facts.merge(provided) { $1 } }
        if let given = event.metadata { facts.merge(given) { $1 } }
        let tail = facts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        StandardError.write(line: "\(event.level): \(event.message)\(tail)")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
