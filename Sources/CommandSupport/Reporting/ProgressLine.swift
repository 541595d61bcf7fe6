import Foundation

/// One state of a long run, as text.
struct ProgressLine {
    var name: String
    var done: Int
    var total: Int
    var unit: String
    /// Units a second, where it is known.
    var rate: Double?
    var details: String

    /// `training 1200/3000 steps (40 %), 512 steps/s, 0:03 left, loss 0.12`.
    var text: String {
        let share = "\(name) \(count) \(unit) (\(percent) %)"
        return ([share] + facts + (details.isEmpty ? [] : [details])).joined(separator: ", ")
    }

    /// The same within `width` characters: what matters least goes first (details, rate, the bar's own length).
    func bar(width: Int) -> String {
        let ends = [facts + (details.isEmpty ? [] : [details]), facts, Array(facts.suffix(1)), []]
        for end in ends {
            let right = " " + ([count] + end).joined(separator: "  ")
            let room = width - name.count - right.count - 3
            guard room >= 4 else { continue }
            let length = min(room, 30)
            let filled = total > 0 ? min(length, length * done / total) : length
            let head = filled > 0 && filled < length ? ">" : ""
            let body = String(repeating: "=", count: filled - head.count) + head
            return "\(name) [" + body.padding(toLength: length, withPad: " ", startingAt: 0) + "]" + right
        }
        return String("\(name) \(percent) %".prefix(max(0, width)))
    }

    private var count: String { "\(done)/\(total)" }
    private var percent: Int { total > 0 ? 100 * done / total : 100 }

    private var facts: [String] {
        guard let rate else { return [] }
        guard rate > 0 else { return [Self.rateText(rate, unit)] }
        return [Self.rateText(rate, unit), Self.duration(Double(max(0, total - done)) / rate) + " left"]
    }

    /// Three digits are as many as a rate holds still for.
    static func rateText(_ rate: Double, _ unit: String) -> String {
        let digits = rate >= 100 ? 0 : rate >= 10 ? 1 : 2
        return String(format: "%.\(digits)f %@/s", rate, unit)
    }

    /// `0:07`, `12:34`, `1:02:03`; below ten seconds, in seconds with a tenth.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }
}
