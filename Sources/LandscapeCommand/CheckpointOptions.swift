import ArgumentParser
import CommandSupport
import Files
import Foundation
import Networks

/// Which checkpoints, and what they do not say of themselves.
struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A checkpoint (safetensors). Give several, or a run's folder, for a series.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var checkpoint: [String]

    @Option(
        help: ArgumentHelp("A JSON file with the layers, for checkpoints that do not carry theirs.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var architecture: String?

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

    func validate() throws {
        if checkpoint.isEmpty { throw ValidationError("Give a checkpoint with --checkpoint.") }
        if let atoms, atoms < 2 { throw ValidationError("--atoms must be at least 2, not \(atoms).") }
    }

    /// The checkpoints' files, a run's folder replaced by the checkpoints in it, in the order of their steps.
    func checkpoints() throws(Fault) -> [String] { try Self.checkpoints(checkpoint) }

    /// The one checkpoint of a command that takes no series.
    func onlyCheckpoint(_ reason: String) throws(Fault) -> String {
        let found = try checkpoints()
        guard found.count == 1 else {
            throw Fault(
                .usage, "\(reason), and \(found.count) were given", at: checkpoint.joined(separator: ", "),
                remedy: "Give one of them with --checkpoint")
        }
        return found[0]
    }

    /// The files that any paths stand for.
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
