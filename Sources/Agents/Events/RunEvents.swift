import Checkpoints
public import EventFiles
public import Files
import LinearAlgebra
import Networks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a run's folder tells TensorBoard, as it comes to lie there: the lines of `metrics.csv`, the numbers in
/// `statistics/` and `plasticity/`, the weights of the checkpoints as histograms, and the configuration.
///
/// It only reads the run, so that a run with it writes the same bytes. A process that takes the run up writes a file of
/// its own, from the first step that the folder's files do not tell: at the latest from the last line of the table, since
/// what came after the saved state comes again.
public final class RunEvents {
    private let folder: String
    private let file: EventFile
    /// The first step that is not told yet, of lines and of each kind of files.
    private var nextLine: Int
    private var nextFile: [String: Int] = [:]
    private let first: Int

    /// - Parameters:
    ///   - run: the folder of a run that has been begun or taken up in this process.
    ///   - directory: where the event files go; made where it is not there.
    /// - Throws: `Fault` of kind `inputOutput` where the system refuses, `data` for a damaged run.
    public init(ofRun run: String, in directory: String) throws(Fault) {
        try AtomicFile.makeFolder(directory)
        folder = run
        let lines = try MetricsLines(reading: run + "/metrics.csv").lines.map { $0.step }
        let told = EventFile.toldSteps(in: directory)
        // The constants come right after a first file's START: without them nothing is told.
        let isBegun = told["_hparams_"]?.contains(0) ?? false
        var start = isBegun ? lines.last ?? 0 : 0
        start = min(start, Self.firstMissing(of: lines, in: told["metrics"]))
        for kind in Self.kinds {
            let steps = Self.files(of: kind, in: run).map { $0.step }
            start = min(start, Self.firstMissing(of: steps, in: told[kind.group]))
        }
        first = start
        nextLine = start
        file = try EventFile(in: directory, from: first)
        guard first == 0 else { return }
        let json = try AtomicFile.read(RunDirectory.configurationPath(in: run))
        try file.add(
            text: "```json\n\(String(decoding: json, as: UTF8.self))```", tag: "configuration", step: 0)
        try file.begin(Self.constants(JSONValue(of: json)))
    }

    /// Tells what has come since it was called last.
    ///
    /// - Throws: `Fault` of kind `inputOutput` where the system refuses, `data` for a file that is not what it should be.
    public func update() throws(Fault) {
        let table = try MetricsLines(reading: folder + "/metrics.csv")
        for line in table.lines where line.step >= nextLine {
            try file.add(scalars: line.values.map { ("metrics/" + $0.name, $0.value) }, step: line.step)
            nextLine = line.step + 1
        }
        for kind in Self.kinds {
            for (step, path) in Self.files(of: kind, in: folder) where step >= nextFile[kind.folder] ?? first {
                if kind.ending == ".json" {
                    let measurements = try Self.document(path).measurements
                    try file.add(
                        scalars: measurements.map { (Self.tag(kind.group, $0.path), $0.value) }, step: step)
                } else {
                    try tellWeights(Checkpoint(reading: path), step: step)
                }
                nextFile[kind.folder] = step + 1
            }
        }
    }

    /// Says how the run ended, after telling the rest.
    public func end(_ ending: EventFile.Ending) throws(Fault) {
        try update()
        try file.end(ending)
    }

    /// Files of one kind: where they lie in a run's folder, how their names end, and the group of their tags.
    private struct FileKind {
        let folder: String
        let ending: String
        let group: String
    }

    private static let kinds = [
        FileKind(folder: "statistics", ending: ".json", group: "statistics"),
        FileKind(folder: "plasticity", ending: ".json", group: "plasticity"),
        FileKind(folder: "checkpoints", ending: ".safetensors", group: "parameters"),
    ]

    /// The files `step_….ENDING` of one kind, in the order of their steps.
    private static func files(of kind: FileKind, in run: String) -> [(step: Int, path: String)] {
        let folder = run + "/" + kind.folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let files = names.compactMap { name -> (step: Int, path: String)? in
            guard name.hasPrefix("step_"), name.hasSuffix(kind.ending) else { return nil }
            return Int(name.dropFirst("step_".count).dropLast(kind.ending.count)).map { ($0, folder + "/" + name) }
        }
        return files.sorted { $0.step < $1.step }
    }

    /// The first of some steps that event files do not tell.
    private static func firstMissing(of steps: [Int], in told: Set<Int>?) -> Int {
        let told = told ?? []
        return steps.first { !told.contains($0) } ?? Int.max
    }

    private static func document(_ path: String) throws(Fault) -> JSONValue {
        let data = try AtomicFile.read(path)
        guard let document = try? JSONDecoder().decode(JSONValue.self, from: data) else {
            throw Fault(.data, "is not the JSON that it should be", at: path)
        }
        return document
    }

    private func tellWeights(_ checkpoint: Checkpoint, step: Int) throws(Fault) {
        let network = try Network<Float>(checkpoint.architecture)
        let parameters = try checkpoint.parameters(of: network)
        let histograms = network.layout.entries.map { entry in
            (tag: "parameters/" + entry.name, histogram: Histogram(parameters.vector[entry.range].doubles))
        }
        try file.add(histograms: histograms, step: step)
    }

    /// `statistics/weight_norm`: the kind, and the path in the document without the kind's own name.
    private static func tag(_ kind: String, _ path: [String]) -> String {
        ([kind] + path.drop { $0 == kind }).joined(separator: "/")
    }

    /// The configuration's constants by their paths, but for the layers.
    private static func constants(_ configuration: JSONValue) -> [String: EventFile.Hyperparameter] {
        var constants: [String: EventFile.Hyperparameter] = [:]
        for (path, value) in configuration.leaves where path.first != "architecture" {
            let name = path.joined(separator: ".")
            switch value {
            case .flag(let flag): constants[name] = .flag(flag)
            case .integer(let number): constants[name] = .number(Double(number))
            case .unsigned(let number): constants[name] = .number(Double(number))
            case .number(let number): constants[name] = .number(number)
            case .text(let text): constants[name] = .text(text)
            case .null, .list, .object: break
            }
        }
        return constants
    }
}
