import Files
import Foundation
import Testing

@Suite final class AtomicFileTests {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/landscape-tests-\(UUID().uuidString)"
        try AtomicFile.makeFolder(folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The folder's files, hidden ones too: what a writer leaves behind would show here.
    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// Oracle: what was written, read through Foundation.
    @Test func contentIsReplacedAsAWhole() throws {
        let path = folder + "/a"
        for text in ["first", "", "second, and longer"] {
            try AtomicFile.write(Data(text.utf8), to: path)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
            #expect(try AtomicFile.read(path) == Data(text.utf8))
        }
        #expect(try names() == ["a"])
    }

    /// Oracle: the bytes of the pieces in their order.
    @Test func piecesFollowOneAnother() throws {
        let values = (0..<750_000).map { UInt32($0) }
        try AtomicFile.write(to: folder + "/a") { file throws(Fault) in
            try file.append(Data([1, 2, 3])[1...])
            try file.append(values.span.bytes)
            try file.append(Data())
        }
        let expected = Data([2, 3]) + values.withUnsafeBytes { Data($0) }
        #expect(try AtomicFile.read(folder + "/a") == expected)
    }

    @Test func aFailingWriterKeepsTheOldContent() throws {
        let path = folder + "/a"
        try AtomicFile.write(Data("old".utf8), to: path)
        let fault = Fault(.software, "half way")
        #expect(throws: fault) {
            try AtomicFile.write(to: path) { file throws(Fault) in
                try file.append(Data("new".utf8))
                throw fault
            }
        }
        #expect(try AtomicFile.read(path) == Data("old".utf8))
        #expect(try names() == ["a"])
    }

