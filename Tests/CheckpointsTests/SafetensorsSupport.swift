import Checkpoints
import Files
import Foundation

/// A file with this header and these bytes of tensors; the length before the header is right unless given.
func safetensors(_ header: String, _ tensors: [UInt8] = [], length: UInt64? = nil) -> Data {
    safetensors(Array(header.utf8), tensors, length: length)
}

func safetensors(_ header: [UInt8], _ tensors: [UInt8] = [], length: UInt64? = nil) -> Data {
    Data(littleEndian(length ?? UInt64(header.count)) + header + tensors)
}

func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<MemoryLayout<Value>.size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// A file with one tensor, named `x`.
func oneTensor(_ type: String, _ shape: [Int], _ bytes: [UInt8]) throws(Fault) -> SafetensorsFile {
    let header = #"{"x":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[0,\#(bytes.count)]}}"#
    return try SafetensorsFile(parsing: safetensors(header, bytes), from: "t")
}

/// What `body` throws, as a user reads it; nil where it succeeds.
func message<Value>(_ body: () throws(Fault) -> Value) -> String? {
    do throws(Fault) {
        _ = try body()
        return nil
    } catch {
        return error.description
    }
}

/// The folder of reference cases, beside the tests.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("TestSupport/Fixtures").path

func temporaryFolder() throws(Fault) -> String {
    let path = NSTemporaryDirectory() + "/landscape-tests-\(UUID().uuidString)"
    try AtomicFile.makeFolder(path)
    return path
}
