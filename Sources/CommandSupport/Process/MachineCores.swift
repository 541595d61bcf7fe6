import Foundation

/// How many threads this process can really keep busy.
public enum MachineCores {
    /// The processors that the process may run on, less what a container's quota takes away; at least 1.
    ///
    /// Sources: `proc_pid_status(5)`; Linux, "Control Group v2", `cpu.max`; "CFS bandwidth control" for version 1.
    public static let count: Int = max(1, min(allowed, quota ?? .max))

    /// What the affinity mask leaves, as set by `taskset` or a batch system.
    private static var allowed: Int {
        text("/proc/self/status").flatMap(processors(status:)) ?? ProcessInfo.processInfo.activeProcessorCount
    }

    /// Counts the bits of the line `Cpus_allowed: ff,ffffffff`.
    static func processors(status: String) -> Int? {
        let lines = status.split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
        let bits = line.drop { $0 != ":" }.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
        return bits > 0 ? bits : nil
    }

    /// The container's share in whole processors, rounded up; nil where there is no limit.
    private static var quota: Int? {
        if let line = text("/sys/fs/cgroup/cpu.max") { return processors(quotaAndPeriod: line) }
        guard let quota = text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
            let period = text("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
        else { return nil }
        return processors(quotaAndPeriod: quota + " " + period)
    }

    /// Reads `200000 100000` as 2; `max 100000` and `-1 100000` are no limit.
    static func processors(quotaAndPeriod line: String) -> Int? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
        else { return nil }
        return max(1, Int((quota / period).rounded(.up)))
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
