public import ArgumentParser
import Files
import Foundation

/// A whole process: from the command line to the exit code that `docs` and scripts rely on.
///
/// 0 on success, 64 for a wrong command line, 65 for input that cannot be used, 70 for a defect of ours, 74 where the
/// system refused to read or write, 130 after an interrupt. Whatever fails says so in one message on standard error.
public enum CommandProcess {
    /// Parses the process's arguments, runs the command they name and ends the process.
    public static func run<Root: ParsableCommand>(_ root: Root.Type) -> Never {
        Interruption.install()
        LogSink.install()
        do {
            var command = try parse(root)
            (command as? any ReportingCommand)?.reporting.apply()
            try command.run()
            end(with: 0)
        } catch {
            let ending = Ending(error, of: root)
            if let text = ending.output { try? StandardOutput.write(text + "\n") }
            if let text = ending.complaint { StandardError.write(line: text) }
            end(with: ending.code)
        }
    }

    private static func parse(_ root: any ParsableCommand.Type) throws -> any ParsableCommand {
        do { return try root.parseAsRoot() } catch let error as Fault {
            throw error
        } catch {
            // What an option's own check refuses is a wrong command line, whatever the error's type.
            guard root.exitCode(for: error) == .failure else { throw error }
            throw Fault(.usage, root.message(for: error))
        }
    }

    /// Ends the process here, with nothing of ours left in a half-written state.
    private static func end(with code: Int32) -> Never {
        StandardError.endBar()
        fflush(nil)
        exit(code)
    }
}

/// What a process says last, and its exit code.
struct Ending {
    /// For standard output: a help text, a version, a completion script.
    var output: String?
    /// For standard error.
    var complaint: String?
    var code: Int32

    init(_ error: any Error, of root: any ParsableCommand.Type) {
        if let fault = error as? Fault {
            complaint = "error: \(fault)"
            // What fails once the user has asked to stop fails because of that: a drawing program gets the signal too.
            code = Interruption.isRequested ? Fault.Kind.interrupted.rawValue : fault.kind.rawValue
            return
        }
        let exitCode = root.exitCode(for: error)
        let text = root.fullMessage(for: error)
        switch exitCode {
        case .success: (output, complaint, code) = (text, nil, 0)
        case .failure where !(error is ExitCode):
            (output, complaint, code) = (nil, "error: \(Self.unforeseen(error))", Fault.Kind.software.rawValue)
        default:
            let prefix = "Error: "
            let message = text.hasPrefix(prefix) ? "error: " + text.dropFirst(prefix.count) : text
            (output, complaint, code) = (nil, message.isEmpty ? nil : message, exitCode.rawValue)
        }
    }

    private static func unforeseen(_ error: any Error) -> String {
        Fault(
            .software, "an error that this program did not expect: \(error)",
            remedy: "This is a defect of the program: please report it with the command that you typed"
        ).description
    }
}
