import Foundation

/// A disk in memory that is soon full.
enum SmallDisk {
    /// Whether this user may mount one.
    static let canBeMounted: Bool = {
        guard let folder = try? TemporaryFolder(), (try? mount(at: folder.path + "/disk")) == true else { return false }
        unmount(folder.path + "/disk")
        return true
    }()

    /// 400 KiB at `path`; false where the system refuses.
    static func mount(at path: String) throws -> Bool {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let arguments = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", path]
        return try ChildProcess("/usr/bin/env", arguments).end().code == 0
    }

    static func unmount(_ path: String) { _ = try? ChildProcess("/usr/bin/env", ["umount", path]).end() }
}
