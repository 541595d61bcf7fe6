import Foundation

/// Files that the tests read.
public enum Fixtures {
    public static func path(_ name: String) -> String { folder + "/" + name }

    public static let folder: String = Bundle.module.bundleURL.appendingPathComponent("Fixtures").path
}
