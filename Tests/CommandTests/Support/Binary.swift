import Foundation
import Testing

/// The commands as they were built, beside the tests.
enum Binary: String, CaseIterable, CustomTestStringConvertible {
    case agents
    case landscape

    var path: String { Self.folder + "/" + rawValue }
    var testDescription: String { rawValue }

    private static let folder: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = (tests as NSString).deletingLastPathComponent
        // `swift test` may run the bundle through a helper of the toolchain: the bundle is its argument then.
        let named = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map {
            ($0 as NSString).deletingLastPathComponent
        }
        return [beside, named ?? beside].first { FileManager.default.isExecutableFile(atPath: $0 + "/agents") }
            ?? beside
    }()

    /// Runs the command to its end.
    func run(_ arguments: String...) throws -> Ended { try ChildProcess(path, arguments).end() }
}

/// What a process left behind.
struct Ended {
    /// The exit code, or the negative number of the signal that ended it.
    var code: Int32
    var output: String
    var errors: String
}
