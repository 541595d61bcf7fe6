#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The folder with the states of a run's stages.
public enum RunStates {
    /// Removes the states of those stages, and the folder where nothing else is in it.
    public static func remove(_ stages: Set<String>, in folder: String) {
        for stage in stages { try? FileManager.default.removeItem(atPath: "\(folder)/\(stage).safetensors") }
        removeIfEmpty(folder)
    }

    static func removeIfEmpty(_ folder: String) {
        if (try? FileManager.default.contentsOfDirectory(atPath: folder)) == [] {
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