    /// Oracle: a reader that looks while others write sees one whole content or the other.
    @Test func writersAndReadersAtTheSameTimeSeeWholeFiles() async throws {
        let path = folder + "/a"
        let contents = (0..<4).map { Data(repeating: UInt8($0), count: 100_000) }
        try AtomicFile.write(contents[0], to: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for content in contents {
                group.addTask {
                    for _ in 0..<10 {
                        try AtomicFile.write(content, to: path)
                        #expect(try contents.contains(AtomicFile.read(path)))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try names() == ["a"])
    }

    @Test func aLinkIsFollowedAndTheModeKept() throws {
        let path = folder + "/a"
        try AtomicFile.write(Data("old".utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "a")
        try AtomicFile.write(Data("new".utf8), to: folder + "/link")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "a")
        #expect(try AtomicFile.read(path) == Data("new".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try names() == ["a", "link"])
    }

    @Test func whereNoFileCanBeWrittenTheReasonIsSaid() throws {
        try AtomicFile.write(Data(), to: folder + "/file")
        let cases: [(String, String)] = [
            (folder, "is a folder, and a file was to be written. Name a file in it"),
            (folder + "/none/a", "cannot be written (No such file or directory). Make the folder first"),
            (folder + "/file/a", "cannot be written (Not a directory). Part of that path is a file"),
            (folder + "/" + String(repeating: "n", count: 300), "cannot be written (File name too long)"),
        ]
        for (path, expected) in cases {
            let fault = #expect(throws: Fault.self) { try AtomicFile.write(Data([1]), to: path) }
            #expect(fault?.kind == .inputOutput)
            #expect(fault?.description.hasPrefix("\(path): \(expected)") == true, "\(String(describing: fault))")
        }
        #expect(try names() == ["file"])
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aFolderWithoutPermissionIsRefused() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
        let fault = #expect(throws: Fault.self) { try AtomicFile.write(Data([1]), to: folder + "/a") }
        #expect(fault?.what == "cannot be written (Permission denied)")
        #expect(fault?.remedy == "Choose a place that you may use")
    }

    @Test func whatCannotBeReadIsRefused() throws {
        try AtomicFile.write(Data([1]), to: folder + "/file")
        let cases: [(String, Fault)] = [
            (folder + "/none", Fault(.data, "no such file", at: folder + "/none", remedy: "Check the path")),
            (folder, Fault(.data, "is a folder, not a file", at: folder, remedy: "Name a file in it")),
            ("/dev/zero", Fault(.data, "is a device, not a file", at: "/dev/zero", remedy: "Name a file")),
            (
                folder + "/file/a",
                Fault(
                    .inputOutput, "cannot be read (Not a directory)", at: folder + "/file/a",
                    remedy: "Part of that path is a file: choose another place")
            ),
        ]
        for (path, expected) in cases {
            #expect(throws: expected) { try AtomicFile.read(path) }
        }
    }

    @Test func foldersAreMadeWithThoseAboveThem() throws {
        try AtomicFile.makeFolder(folder + "/a/b//c/")
        try AtomicFile.makeFolder(folder + "/a/b")
        let path = folder + "/a/b/c/file"
        try AtomicFile.write(Data([1]), to: path)
        let inTheWay = #expect(throws: Fault.self) { try AtomicFile.makeFolder(path) }
        #expect(inTheWay?.what == "folder cannot be made (File exists)")
        let below = #expect(throws: Fault.self) { try AtomicFile.makeFolder(path + "/d") }
        #expect(below?.what == "folder cannot be made (Not a directory)")
        #expect(below?.kind == .inputOutput)
    }

    #if os(Linux)
        /// Oracle: Linux's device that is always full; it must be refused, and must still be a device afterwards.
        @Test func aFullDiskIsSaid() throws {
            let fault = #expect(throws: Fault.self) { try AtomicFile.write(Data([1]), to: "/dev/full") }
            #expect(fault?.kind == .inputOutput)
            #expect(fault?.what == "cannot be written (No space left on device)")
            #expect(fault?.remedy == "Free space on that disk, or write elsewhere")
            let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
            #expect(type == .typeCharacterSpecial)
        }

        /// Oracle: the system's own limit on a file's size, in a process of its own, reached half way.
        @Test func aDiskThatFillsUpHalfWayKeepsTheOldFile() async {
            await #expect(processExitsWith: .success) {
                let folder = NSTemporaryDirectory() + "/landscape-tests-\(UUID().uuidString)"
                try AtomicFile.makeFolder(folder)
                try AtomicFile.write(Data("old".utf8), to: folder + "/a")
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 65536, rlim_max: 65536)
                guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
                do throws(Fault) {
                    try AtomicFile.write(Data(count: 1_000_000), to: folder + "/a")
                    exit(3)
                } catch {
                    guard error.kind == .inputOutput, error.what.contains("File too large") else { exit(4) }
                }
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                guard names == ["a"], try AtomicFile.read(folder + "/a") == Data("old".utf8) else { exit(5) }
                try FileManager.default.removeItem(atPath: folder)
                exit(0)
            }
        }

        /// Oracle: a file of `/proc`, which says that it has no bytes and yet has some.
        @Test func filesOfUnknownSizeAreReadToTheirEnd() throws {
            #expect(try AtomicFile.read("/proc/self/status").count > 100)
        }

        /// A sparse file larger than any memory must be a refusal, not a crash.
        @Test func aFileLargerThanMemoryIsRefused() throws {
            let path = folder + "/sparse"
            try AtomicFile.write(Data(), to: path)
            // Not every file system takes such a size; where it does not there is nothing to refuse.
            guard truncate(path, 1 << 43) == 0 else { return }
            let fault = #expect(throws: Fault.self) { try AtomicFile.read(path) }
            #expect(fault?.what == "its 8796093022208 bytes do not fit in memory")
        }
    #endif

    /// Places go from the outside in, and each is said once, however many hands an error passes through.
    @Test func aPlaceIsSaidOnce() {
        let fault = Fault(.data, "is odd", at: "fc1.weight")
        let placed = fault.within("a.safetensors")
        #expect(placed.place == "a.safetensors, fc1.weight" && placed.within("a.safetensors") == placed)
        #expect(placed.within("run").place == "run, a.safetensors, fc1.weight")
        #expect(Fault(.data, "is odd").within("a").within("a").place == "a")
    }
}
