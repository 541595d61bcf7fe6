import Files
import Foundation

/// Files that may be compressed with gzip.
///
/// The system's own `gzip` decompresses: it is on every Debian, and a C library is imported in one target only.
enum Gzip {
    /// What a decompressed file may take at most: an archive that expands without end must not fill the memory. MNIST's
    /// largest file has 47 MB, CIFAR-10's 31 MB.
    static let largestContent = 1 << 30

    /// The content of a file, decompressed where it begins as gzip does.
    ///
    /// - Throws: `Fault` of kind `data` for a damaged or endless archive, and where the system has no `gzip`.
    static func content(_ path: String, limit: Int = largestContent, program: String? = found) throws(Fault) -> Data {
        let raw = try AtomicFile.read(path)
        let compressed = raw.starts(with: [0x1f, 0x8b])
        guard compressed || path.hasSuffix(".gz") else { return raw }
        guard compressed else {
            let start = raw.prefix(2).map { hexadecimal(UInt64($0), digits: 2) }.joined(separator: " ")
            throw Fault(.data, "is no gzip file: begins with [\(start)], needed is [0x1f 0x8b]", at: path)
        }
        guard let program else {
            throw Fault(
                .data, "is compressed, and this system has no gzip program", at: path,
                remedy: "Install gzip, or decompress the file yourself")
        }
        return try decompress(path, limit: limit, program: program)
    }

    /// Where the system's `gzip` is: the first on the search path, then the usual places.
    static let found: String? = {
        let searched = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (searched + ["/usr/bin", "/bin"]).map { $0 + "/gzip" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private static func decompress(_ path: String, limit: Int, program: String) throws(Fault) -> Data {
        let process = Process()
        let output = Pipe()
        let complaint = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-dc"]
        process.standardOutput = output
        process.standardError = complaint
        do {
            // Through standard input, gzip looks at the content alone and not at the name's suffix.
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            try process.run()
            var content = Data()
            while let piece = try output.fileHandleForReading.read(upToCount: 1 << 20), !piece.isEmpty {
                content.append(piece)
                if content.count > limit { break }
            }
            guard content.count <= limit else {
                process.terminate()
                process.waitUntilExit()
                throw Fault(.data, "expands to more than \(limit) bytes; no image file is so large", at: path)
            }
            let words = try complaint.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationReason == .exit, process.terminationStatus == 0 else {
                throw Fault(
                    .data, "damaged gzip file (\(reason(words)))", at: path, remedy: "Fetch the file again")
            }
            return content
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.inputOutput, "cannot be decompressed with \(program) (\(error))", at: path)
        }
    }

    /// What gzip said, on one line and without its own name for the standard input.
    private static func reason(_ words: Data) -> String {
        let said = String(decoding: words, as: UTF8.self).split(separator: "\n")
            .map { $0.replacingOccurrences(of: "gzip: stdin: ", with: "").trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        return said.isEmpty ? "gzip failed" : said.joined(separator: "; ")
    }
}

/// A number as people write magic numbers: `0x00000803`.
func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let plain = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - plain.count)) + plain
}
