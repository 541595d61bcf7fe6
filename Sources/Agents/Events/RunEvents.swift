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
/// It only reads the run, so that a run with it writes the same bytes. A process that takes the run up writes a file of its
/// own, from the last line of the table that the saved state knows: by then all before it had been told.
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
        let known = try MetricsLines(reading: run + "/metrics.csv").lines.last?.step ?? 0
        first = Self.holdsEvents(directory) ? known : 0
        nextLine = first
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
        for kind in ["statistics", "plasticity"] {
            try tellFiles(of: kind, ending: ".json") { path, step throws(Fault) in
                try self.file.add(
                    scalars: Self.document(path).measurements.map { (Self.tag(kind, $0.path), $0.value) }, step: step)
            }
        }
        try tellFiles(of: "checkpoints", ending: ".safetensors") { path, step throws(Fault) in
            try self.tellWeights(Checkpoint(reading: path), step: step)
        }
    }

    /// Says how the run ended, after telling the rest.
    public func end(_ ending: EventFile.Ending) throws(Fault) {
        try update()
        try file.end(ending)
    }

    /// Hands over the files `step_….ENDING` in the run's folder `kind` that are new.
    private func tellFiles(
        of kind: String, ending: String, _ tell: (String, Int) throws(Fault) -> Void
    ) throws(Fault) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + kind)) ?? []
        let files = names.compactMap { name -> (step: Int, name: String)? in
            guard name.hasPrefix("step_"), name.hasSuffix(ending) else { return nil }
            return Int(name.dropFirst("step_".count).dropLast(ending.count)).map { ($0, name) }
        }
        for (step, name) in files.sorted(by: { $0.step < $1.step }) where step >= nextFile[kind] ?? first {
            try tell("\(folder)/\(kind)/\(name)", step)
            nextFile[kind] = step + 1
        }
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
        for entry in network.layout.entries {
            try file.add(
                histogram: Histogram(parameters.vector[entry.range].doubles), tag: "parameters/" + entry.name,
                step: step)
        }
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

    private static func holdsEvents(_ directory: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.contains { $0.contains("tfevents") }
    }
}
