import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a run's files lie, and that they are this run's alone.
///
/// | file | what |
/// | --- | --- |
/// | `run.json` | the configuration |
/// | `metrics.csv` | one line every `log_period_steps` |
/// | `checkpoints/step_00001000.safetensors` | θ; beside it `….target.safetensors` (θ′), `….transitions.safetensors`, `….twin_1.safetensors` |
/// | `statistics/step_00001000.json` | where they are logged: `NetworkStatistics` |
/// | `state.safetensors` | all that resuming needs |
/// | `.lock` | held, while a process trains here |
///
/// `state.safetensors` is the one file that says how far the run is, and is written last: whatever is newer is written
/// again, with the same bytes, when the run is resumed from it.
struct RunDirectory {
    let path: String
    private let lock: RunLock

    /// Takes a directory for a run.
    ///
    /// - Throws: `Fault` of kind `usage` when another process trains there, when `mode` is `start` and a run is there, or
    ///   when the run there has another configuration (the key is named).
    init(_ path: String, for configuration: RunConfiguration, mode: RunMode) throws(Fault) {
        self.path = path
        try AtomicFile.makeFolder(path)
        lock = try RunLock(path)
        let file = Self.configurationPath(in: path)
        guard FileManager.default.fileExists(atPath: file) else {
            try Self.checkUnused(path)
            return
        }
        guard mode == .resume else {
            throw Fault(
                .usage, "holds a run already", at: path,
                remedy: "Continue that run with agents resume, or choose another folder")
        }
        let found = try RunConfiguration(parsing: AtomicFile.read(file), from: file)
        if let difference = configuration.firstDifference(from: found) {
            throw Fault(
                .usage, "the run was begun with \(difference.other) and is to be resumed with \(difference.mine)",
                at: "\(file), key '\(difference.key)'", remedy: "Leave that option out, or begin another run elsewhere")
        }
    }

    static func configurationPath(in directory: String) -> String { directory + "/run.json" }

    var configuration: String { Self.configurationPath(in: path) }
    var metrics: String { path + "/metrics.csv" }
    var state: String { path + "/state.safetensors" }
    var checkpoints: String { path + "/checkpoints" }
    var statistics: String { path + "/statistics" }
    var hasState: Bool { FileManager.default.fileExists(atPath: state) }

    /// The files of the checkpoint at `step`.
    func checkpoint(_ step: Int) -> (parameters: String, target: String, transitions: String) {
        let name = checkpoints + "/" + Self.name(ofStep: step)
        return (name + ".safetensors", name + ".target.safetensors", name + ".transitions.safetensors")
    }

    /// The file of a Brownian twin's checkpoint at `step`.
    func checkpoint(_ step: Int, twin: Int) -> String {
        checkpoints + "/" + Self.name(ofStep: step) + ".twin_\(twin).safetensors"
    }

    /// `step_00001000`: what files of one step are called.
    static func name(ofStep step: Int) -> String {
        let digits = String(step)
        return "step_" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// Writes the configuration where it is not yet, before anything else: a folder without it holds no run.
    func write(_ configuration: RunConfiguration) throws(Fault) {
        if !FileManager.default.fileExists(atPath: self.configuration) {
            try AtomicFile.write(configuration.json, to: self.configuration)
        }
        try AtomicFile.makeFolder(checkpoints)
    }

    /// Removes what killed processes were about to write. Nobody else writes here: the lock is ours.
    func removePartialFiles() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        // What is no folder has no content.
        for folder in [path] + names.map({ path + "/" + $0 }) {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where name.hasPrefix(".") && name.hasSuffix(".partial") {
                try? FileManager.default.removeItem(atPath: folder + "/" + name)
            }
        }
    }

    private static func checkUnused(_ path: String) throws(Fault) {
        for name in ["state.safetensors", "metrics.csv", "checkpoints"]
        where FileManager.default.fileExists(atPath: path + "/" + name) {
            throw Fault(
                .usage, "holds '\(name)' but no run.json that would say of which run", at: path,
                remedy: "Choose an empty folder")
        }
    }
}

/// Whether a run may find one begun before.
public enum RunMode: Sendable {
    /// Refuse a directory that holds a run.
    case start
    /// Go on with the run that the directory holds; begin it where there is none yet.
    case resume
}
