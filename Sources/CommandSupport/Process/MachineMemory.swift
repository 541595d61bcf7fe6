import Foundation

/// How much memory this process can still take without others suffering.
public enum MachineMemory {
    /// What the system calls available, or what a container's limit leaves of it, in bytes; nil where neither is told.
    ///
    /// Sources: `proc_meminfo(5)`, `MemAvailable`; Linux, "Control Group v2", `memory.max`, `memory.current`.
    public static var available: Int? {
        let free = text("/proc/meminfo").flatMap(available(meminfo:))
        guard let limit = text("/sys/fs/cgroup/memory.max").flatMap(number),
            let used = text("/sys/fs/cgroup/memory.current").flatMap(number)
        else { return free }
        return min(free ?? .max, max(0, limit - used))
    }

    /// Reads the line `MemAvailable:   24019560 kB`.
    static func available(meminfo: String) -> Int? {
        let line = meminfo.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        guard let word = line?.split(separator: " ").dropFirst().first, let kilobytes = Int(word) else { return nil }
        return kilobytes * 1024
    }

    /// Nil for `max`, which is no limit.
    private static func number(_ text: String) -> Int? { Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}

/// An amount of memory as people write it: `800M`, `1.5G`, `2GiB`, or plain bytes.
public struct ByteCount: Sendable, Equatable {
    public let bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    /// Nil for text that is no positive amount; K, M, G and T are powers of 1000, with an i of 1024.
    public init?(_ text: String) {
        let lower = text.lowercased()
        let digits = lower.prefix { $0.isNumber || $0 == "." }
        let units: [Substring: Double] = [
            "": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
            "ki": 1024, "kib": 1024, "mi": 1_048_576, "mib": 1_048_576, "gi": 1_073_741_824, "gib": 1_073_741_824,
        ]
        guard let number = Double(digits), let unit = units[lower.dropFirst(digits.count)] else { return nil }
        guard number * unit >= 1, number * unit < 1e18 else { return nil }
        bytes = Int(number * unit)
    }

    /// `1.2 GB`, `45 MB`.
    public var text: String {
        if bytes >= 1_000_000_000 { return String(format: "%.1f GB", Double(bytes) / 1e9) }
        return "\((bytes + 999_999) / 1_000_000) MB"
    }
}
