import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A tensor that waits to be written.
struct SafetensorsTensor {
    let name: String
    let dtype: SafetensorsType
    let shape: [Int]
    let byteCount: Int
    let content: Content

    enum Content {
        case singles([Float])
        case doubles([Double])
        case integers([Int64])
        case bytes([UInt8])
        case singlesInPieces((Int) throws(Fault) -> [Float])
        case bytesInPieces((Int) throws(Fault) -> [UInt8])
    }

    /// Hands over all the bytes, in order.
    func forEachPiece(_ body: (RawSpan) throws(Fault) -> Void) throws(Fault) {
        switch content {
        case .singles(let values): try body(values.span.bytes)
        case .doubles(let values): try body(values.span.bytes)
        case .integers(let values): try body(values.span.bytes)
        case .bytes(let values): try body(values.span.bytes)
        case .singlesInPieces(let next):
            try forEachPiece(next) { values, given throws(Fault) in
                if let index = firstNonFinite(in: values) {
                    throw notFinite(nonFiniteName(values[index]), given + index, name, shape)
                }
                try body(values.span.bytes)
            }
        case .bytesInPieces(let next):
            try forEachPiece(next) { values, _ throws(Fault) in try body(values.span.bytes) }
        }
    }

    private func forEachPiece<Value>(
        _ next: (Int) throws(Fault) -> [Value], _ body: ([Value], Int) throws(Fault) -> Void
    ) throws(Fault) {
        let count = byteCount / MemoryLayout<Value>.stride
        var given = 0
        while given < count {
            let values = try next(given)
            guard !values.isEmpty, values.count <= count - given else {
                let what = "was given a piece of \(values.count) elements, and 1 to \(count - given) are needed"
                throw Fault(.software, what, at: place(of: name))
            }
            try body(values, given)
            given += values.count
        }
    }
}

extension SafetensorsWriter {
    /// Takes a tensor in; `count` is the number of its elements where they are known already.
    mutating func add(
        _ name: String, _ dtype: SafetensorsType, _ shape: [Int], _ content: SafetensorsTensor.Content, count: Int?
    ) throws(Fault) {
        func defect(_ what: String) -> Fault { Fault(.software, what, at: place(of: name)) }
        guard name != SafetensorsHeader.metadataKey else { throw defect("is a name that the format keeps to itself") }
        guard tensors[name] == nil else { throw defect("is added twice") }
        guard shape.count <= SafetensorsHeader.mostDimensions, shape.allSatisfy({ $0 >= 0 }) else {
            throw defect("has shape \(text(shape)), which is none")
        }
        let byteCount: Int
        do throws(Fault) {
            byteCount = try SafetensorsHeader.byteCount(shape, dtype)
        } catch {
            throw defect(error.what)
        }
        let needed = byteCount / (dtype.bits / 8)
        if let count, count != needed {
            throw defect("has \(count) elements, and shape \(text(shape)) needs \(needed)")
        }
        tensors[name] = .init(name: name, dtype: dtype, shape: shape, byteCount: byteCount, content: content)
    }

    func checkFinite<Value: BinaryFloatingPoint>(
        _ values: [Value], _ name: String, _ shape: [Int]
    ) throws(Fault) {
        if let index = firstNonFinite(in: values) { throw notFinite(nonFiniteName(values[index]), index, name, shape) }
    }

    /// The first bytes of the file, up to the tensors, and the tensors in their order.
    func layout() throws(Fault) -> (header: Data, order: [SafetensorsTensor]) {
        let order = tensors.values.sorted { left, right in
            left.dtype == right.dtype
                ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : left.dtype > right.dtype
        }
        var members: [String] = []
        if !metadata.isEmpty {
            let keys = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let pairs = keys.map { "\(json($0)):\(json(metadata[$0] ?? ""))" }
            members.append("\"\(SafetensorsHeader.metadataKey)\":{\(pairs.joined(separator: ","))}")
        }
        var end = 0
        for tensor in order {
            let (next, overflow) = end.addingReportingOverflow(tensor.byteCount)
            guard !overflow else { throw Fault(.software, "the tensors are more than can be addressed") }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                #"\#(json(tensor.name)):{"dtype":"\#(tensor.dtype.rawValue)","shape":[\#(shape)],"#
                    + #""data_offsets":[\#(end),\#(next)]}"#)
            end = next
        }
        var header = Data("{\(members.joined(separator: ","))}".utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        guard header.count <= SafetensorsHeader.longest else {
            let what = "the header has \(header.count) bytes, and at most \(SafetensorsHeader.longest) are allowed"
            throw Fault(.data, what, remedy: "Put less into the metadata")
        }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(header.count) >> (8 * $0)) }
        return (Data(length) + header, order)
    }

    /// A JSON string as the reference writes it: escapes only where JSON asks for them.
    private func json(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case "\u{08}": json += "\\b"
            case "\u{0C}": json += "\\f"
            case _ where scalar.value < 0x20:
                json += (scalar.value < 0x10 ? "\\u000" : "\\u00") + String(scalar.value, radix: 16)
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}

func notFinite(_ value: String, _ index: Int, _ name: String, _ shape: [Int]) -> Fault {
    Fault(
        .data, "holds \(value) at \(position(index, shape)), and only finite numbers are saved", at: place(of: name),
        remedy: "The run has diverged: lower its step size")
}
