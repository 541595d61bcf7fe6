import ArgumentParser
import CommandSupport
import Files
import Landscape

struct SelftestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Problems with known answers, solved on this machine with its own libraries.")

    @OptionGroup var threads: ThreadOptions

    @Flag(help: "Print the result as one JSON document instead of a table.")
    var json = false

    func run() throws {
        let checks = try SelfTest.run(workers: threads.workers)
        var table = Table([
            .init("check", .left), .init("oracle", .left), .init("error", .right), .init("tolerance", .right),
            .init("", .left),
        ])
        for check in checks {
            table.append([
                .text(check.name), .text(check.oracle), .number(check.error), .number(check.tolerance),
                .text(check.passed ? "passed" : "FAILED"),
            ])
        }
        try StandardOutput.write(json ? JSONText.encode(checks) : table.text)
        let failed = checks.count { !$0.passed }
        guard failed == 0 else {
            throw Fault(
                .software, "\(failed) of \(checks.count) checks failed: numbers from this machine cannot be trusted",
                remedy: "Run 'landscape doctor', and try another BLAS library")
        }
    }
}
