#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension AtomicFile {
    /// Reads a whole file into memory.
    ///
    /// Read, not mapped: a mapped file that another program shortens kills the process (SIGBUS) at the next access.
    ///
    /// - Throws: `Fault` of kind `data` where there is no such file, or a folder or device in its place; of kind
    ///   `inputOutput` with the system's reason where it cannot be read or does not fit in memory.
    public static func read(_ path: String) throws(Fault) -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT { throw Fault(.data, "no such file", at: path, remedy: "Check the path") }
            throw refusal("cannot be read", path, code)
        }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw refusal("cannot be read", path, errno) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw Fault(.data, "is a folder, not a file", at: path, remedy: "Name a file in it")
        case S_IFCHR, S_IFBLK: throw Fault(.data, "is a device, not a file", at: path, remedy: "Name a file")
        // Pipes, and the files of /proc, do not know their size.
        case S_IFREG where status.st_size > 0: return try read(descriptor, upTo: Int(status.st_size), path)
        default: return try readToEnd(descriptor, path)
        }
    }

    private static func read(_ descriptor: Int32, upTo size: Int, _ path: String) throws(Fault) -> Data {
        guard let memory = unsafe malloc(size) else {
            throw Fault(.inputOutput, "its \(size) bytes do not fit in memory", at: path)
        }
        var count = 0
        while count < size {
            let got = unsafe readSome(descriptor, memory + count, size - count)
            if got < 0 {
                let code = errno
                if code == EINTR { continue }
                unsafe free(memory)
                throw refusal("cannot be read", path, code)
            }
            if got == 0 { break }
            count += got
        }
        return unsafe Data(bytesNoCopy: memory, count: count, deallocator: .free)
    }

    private static func readToEnd(_ descriptor: Int32, _ path: String) throws(Fault) -> Data {
        var all = Data()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = piece.withUnsafeMutableBytes { bytes in
                unsafe readSome(descriptor, bytes.baseAddress!, bytes.count)
            }
            if got == 0 { return all }
            if got > 0 {
                all.append(contentsOf: piece[..<got])
            } else if errno != EINTR {
                throw refusal("cannot be read", path, errno)
            }
        }
    }

    private static func readSome(_ descriptor: Int32, _ start: UnsafeMutableRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, start, count)
        #else
            unsafe Darwin.read(descriptor, start, count)
        #endif
    }
}
