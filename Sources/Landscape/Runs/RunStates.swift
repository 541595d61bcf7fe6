#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The folder with the states of a run's stages.
public enum RunStates {
    /// Removes the stages' states, and the folder where nothing else is in it.
    public static func remove(in folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasSuffix(".safetensors") && !name.hasPrefix(".") {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        removeIfEmpty(folder)
    }

    static func removeIfEmpty(_ folder: String) {
        if (try? FileManager.default.contentsOfDirectory(atPath: folder)) == [] {
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
