import Foundation
import Testing

/// Oracle: what the commands promise: 64 wrong command line, 65 bad data, 74 refused by the system; one message, on
/// standard error alone, which names the place.
@Suite struct ExitCodeTests {
    private func expect(_ ended: Ended, _ code: Int32, naming words: String...) {
        #expect(ended.code == code, "\(ended.errors)")
        #expect(ended.output.isEmpty)
        #expect(ended.errors.hasPrefix("error: "))
        #expect(!ended.errors.contains("Fatal error"))
        for word in words { #expect(ended.errors.contains(word), "\(ended.errors)") }
    }

    @Test(arguments: Binary.allCases) func versionAndHelp(binary: Binary) throws {
        let version = try binary.run("--version")
        #expect(version.code == 0)
        #expect(version.output == "0.1.0\n")
        for arguments in [["--help"], []] {
            let help = try ChildProcess(binary.path, arguments).end()
            #expect(help.code == 0)
            #expect(help.output.contains("USAGE: \(binary.rawValue) <subcommand>"))
            #expect(help.errors.isEmpty)
        }
    }

    @Test(arguments: Binary.allCases) func unknownOptionIsAWrongCommandLine(binary: Binary) throws {
        expect(try binary.run("--no-such-option"), 64, naming: "--no-such-option", "--help")
        expect(try binary.run("no-such-command"), 64, naming: "no-such-command")
    }

    @Test(arguments: Binary.allCases, ["bash", "zsh", "fish"])
    func completions(binary: Binary, shell: String) throws {
        let ended = try binary.run("--generate-completion-script", shell)
        #expect(ended.code == 0)
        #expect(ended.output.contains(binary.rawValue))
    }

    @Test(arguments: [
        (["train"], "<run>"), (["train", "a", "--output", "b"], "twice"), (["train", "a", "--steps", "x"], "--steps"),
        (["train", "a", "--threads", "0"], "--threads"), (["train", "a", "--threads", "1025"], "1024"),
        (["train", "a", "--hidden", "8,,8"], "--hidden"), (["train", "a", "--data", "faces"], "digits"),
        (["train", "a", "--data", "mnist"], "--data-dir"),
        (["train", "a", "--optimiser", "sgd", "--epsilon", "1"], "--epsilon"), (["resume"], "<run>"),
        (["show", "a", "b"], "b"),
    ])
    func wrongCommandLines(arguments: [String], word: String) throws {
        expect(try ChildProcess(Binary.agents.path, arguments).end(), 64, naming: word)
    }

    @Test func constantOutOfRangeIsAWrongCommandLine() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        expect(try Binary.agents.run("train", path, "--images", "100", "--discount", "2"), 64, naming: "discount", "2")
        expect(try Binary.agents.run("train", path, "--learning-rate", "nan"), 64, naming: "learning_rate")
    }

    @Test func missingRunIsBadData() throws {
        expect(try Binary.agents.run("show", "no/such/run"), 65, naming: "no/such/run")
        expect(try Binary.agents.run("resume", "no/such/run"), 65, naming: "no/such/run")
    }

    @Test func damagedFilesAreBadDataAndNamed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try #require(try ChildProcess(Binary.agents.path, SmallRun.arguments(in: path, steps: 40)).end().code == 0)
        for name in ["state.safetensors", "run.json"] {
            let file = URL(fileURLWithPath: path + "/" + name)
            let whole = try Data(contentsOf: file)
            try whole.prefix(whole.count / 2).write(to: file)
            expect(try Binary.agents.run("resume", path), 65, naming: name)
            try whole.write(to: file)
        }
        try Data("step,td_loss\n1,zero\n".utf8).write(to: URL(fileURLWithPath: path + "/metrics.csv"))
        expect(try Binary.agents.run("show", path), 65, naming: "metrics.csv", "line 2")
        try Data("step,td_loss,td_loss\n1,0.5,0.5\n".utf8).write(to: URL(fileURLWithPath: path + "/metrics.csv"))
        expect(try Binary.agents.run("show", path), 65, naming: "metrics.csv", "line 1", "'td_loss'")
        for word in ["nan", "-inf"] {
            try Data("step,td_loss\n1,0.5\n2,\(word)\n".utf8).write(to: URL(fileURLWithPath: path + "/metrics.csv"))
            for arguments in [["show", path], ["show", path, "--json"]] {
                let ended = try ChildProcess(Binary.agents.path, arguments).end()
                expect(ended, 65, naming: "metrics.csv", "line 3", "'td_loss'", word)
            }
        }
        try FileManager.default.removeItem(atPath: path + "/metrics.csv")
        expect(try Binary.agents.run("resume", path), 65, naming: "metrics.csv", "is missing")
    }

    /// The corrected command finds no run that was begun already.
    @Test func badEventFolderIsToldBeforeTheRunBegins() throws {
        let folder = try TemporaryFolder()
        let (path, file) = (folder.path + "/run", folder.path + "/file")
        try Data().write(to: URL(fileURLWithPath: file))
        let arguments = SmallRun.arguments(in: path, steps: 40)
        let refused = try ChildProcess(Binary.agents.path, arguments + ["--tensorboard", file + "/log"]).end()
        expect(refused, 74, naming: file + "/log")
        #expect(!FileManager.default.fileExists(atPath: path + "/run.json"))
        let log = folder.path + "/log"
        #expect(try ChildProcess(Binary.agents.path, arguments + ["--tensorboard", log]).end().code == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: log).count == 1)
    }

    @Test func secondRunInAFolderIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        try #require(try ChildProcess(Binary.agents.path, SmallRun.arguments(in: path, steps: 40)).end().code == 0)
        let before = try folder.contents(of: "run")
        expect(try Binary.agents.run("train", path), 64, naming: "agents resume \(path)")
        #expect(try folder.contents(of: "run") == before)
    }
}
