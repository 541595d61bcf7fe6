import Agents
import ArgumentParser
import Files
import Networks

/// The agent's network.
struct NetworkOptions: ParsableArguments {
    @Option(help: "Hidden layers' widths, with commas between them.")
    var hidden = Widths([512, 512])

    @Option(
        help: ArgumentHelp("A network of other layers, as JSON, instead of --hidden.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var architecture: String?

    /// - Throws: `Fault` of kind `data` for a file that describes no network.
    func architecture(input: [Int], outputs: Int) throws(Fault) -> Architecture {
        guard let architecture else { return .perceptron(input: input, widths: hidden.values, outputs: outputs) }
        return try Architecture(parsing: AtomicFile.read(architecture), from: architecture)
    }
}

/// `512,512`: positive whole numbers with commas between them.
struct Widths: ExpressibleByArgument {
    let values: [Int]

    init(_ values: [Int]) { self.values = values }

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = words.compactMap { Int($0) }
        guard values.count == words.count, values.allSatisfy({ (1...1 << 20).contains($0) }) else { return nil }
        self.values = values
    }

    var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }
}
