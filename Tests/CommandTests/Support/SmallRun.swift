import Foundation

/// A training run of a second or two.
enum SmallRun {
    /// The arguments that begin it in `folder`.
    static func arguments(in folder: String, steps: Int = 2000, threads: Int = 2) -> [String] {
        [
            "train", folder, "--images", "300", "--evaluation", "100", "--hidden", "32", "--batch", "32",
            "--steps", "\(steps)", "--checkpoint-period", "\(steps / 4)", "--state-period", "50", "--log-period", "20",
            "--target-period", "100", "--replay", "500", "--warm-up", "100", "--checkpoint-transitions", "64",
            "--seed", "7", "--threads", "\(threads)",
        ]
    }

    /// Waits until the run in `folder` has saved its state; false after ten seconds.
    static func hasBegun(in folder: String) -> Bool {
        for _ in 0..<1000 {
            if FileManager.default.fileExists(atPath: folder + "/state.safetensors") { return true }
            usleep(10_000)
        }
        return false
    }
}
