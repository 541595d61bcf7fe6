import Files

/// A reader of the few JSON forms that a safetensors header is made of: objects, strings, lists of whole numbers.
///
/// Written by hand because of what `JSONSerialization` does with bad files: of two equal keys it keeps one in silence,
/// it turns `1.0` and `true` into numbers alike, it recurses on nested lists, and it cannot say where the fault lies.
/// Here the format's grammar is the depth limit: no form nests, so the stack does not grow with the input, and memory
/// grows at most in proportion to it. What a message calls a place is put together only when it is refused.
struct HeaderScanner {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads `{"key": …, …}`; `member` is called behind each colon and reads the value.
    mutating func object(
        _ what: String, member: (inout HeaderScanner, String) throws(Fault) -> Void
    ) throws(Fault) {
        try expect(UInt8(ascii: "{"), "'{' of \(what)")
        if skip(UInt8(ascii: "}")) { return }
        repeat {
            let key = try string("a key of \(what)")
            try expect(UInt8(ascii: ":"), "':' after a key of \(what)")
            try member(&self, key)
        } while skip(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "',' or '}' in \(what)")
    }

    /// Reads `[n, …]` of whole numbers from 0, at most `limit` of them.
    mutating func counts(_ what: String, atMost limit: Int) throws(Fault) -> [Int] {
        try expect(UInt8(ascii: "["), "'[' of \(what)")
        var counts: [Int] = []
        if skip(UInt8(ascii: "]")) { return counts }
        repeat {
            guard counts.count < limit else { throw refusal("\(what) has more than \(limit) numbers") }
            counts.append(try count(what))
        } while skip(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "',' or ']' in \(what)")
        return counts
    }

    /// Reads a string, with its escapes.
    mutating func string(_ what: @autoclosure () -> String) throws(Fault) -> String {
        try expect(UInt8(ascii: "\""), "the string of \(what())")
        let start = position
        while position < bytes.count, isPlain(bytes[position]) { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes[start..<position - 1], what())
        }
        return try stringWithEscapes(Array(bytes[start..<position]), what())
    }

    /// Refuses anything but blanks up to the end.
    mutating func end() throws(Fault) {
        skipBlanks()
        guard position == bytes.count else { throw unexpected("nothing but blanks after the header's last '}'") }
    }

    /// A fault at this place in the header.
    func refusal(_ what: String) -> Fault {
        Fault(.data, what, at: "header byte \(position)", remedy: damaged)
    }
}

/// What to do about a file whose bytes make no sense.
let damaged = "The file is damaged or no safetensors file: copy or save it again"

extension HeaderScanner {
    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func stringWithEscapes(_ head: [UInt8], _ what: @autoclosure () -> String) throws(Fault) -> String
    {
        var content = head
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return try text(content[...], what())
            }
            guard byte >= 0x20 else { throw unexpected("no control character in \(what())") }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &content, what())
            } else {
                content.append(byte)
                position += 1
            }
        }
        throw refusal("the header ends within \(what())")
    }

    private mutating func escape(into content: inout [UInt8], _ what: @autoclosure () -> String) throws(Fault) {
        position += 1
        guard position < bytes.count else { throw refusal("the header ends within \(what())") }
        let letter = bytes[position]
        guard letter != UInt8(ascii: "u") else {
            position += 1
            content.append(contentsOf: Array(String(try escapedScalar(what())).utf8))
            return
        }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        default: throw unexpected("an escape that JSON knows in \(what())")
        }
        position += 1
    }

    /// Four hexadecimal digits, or twice four with `\u` between, for what UTF-16 writes as a pair.
    private mutating func escapedScalar(_ what: @autoclosure () -> String) throws(Fault) -> Unicode.Scalar {
        let first = try hexadecimal(what())
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = try hexadecimal(what())
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        throw refusal("half of a surrogate pair in \(what())")
    }

    private mutating func hexadecimal(_ what: @autoclosure () -> String) throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw unexpected("four hexadecimal digits in \(what())")
            }
            value = value << 4 + UInt32(digit)
            position += 1
        }
        return value
    }

    private func text(_ content: ArraySlice<UInt8>, _ what: @autoclosure () -> String) throws(Fault) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw refusal("\(what()) is not UTF-8") }
        return text
    }

    private mutating func count(_ what: String) throws(Fault) -> Int {
        skipBlanks()
        let start = position
        while position < bytes.count, isOfNumber(bytes[position]) { position += 1 }
        let token = bytes[start..<position]
        let isWhole = token.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let hasLeadingZero = token.count > 1 && token.first == UInt8(ascii: "0")
        guard !token.isEmpty else { throw unexpected("a whole number in \(what)") }
        let digits = String(decoding: token.prefix(100), as: UTF8.self)
        guard isWhole, !hasLeadingZero else {
            position = start
            throw refusal("\(what) holds \(quoted(digits)), and a whole number from 0 is needed")
        }
        guard let value = Int(digits) else {
            position = start
            throw refusal("\(what) holds \(quoted(digits)), and at most \(Int.max) is possible")
        }
        return value
    }

    /// Whether a byte can be part of what somebody meant as a number, so that a message shows the whole of it.
    private func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ what: @autoclosure () -> String) throws(Fault) {
        guard skip(byte) else { throw unexpected(what()) }
    }

    private func unexpected(_ needed: String) -> Fault {
        guard position < bytes.count else { return refusal("the header ends where \(needed) is needed") }
        let byte = bytes[position]
        let found = byte < 0x80 ? quoted(String(Unicode.Scalar(byte))) : "byte \(byte)"
        return refusal("found \(found) where \(needed) is needed")
    }
}
