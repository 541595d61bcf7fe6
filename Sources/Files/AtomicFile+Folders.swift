#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension AtomicFile {
    /// Makes a folder and those above it, as `mkdir -p`.
    ///
    /// - Throws: `Fault` of kind `inputOutput` with the system's reason.
    public static func makeFolder(_ path: String) throws(Fault) {
        if mkdir(path, 0o777) == 0 { return }
        var code = errno
        if code == ENOENT, !path.isEmpty {
            try makeFolder(folder(of: path))
            if mkdir(path, 0o777) == 0 { return }
            code = errno
        }
        // Another process may have made it in between, which is as good.
        if code == EEXIST, let status = status(path), status.st_mode & S_IFMT == S_IFDIR { return }
        throw refusal("folder cannot be made", path, code)
    }

    /// What the system knows of the file that `path` leads to; nil where there is none that we may see.
    static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    static func refusal(_ what: String, _ path: String, _ code: Int32) -> Fault {
        let reason = unsafe String(cString: strerror(code))
        return Fault(.inputOutput, "\(what) (\(reason))", at: path, remedy: advice(code))
    }

    private static func advice(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: "Free space on that disk, or write elsewhere"
        case EACCES, EPERM, EROFS: "Choose a place that you may use"
        case ENOENT: "Make the folder first"
        case ENOTDIR: "Part of that path is a file: choose another place"
        case EEXIST: "A file of that name is in the way: move it or choose another name"
        default: ""
        }
    }
}
