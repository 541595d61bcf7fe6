public import ArgumentParser
import CommandSupport
import Files
import Foundation
import Landscape
public import Networks

/// What every analysing command takes: which checkpoints, on which examples, under which loss.
struct AnalysisOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A checkpoint (safetensors). Give several, or a run's folder, for a series.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var checkpoint: [String]

    @Option(
        help: ArgumentHelp("A JSON file with the layers, for checkpoints that do not carry theirs.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var architecture: String?

    @Option(
        help: ArgumentHelp(
            "A safetensors data file, a folder of MNIST or CIFAR-10 files, or digits or objects. Default: what the "
                + "checkpoint was trained on; for an agent its own replayed transitions.", valueName: "file or name"),
        completion: .file())
    var data: String?

    @Option(
        help: ArgumentHelp(
            "mse, cross-entropy, huber, probe, td or two-hot. Default: what the checkpoint was trained with.",
            valueName: "kind")
    )
    var loss: LossKind?

    @Option(
        help: ArgumentHelp(
            "How many examples, drawn without replacement. Default: all, up to \(ProblemConfiguration.defaultExamples).",
            valueName: "n"))
    var examples: Int?

    @Option(
        help: ArgumentHelp(
            "The threshold of the Huber loss. Default: what the checkpoint says, or 1.", valueName: "delta"))
    var huberThreshold: Double?

    // The lower end may be negative: what begins with a hyphen is a value here.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The ends of the support of categorical outputs (two-hot). Default: what the checkpoint says.",
            valueName: "low,high"))
    var support: SupportEnds?

    @Option(
        help: ArgumentHelp(
            "The values on that support. Default: what the checkpoint says, or \(Support.defaultAtoms).", valueName: "n"
        ))
    var atoms: Int?

    @OptionGroup var seed: SeedOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var memory: MemoryOptions

    @Flag(
        help:
            "Let batch normalisation take the statistics of the examples at hand, as in training, not the running ones."
    )
    var batchStatistics = false

    func validate() throws {
        if checkpoint.isEmpty { throw ValidationError("Give a checkpoint with --checkpoint.") }
        if let examples, examples < 1 { throw ValidationError("--examples must be at least 1, not \(examples).") }
        if let atoms, atoms < 2 { throw ValidationError("--atoms must be at least 2, not \(atoms).") }
        if let huberThreshold, !(huberThreshold > 0) {
            throw ValidationError("--huber-threshold must be positive, not \(huberThreshold).")
        }
    }

    /// The checkpoints' files, a run's folder replaced by the checkpoints in it, in the order of their steps.
    func checkpoints() throws(Fault) -> [String] { try Self.checkpoints(checkpoint) }

    /// As above, of any paths.
    static func checkpoints(_ given: [String]) throws(Fault) -> [String] {
        var paths: [String] = []
        for path in given {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                paths.append(path)
                continue
            }
            let found = checkpoints(in: path) + checkpoints(in: path + "/checkpoints")
            guard !found.isEmpty else {
                throw Fault(
                    .data, "holds no checkpoint", at: path, remedy: "Give a run's folder, or a safetensors file")
            }
            paths += found
        }
        return paths
    }

    func problem(_ checkpoint: String) -> ProblemConfiguration {
        var configuration = ProblemConfiguration(
            checkpoint: checkpoint, data: data, loss: loss, examples: examples, seed: seed.seed,
            workers: threads.workers)
        configuration.architecture = architecture
        configuration.huberThreshold = huberThreshold
        configuration.mode = batchStatistics ? .batchStatistics : .analysis
        configuration.memoryLimit = memory.limit
        configuration.supportEnds = support.map { ($0.low, $0.high) }
        configuration.atoms = atoms
        return configuration
    }

    /// The files that end in `.safetensors` and stand for themselves: not the ones beside a checkpoint.
    private static func checkpoints(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            name.hasSuffix(".safetensors") && name != "state.safetensors" && !name.hasPrefix(".")
                && !name.hasSuffix(".target.safetensors") && !name.hasSuffix(".transitions.safetensors")
                && name.firstMatch(of: /\.twin_\d+\.safetensors$/) == nil
        }.sorted().map { folder + "/" + $0 }
    }
}

extension LossKind: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }
}
