import Foundation

/// What was wrong, with its seed, on standard error: to be looked into, one by one.
enum AccuracyLog {
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
