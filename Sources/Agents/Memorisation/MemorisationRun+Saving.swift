import Checkpoints
import Datasets
public import Files
import LinearAlgebra
import Networks
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension MemorisationRun {
    /// So many images go into a task's file: enough for a landscape, and every task has one.
    private static let taskExamples = 1024

    var statePath: String { path + "/state.safetensors" }

    /// Writes θ in the checkpoint format, and before it the tasks that end and begin here: so that the landscape can be
    /// seen with the old labels, which the checkpoint names, and with the new.
    func writeCheckpoint() throws(Fault) {
        let next = step / configuration.stepsPerTask
        let last = max(0, next - 1)
        for task in Set([last, next]).sorted() { try writeTask(task) }
        var record = RunRecord()
        record.environment = "memorisation \(configuration.images)"
        record.seed = configuration.seed
        record.step = step
        record.optimiser = configuration.optimiser.description
        record.loss = "cross-entropy"
        record.data = "../tasks/" + Self.name(ofTask: last)
        let file = "\(path)/checkpoints/\(RunDirectory.name(ofStep: step)).safetensors"
        try willWrite(file)
        try Checkpoint.write(parameters, architecture: configuration.architecture, run: record, to: file)
    }

    private func writeTask(_ task: Int) throws(Fault) {
        let count = min(Self.taskExamples, images.count)
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        try writer.add("inputs", images.floats(of: Array(0..<count)), shape: [count] + images.shape)
        try writer.add("targets", labels(ofTask: task).prefix(count).map { Int64($0) }, shape: [count])
        let file = "\(path)/tasks/\(Self.name(ofTask: task))"
        try willWrite(file)
        try writer.write(to: file)
    }

    private static func name(ofTask task: Int) -> String {
        let digits = String(task)
        return "task_" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".safetensors"
    }

    /// Writes all that resuming needs, in one file: at every instant the old one or the new one is there.
    func saveState() throws(Fault) {
        try metrics.synchronise()
        let state = MemorisationState(step: step, metricsBytes: metrics.count, sums: sums)
        var writer = SafetensorsWriter(metadata: ["format": "pt", MemorisationState.key: state.json])
        let count = parameters.vector.count
        try writer.add("parameters", parameters.vector.array, shape: [count])
        if parameters.buffers.count > 0 {
            try writer.add("buffers", parameters.buffers.array, shape: [parameters.buffers.count])
        }
        for (name, values) in optimiser.moments {
            try writer.add("optimiser.\(name)", values.array, shape: [count])
        }
        try willWrite(statePath)
        try writer.write(to: statePath)
    }

    func restore(_ saved: SavedMemorisation) throws(Fault) {
        do throws(Fault) {
            var moments: [String: [Float]] = [:]
            for (name, _) in optimiser.moments { moments[name] = try saved.file.floats("optimiser.\(name)") }
            try optimiser.restore(step: saved.state.step, moments: moments)
            try assign("parameters", from: saved.file, to: parameters.vector)
            if parameters.buffers.count > 0 { try assign("buffers", from: saved.file, to: parameters.buffers) }
        } catch {
            throw error.place.hasPrefix(saved.file.name) ? error : error.within(saved.file.name)
        }
        sums = saved.state.sums
    }

    private func assign(_ tensor: String, from file: SafetensorsFile, to vector: Vector<Float>) throws(Fault) {
        let values = try file.floats(tensor)
        guard values.count == vector.count else {
            throw Fault(
                .data, "has \(values.count) numbers and the network \(vector.count)", at: "\(file.name), '\(tensor)'",
                remedy: "The saved state belongs to another run")
        }
        vector.assign(values)
    }

    /// The folder is this configuration's from now on.
    ///
    /// - Throws: `Fault` of kind `usage` where it holds a run of another configuration; the key is named.
    static func claim(_ path: String, for configuration: MemorisationConfiguration) throws(Fault) {
        let file = path + "/memorisation.json"
        guard FileManager.default.fileExists(atPath: file) else {
            try AtomicFile.write(configuration.json, to: file)
            return
        }
        let found = try MemorisationConfiguration(parsing: AtomicFile.read(file), from: file)
        if let difference = JSONValue(of: configuration.json).firstDifference(from: JSONValue(of: found.json)) {
            throw Fault(
                .usage, "the run was begun with \(difference.other) and is to be resumed with \(difference.mine)",
                at: "\(file), key '\(difference.key)'", remedy: "Leave that option out, or begin another run elsewhere")
        }
    }

    /// FNV-1a over shape and pixels, in hexadecimal: tells changed images from unchanged ones. Their labels are drawn here.
    static func checksum(of images: ImageSet) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for number in images.shape { hash = (hash ^ UInt64(number)) &* 0x100_0000_01b3 }
        for byte in images.pixels { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Where the run in `path` stopped being finite; nil where it did not.
    ///
    /// - Throws: `Fault` of kind `data` for a damaged file.
    public static func divergence(in path: String) throws(Fault) -> Divergence? {
        let file = path + "/diverged.json"
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        guard let found = try? JSONDecoder().decode(Divergence.self, from: AtomicFile.read(file)) else {
            throw Fault(.data, "does not say where the run diverged", at: file, remedy: "Restore the file")
        }
        return found
    }

    /// Removes what killed processes were about to write. Nobody else writes here: the lock is ours.
    static func removePartialFiles(in path: String) {
        for folder in [path, path + "/checkpoints", path + "/tasks"] {
            AtomicFile.removeAbandonedFiles(in: folder)
        }
    }
}

/// The part of the saved state that is no tensor.
struct MemorisationState: Codable {
    static let key = "memorisation.state"

    var formatVersion = 1
    var step: Int
    /// The bytes of `metrics.csv` that belong to this state.
    var metricsBytes: Int
    var sums: MetricsSums

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case step
        case metricsBytes = "metrics_bytes"
        case sums
    }

    init(step: Int, metricsBytes: Int, sums: MetricsSums) {
        self.step = step
        self.metricsBytes = metricsBytes
        self.sums = sums
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("losses of updates are finite") }
        return String(decoding: data, as: UTF8.self)
    }
}

/// A run as `state.safetensors` holds it.
struct SavedMemorisation {
    let file: SafetensorsFile
    let state: MemorisationState

    /// Nil where nothing was saved yet.
    init?(readingIn path: String) throws(Fault) {
        let name = path + "/state.safetensors"
        guard FileManager.default.fileExists(atPath: name) else { return nil }
        file = try SafetensorsFile(reading: name)
        guard let json = file.metadata[MemorisationState.key],
            let state = try? JSONDecoder().decode(MemorisationState.self, from: Data(json.utf8)),
            state.formatVersion == 1, state.step >= 0, state.metricsBytes >= 0
        else {
            throw Fault(.data, "does not hold the state of a memorisation run", at: name, remedy: "Restore the file")
        }
        self.state = state
    }
}
