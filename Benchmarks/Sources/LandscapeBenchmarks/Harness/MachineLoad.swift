import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the machine does beside us: figures taken while others compute are worth little, and must say so.
struct MachineLoad {
    /// Seconds of all cores together since the start, busy (with anything, or taken by the hypervisor) and idle.
    let busy: Double
    let idle: Double
    /// Seconds of this process and of children that have ended.
    let own: Double

    /// Source: `proc_stat(5)`; nil on other systems.
    init?() {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = text.split(separator: "\n").first
        else { return nil }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard ticks.count == 8 else { return nil }
        let second = Double(sysconf(Int32(_SC_CLK_TCK)))
        idle = (ticks[3] + ticks[4]) / second
        busy = ticks.reduce(0, +) / second - idle
        own = Self.seconds(ofKind: RUSAGE_SELF) + Self.seconds(ofKind: RUSAGE_CHILDREN)
    }

    /// The share of all cores that others took since `start`.
    ///
    /// - Parameter peers: seconds that peers, still running, have computed meanwhile.
    func othersShare(since start: MachineLoad, peers: Double) -> Double {
        let all = busy - start.busy + idle - start.idle
        let others = busy - start.busy - (own - start.own) - peers
        return all > 0 ? max(0, others / all) : 0
    }

    /// Waits until the cores are 95 % idle for half a second, at most `patience` seconds.
    ///
    /// - Returns: the seconds waited.
    static func waitForQuiet(_ patience: Double) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        func waited() -> Double { start.duration(to: clock.now) / .seconds(1) }
        while waited() < patience, let before = MachineLoad() {
            Thread.sleep(forTimeInterval: 0.5)
            guard let after = MachineLoad() else { break }
            let idle = after.idle - before.idle
            if idle >= 0.95 * (idle + after.busy - before.busy) { break }
        }
        return waited()
    }

    /// Seconds that a running process has computed; Linux only.
    static func seconds(ofProcess id: Int32) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        // After the name: state is field 3, utime and stime are 14 and 15.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Processor seconds of this process so far.
    static var ownSeconds: Double { seconds(ofKind: RUSAGE_SELF) }

    static func seconds(_ usage: rusage) -> Double {
        let times = [usage.ru_utime, usage.ru_stime]
        return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }

    private static func seconds(ofKind who: __rusage_who) -> Double {
        var usage = rusage()
        getrusage(Int32(who.rawValue), &usage)
        return seconds(usage)
    }
}
