import Foundation
import Testing

/// The options of the commands that draw losses, and their defaults: a change of the commands' face must be meant.
@Suite struct LandscapeHelpTests {
    @Test(arguments: ["surface", "interpolate", "trajectory"]) func optionsAndDefaults(_ command: String) throws {
        let help = try Binary.landscape.run(command, "--help")
        #expect(help.code == 0)
        let words = help.output.split { $0.isWhitespace }.joined(separator: " ")
        for (option, fallback) in Self.options[command, default: []] {
            let start = try #require(words.range(of: "\(option) "), "\(option) is missing")
            let rest = words[start.upperBound...].prefix(260)
            #expect(fallback.isEmpty || rest.contains("default: \(fallback)"), "\(option)")
        }
    }

    private static let options = [
        "surface": [
            ("--dimensions <dimensions>", "2"), ("--directions <kind or file>", "filter-normalised"),
            ("--to <file>", ""),
            ("--points <n>", "25"), ("--range <low,high>", "-1,1"), ("--orthogonal", ""), ("--time-limit <time>", ""),
        ],
        "interpolate": [("--to <file>", ""), ("--points <n>", "41"), ("--time-limit <time>", "")],
        "trajectory": [("--points <n>", "25"), ("--center", ""), ("--time-limit <time>", "")],
    ]

    /// What cannot be drawn is said before anything is computed.
    @Test(arguments: [
        (["surface", "--checkpoint", "c", "--directions", "difference"], "needs --to 2 times"),
        (["surface", "--checkpoint", "c", "--to", "d"], "--to belongs to --directions difference"),
        (["surface", "--checkpoint", "c", "--dimensions", "3"], "--dimensions is 1 or 2"),
        (["surface", "--checkpoint", "c", "--points", "1"], "--points takes 2 to 10000"),
        (["surface", "--checkpoint", "c", "--orthogonal", "--dimensions", "1"], "--orthogonal needs --dimensions 2"),
        (["surface", "--checkpoint", "c", "--range", "1,-1"], "--range"),
        (["surface", "--checkpoint", "c", "--checkpoint", "d"], "through one checkpoint"),
        (["interpolate", "--checkpoint", "c", "--to", "d", "--points", "2"], "--points takes 3 to"),
        (["trajectory", "--checkpoint", "c", "--checkpoint", "d"], "2 checkpoints are no trajectory"),
    ]) func wrongCommandLines(_ arguments: [String], _ words: String) throws {
        let ended = try ChildProcess(Binary.landscape.path, arguments).end()
        #expect(ended.code == 64 && ended.errors.contains(words) && ended.output.isEmpty, "\(ended.errors)")
    }
}
