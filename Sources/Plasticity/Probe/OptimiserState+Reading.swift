public import Checkpoints
public import Files
import LinearAlgebra

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The keys of a run's saved state that are read here.
private struct SavedPosition: Decodable {
    var step: Int
    var optimiserRestartStep: Int?

    enum CodingKeys: String, CodingKey {
        case step
        case optimiserRestartStep = "optimiser_restart_step"
    }
}

extension OptimiserState {
    /// The optimiser's state at step `step` of the run that the checkpoint lies in.
    ///
    /// A run saves one state, that of the step it would be resumed from: only the checkpoint of that step has one. At
    /// step 0 nothing has been gathered, and the state is nil: a fresh one.
    ///
    /// - Parameter step: the checkpoint's.
    /// - Throws: `Fault` of kind `usage` where the run's state is of another step, or there is none; `data` where it is
    ///   damaged.
    public static func reading(besides checkpoint: Checkpoint) throws(Fault) -> OptimiserState? {
        guard let step = checkpoint.run.step else {
            throw Fault(
                .usage, "does not say its step, so no saved optimiser state is known to belong to it",
                at: checkpoint.path,
                remedy: "Take a fresh state")
        }
        guard step > 0 else { return nil }
        let path = URL(fileURLWithPath: checkpoint.path).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("state.safetensors").path
        guard FileManager.default.fileExists(atPath: path) else {
            throw Fault(
                .usage, "there is no saved state of the run", at: path, remedy: "Take a fresh optimiser state")
        }
        let file = try SafetensorsFile(reading: path)
        guard let json = file.metadata["agents.state"],
            let position = try? JSONDecoder().decode(SavedPosition.self, from: Data(json.utf8))
        else {
            throw Fault(.data, "does not hold a run's state", at: path, remedy: "Take a fresh optimiser state")
        }
        guard position.step == step else {
            throw Fault(
                .usage, "the run's saved state is that of step \(position.step), not of step \(step)", at: path,
                remedy: "Take a fresh optimiser state, or the checkpoint of step \(position.step)")
        }
        let prefix = "optimiser."
        var moments: [String: [Element]] = [:]
        for entry in file.entries where entry.name.hasPrefix(prefix) {
            let vector = Vector<Element>(rounding: try file.doubles(entry.name))
            moments[String(entry.name.dropFirst(prefix.count))] = vector.array
        }
        return OptimiserState(step: step, restartStep: position.optimiserRestartStep ?? 0, moments: moments)
    }
}
