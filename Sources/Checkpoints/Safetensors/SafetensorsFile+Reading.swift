public import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension SafetensorsFile {
    /// The tensor's elements in double precision, row-major; F64, F32, F16 and BF16, each widened without rounding.
    ///
    /// - Throws: `Fault` of kind `data` where the tensor is missing, of another type, or holds a NaN or an infinity.
    public func doubles(_ tensor: String) throws(Fault) -> [Double] {
        let entry = try entry(named: tensor)
        if entry.dtype == .f64 { return try finite(raw(entry, as: Double.self), entry) }
        return try singles(entry).map(Double.init)
    }

    /// The tensor's elements in single precision, row-major; F32, F16 and BF16 as they are, F64 rounded to nearest.
    ///
    /// - Throws: `Fault` of kind `data` where the tensor is missing, of another type, or holds a NaN, an infinity, or
    ///   a number that single precision cannot hold.
    public func floats(_ tensor: String) throws(Fault) -> [Float] {
        let entry = try entry(named: tensor)
        guard entry.dtype == .f64 else { return try singles(entry) }
        let doubles = try finite(raw(entry, as: Double.self), entry)
        let floats = doubles.map { Float($0) }
        if let index = firstNonFinite(in: floats) {
            let what = "holds \(doubles[index]) at \(position(index, entry.shape)), too large for single precision"
            throw fault(what, entry, "Use double precision")
        }
        return floats
    }

    /// The tensor's elements as integers, row-major; every integer type, and BOOL as 0 and 1.
    ///
    /// - Throws: `Fault` of kind `data` where the tensor is missing, of another type, or holds a U64 above `Int.max` or
    ///   a BOOL that is neither 0 nor 1.
    public func integers(_ tensor: String) throws(Fault) -> [Int] {
        let entry = try entry(named: tensor)
        switch entry.dtype {
        case .i64: return raw(entry, as: Int64.self).map(Int.init)
        case .i32: return raw(entry, as: Int32.self).map(Int.init)
        case .u32: return raw(entry, as: UInt32.self).map(Int.init)
        case .i16: return raw(entry, as: Int16.self).map(Int.init)
        case .u16: return raw(entry, as: UInt16.self).map(Int.init)
        case .i8: return raw(entry, as: Int8.self).map(Int.init)
        case .u8: return raw(entry, as: UInt8.self).map(Int.init)
        case .u64: return try integers(raw(entry, as: UInt64.self), upTo: UInt64(Int.max), entry)
        case .bool: return try integers(raw(entry, as: UInt8.self), upTo: 1, entry)
        default: throw wrongType(entry, "an integer type (I64, I32, I16, I8, U64, U32, U16, U8 or BOOL)")
        }
    }

    /// The elements of a U8 or BOOL tensor as they are; an eighth of the memory that `integers` takes.
    ///
    /// - Throws: `Fault` of kind `data` where the tensor is missing or of another type.
    public func bytes(_ tensor: String) throws(Fault) -> [UInt8] {
        let entry = try entry(named: tensor)
        guard entry.dtype == .u8 || entry.dtype == .bool else { throw wrongType(entry, "a type of bytes (U8 or BOOL)") }
        return raw(entry, as: UInt8.self)
    }

    private func singles(_ entry: Entry) throws(Fault) -> [Float] {
        switch entry.dtype {
        case .f32: return try finite(raw(entry, as: Float.self), entry)
        case .f16: return try finite(raw(entry, as: UInt16.self).map(widenedHalf), entry)
        case .bf16: return try finite(raw(entry, as: UInt16.self).map(widenedBrainFloat), entry)
        default: throw wrongType(entry, "a floating-point type (F64, F32, F16 or BF16)")
        }
    }

    private func integers<Value: UnsignedInteger>(
        _ values: [Value], upTo most: Value, _ entry: Entry
    ) throws(Fault) -> [Int] {
        if let index = values.firstIndex(where: { $0 > most }) {
            let what = "holds \(values[index]) at \(position(index, entry.shape)), and at most \(most) is possible"
            throw fault(what, entry, "Save it as I64")
        }
        return values.map { Int($0) }
    }

    private func finite<Value: BinaryFloatingPoint>(_ values: [Value], _ entry: Entry) throws(Fault) -> [Value] {
        if let index = firstNonFinite(in: values) {
            let found = "\(nonFiniteName(values[index])) at \(position(index, entry.shape))"
            let what = "holds \(found), and finite numbers are needed"
            throw fault(what, entry, "The run that wrote it has diverged, or the file is damaged")
        }
        return values
    }

    private func wrongType(_ entry: Entry, _ needed: String) -> Fault {
        fault("has dtype \(entry.dtype.rawValue), and \(needed) is needed", entry, "Convert it before saving")
    }

    private func fault(_ what: String, _ entry: Entry, _ remedy: String) -> Fault {
        Fault(.data, what, at: "\(name), \(place(of: entry.name))", remedy: remedy)
    }

    /// Copies the tensor's bytes, wherever in memory they begin, into an array of its element type.
    ///
    /// The one door to raw memory; opening the file has checked that the range lies within it and fits the shape.
    private func raw<Value: BitwiseCopyable>(_ entry: Entry, as type: Value.Type) -> [Value] {
        precondition(entry.count * MemoryLayout<Value>.stride == entry.byteRange.count, "type of another size")
        return unsafe [Value](unsafeUninitializedCapacity: entry.count) { elements, initializedCount in
            data.withUnsafeBytes { bytes in
                let begin = dataStart + entry.byteRange.lowerBound
                let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[begin..<begin + entry.byteRange.count])
                unsafe UnsafeMutableRawBufferPointer(elements).copyMemory(from: source)
            }
            initializedCount = entry.count
        }
    }
}

/// Where an element lies, as messages say it: its place in the whole tensor, and its row where it has more than one
/// dimension.
func position(_ index: Int, _ shape: [Int]) -> String {
    guard shape.count > 1, let rows = shape.first, rows > 0 else { return "element \(index)" }
    return "element \(index) (row \(index / (shape.reduce(1, *) / rows)))"
}

/// The index of the first NaN or infinity; nil where every number is finite.
func firstNonFinite<Value: BinaryFloatingPoint>(in values: [Value]) -> Int? {
    // Counting has no exit from its loop and so runs on vectors; the search happens only where there is something.
    var count = 0
    for value in values { count += value.isFinite ? 0 : 1 }
    return count == 0 ? nil : values.firstIndex { !$0.isFinite }
}

/// A NaN or an infinity as messages call it; Swift's own text tells kinds of NaN apart, which help nobody.
func nonFiniteName(_ value: some BinaryFloatingPoint) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"
}

/// An IEEE half as a single, without rounding.
///
/// Exponent and fraction are moved to their places in a single, whose exponents are biased by 112 more; the product
/// with 2¹¹² mends that, exactly, and normalises subnormal halves on the way. Infinities and NaNs (exponent 31) are
/// kept apart. `Float16` does not exist for Swift on every machine, and converts by a call for each element.
func widenedHalf(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let magnitude = UInt32(half & 0x7FFF) << 13
    let isFinite = magnitude < 0x0F80_0000
    let widened = isFinite ? (Float(bitPattern: magnitude) * 0x1p112).bitPattern : magnitude | 0x7F80_0000
    return Float(bitPattern: sign | widened)
}

/// A bfloat16 as a single: it is the upper half of one.
func widenedBrainFloat(_ brain: UInt16) -> Float {
    Float(bitPattern: UInt32(brain) << 16)
}
