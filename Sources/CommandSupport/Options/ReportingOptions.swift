public import ArgumentParser
import Logging

/// A command that says on standard error what it does; its choices are in force before it runs.
public protocol ReportingCommand: ParsableCommand {
    var reporting: ReportingOptions { get }
}

/// What goes to standard error: `--quiet`, `--log-level`.
public struct ReportingOptions: ParsableArguments {
    @Flag(name: [.customShort("q"), .long], help: "Show no progress.")
    public var quiet = false

    @Option(help: "The least important messages to show.")
    public var logLevel: MessageLevel = .notice

    public init() {}

    /// How long work shows its progress.
    public var progressStyle: Progress.Style { quiet ? .silent : .automatic }

    func apply() { LogSink.level = logLevel.level }
}

/// How important a message is, from the least to the most; the words are swift-log's.
public enum MessageLevel: String, CaseIterable, Sendable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
