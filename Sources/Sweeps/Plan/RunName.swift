/// Names of runs that are also names of folders.
enum RunName {
    /// More would be too long beside a checkpoint's name.
    private static let longest = 200

    static func isUsable(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= longest else { return false }
        return isAlphanumeric(first) && name.utf8.allSatisfy { isAlphanumeric($0) || ".,_=+-~".utf8.contains($0) }
    }

    /// A name that tells what is special about a run: `random-label_cnn_learning-rate=0.001_seed=3`.
    static func telling(_ settings: [(key: String, value: SettingValue)], number: Int) -> String {
        let words = settings.map { key, value in word(key, value.text) }
        var name = String(decoding: words.joined(separator: "_").utf8.map(usable), as: UTF8.self)
        if let first = name.utf8.first, !isAlphanumeric(first) { name = "run" + name }
        guard name.utf8.count > 120 else { return name.isEmpty ? "run-\(number)" : name }
        return String(name.prefix(100)) + "~" + fingerprint(name)
    }

    /// `name`, or with a number behind it where that is taken.
    static func unused(_ name: String, _ taken: Set<String>) -> String {
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name)~\(number)") { number += 1 }
        return "\(name)~\(number)"
    }

    private static func word(_ key: String, _ value: String) -> String {
        switch value {
        case "true": return key
        case "false": return "no-" + key
        case "none", SweepNode.null: return "no-" + key
        default:
            // A word says by itself what it is; a number does not.
            let isWord = value.first?.isLetter == true && Double(value) == nil
            return isWord ? value : "\(key)=\(value)"
        }
    }

    private static func usable(_ byte: UInt8) -> UInt8 {
        isAlphanumeric(byte) || ".,_=+-".utf8.contains(byte) ? byte : UInt8(ascii: "-")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 36)
    }
}
