import Checkpoints
import Files
import Foundation
import Testing

/// Each way in which a file can be wrong, and the message a user gets. Oracle: the format's description.
@Suite struct SafetensorsRefusalTests {
    /// The whole file, and what its refusal says before the remedy.
    static let files: [(Data, String)] = [
        (Data(), "t: has 0 bytes, and a safetensors file has at least 8"),
        (Data([1, 2, 3]), "t: has 3 bytes, and a safetensors file has at least 8"),
        (safetensors("{}", length: 3), "t: says that its header has 3 bytes, and only 2 follow"),
        (safetensors("{}", length: 100_000_001), "100000001 bytes, and at most 100000000 are allowed"),
        (safetensors("{}", length: .max), "18446744073709551615 bytes, and at most 100000000 are allowed"),
        (safetensors(""), "the header begins with nothing, and '{' is needed"),
        (safetensors(" {}"), "the header begins with byte 32, and '{' is needed"),
        (safetensors("[]"), "the header begins with byte 91, and '{' is needed"),
        (safetensors("{}x"), "header byte 2: found 'x' where nothing but blanks after the header's last '}' is needed"),
        (safetensors("{"), "header byte 1: the header ends where the string of a key of the header is needed"),
        (safetensors("{\"a"), "the header ends within a key of the header"),
        (safetensors("{\"a\" 1}"), "header byte 5: found '1' where ':' after a key of the header is needed"),
        (safetensors("{\"a\\x\":1}"), "header byte 4: found 'x' where an escape that JSON knows in a key"),
        (safetensors("{\"\\ud800\":1}"), "half of a surrogate pair in a key of the header"),
        (safetensors("{\"\\u12g4\":1}"), "header byte 6: found 'g' where four hexadecimal digits"),
        (safetensors("{\"a\nb\":1}"), "where no control character in a key of the header is needed"),
        (safetensors([0x7B, 0x22, 0xFF, 0x22]), "header byte 4: a key of the header is not UTF-8"),
        (safetensors([0x7B, 0xFF]), "header byte 1: found byte 255 where the string of a key of the header is needed"),
        (safetensors("{\"__metadata__\":{\"a\":1}}"), "found '1' where the string of __metadata__ 'a' is needed"),
        (safetensors("{\"__metadata__\":null}"), "found 'n' where '{' of __metadata__ is needed"),
        (safetensors("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"), "__metadata__ has the key 'a' twice"),
        (safetensors("{\"__metadata__\":{},\"__metadata__\":{}}"), "__metadata__ stands twice"),
        (safetensors("{} ", [1, 2]), "t: has 2 bytes of tensors, and its header describes only 0"),
    ]

    @Test(arguments: files) func aBadFileIsRefused(_ file: Data, _ expected: String) {
        let found = message { () throws(Fault) in try SafetensorsFile(parsing: file, from: "t") }
        #expect(found?.contains(expected) == true, "\(found ?? "no refusal")")
        #expect(found?.contains("copy or save it again") == true)
    }

    /// The description of a tensor `x` in a file with 8 bytes of tensors, and what its refusal says.
    static let tensors: [(String, String)] = [
        ("1", "found '1' where '{' of its description is needed"),
        ("{}", "has no dtype"),
        (#"{"dtype":"F32"}"#, "has no shape"),
        (#"{"dtype":"F32","shape":[2]}"#, "has no data_offsets"),
        (#"{"dtype":"F32","dtype":"F32"}"#, "the key 'dtype' stands twice"),
        (#"{"size":3}"#, "has the key 'size', which the format does not know"),
        (#"{"dtype":7}"#, "found '7' where the string of its dtype is needed"),
        (#"{"dtype":"F33"}"#, "has dtype 'F33', which is unknown. Save it as one of BOOL, F4,"),
        (#"{"shape":2}"#, "found '2' where '[' of its shape is needed"),
        (#"{"shape":[-2]}"#, "its shape holds '-2', and a whole number from 0 is needed"),
        (#"{"shape":[2.0]}"#, "its shape holds '2.0', and a whole number from 0 is needed"),
        (#"{"shape":[2e0]}"#, "its shape holds '2e0', and a whole number from 0 is needed"),
        (#"{"shape":[02]}"#, "its shape holds '02', and a whole number from 0 is needed"),
        (#"{"shape":[99999999999999999999]}"#, "holds '99999999999999999999', and at most 9223372036854775807 is"),
        (#"{"shape":["2"]}"#, "where a whole number in its shape is needed"),
        (#"{"shape":[[2]]}"#, "found '[' where a whole number in its shape is needed"),
        (#"{"shape":[2,]}"#, "found ']' where a whole number in its shape is needed"),
        (#"{"shape":[2;]}"#, "found ';' where ',' or ']' in its shape is needed"),
        (#"{"shape":[\#([String](repeating: "1", count: 65).joined(separator: ","))]}"#, "has more than 64 numbers"),
        (#"{"dtype":"F32","shape":[2],"data_offsets":[8]}"#, "data_offsets has 1 numbers, and a begin and an end"),
        (#"{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}"#, "data_offsets has more than 2 numbers"),
        (#"{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#, "begins at byte 8 but ends at 0"),
        (#"{"dtype":"F32","shape":[3],"data_offsets":[0,8]}"#, "has 8 bytes (0 to 8), and F32 of shape [3] needs 12"),
        (#"{"dtype":"F4","shape":[3],"data_offsets":[0,8]}"#, "F4 of shape [3] ends within a byte"),
        (
            #"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}"#,
            "has shape [4294967296, 4294967296], more than can be addressed"
        ),
        (
            #"{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,9],"data_offsets":[0,8]}"#,
            "F32 of shape [1, 1, 1, 1, 1, 1, 1, 1, …] needs 36"
        ),
        (
            #"{"dtype":"F32","shape":[2],"data_offsets":[4,12]}"#,
            "begins at byte 4 and leaves a hole behind the tensor before, which ends at 0"
        ),
        (
            #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}"#,
            "begins at byte 2 and overlaps the tensor before, which ends at 4"
        ),
        (#"{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{}"#, "stands twice"),
    ]

    @Test(arguments: tensors) func aBadTensorIsRefused(_ description: String, _ expected: String) {
        let bytes = [UInt8](repeating: 0, count: 8)
        let found = message { () throws(Fault) in
            try SafetensorsFile(parsing: safetensors("{\"x\":\(description)}", bytes), from: "t")
        }
        #expect(found?.contains(expected) == true, "\(found ?? "no refusal")")
        #expect(found?.hasPrefix("t, ") == true && found?.contains("tensor '") == true, "\(found ?? "no refusal")")
    }

    /// Oracle: no proper prefix of a file is a file, because the tensors cover it to its end.
    @Test func aFileCutShortIsRefused() throws {
        var writer = SafetensorsWriter()
        try writer.add("x", [1, 2] as [Float], shape: [2])
        let whole = try writer.data()
        for count in 0..<whole.count {
            #expect(message { () throws(Fault) in try SafetensorsFile(parsing: whole.prefix(count), from: "t") } != nil)
        }
        #expect(
            message { () throws(Fault) in try SafetensorsFile(parsing: whole.dropLast(), from: "t") }
                == "t: has 7 bytes of tensors, and its header describes 8. The file is cut short: copy or save it again"
        )
    }

    @Test func aNumberThatIsNotFiniteIsNamedWithItsPlace() throws {
        let values = [Float](repeating: 1, count: 5) + [.nan]
        let file = try oneTensor("F32", [3, 2], values.flatMap { littleEndian($0.bitPattern) })
        let expected =
            "t, tensor 'x': holds NaN at element 5 (row 2), and finite numbers are needed. "
            + "The run that wrote it has diverged, or the file is damaged"
        #expect(message { () throws(Fault) in try file.floats("x") } == expected)
        #expect(message { () throws(Fault) in try file.doubles("x") } == expected)
        let cases: [(String, [UInt8], String)] = [
            ("F64", littleEndian((-Double.infinity).bitPattern), "holds -infinity at element 0,"),
            ("F16", [0x00, 0x7C], "holds infinity at element 0,"),
            ("F16", [0x01, 0xFC], "holds NaN at element 0,"),
            ("BF16", [0x80, 0x7F], "holds infinity at element 0,"),
            ("BF16", [0xC0, 0xFF], "holds NaN at element 0,"),
        ]
        for (type, bytes, expected) in cases {
            let file = try oneTensor(type, [1], bytes)
            for found in [
                message { () throws(Fault) in try file.doubles("x") },
                message { () throws(Fault) in try file.floats("x") },
            ] {
                #expect(found?.contains(expected) == true, "\(type): \(found ?? "no refusal")")
            }
        }
    }

    @Test func valuesThatDoNotFitAreRefused() throws {
        let large = try oneTensor("F64", [1], littleEndian(1e300.bitPattern))
        #expect(
            message { () throws(Fault) in try large.floats("x") }
                == "t, tensor 'x': holds 1e+300 at element 0, too large for single precision. Use double precision")
        let unsigned = try oneTensor("U64", [1], littleEndian(UInt64.max))
        #expect(
            message { () throws(Fault) in try unsigned.integers("x") }?
                .contains("holds 18446744073709551615 at element 0, and at most 9223372036854775807") == true)
        let bool = try oneTensor("BOOL", [2], [1, 2])
        #expect(message { () throws(Fault) in try bool.integers("x") }?.contains("holds 2 at element 1") == true)
    }

    @Test func aTensorOfAnotherTypeIsRefused() throws {
        let integers = try oneTensor("I32", [1], [1, 0, 0, 0])
        let expected = "tensor 'x': has dtype I32, and a floating-point type (F64, F32, F16 or BF16) is needed"
        #expect(message { () throws(Fault) in try integers.floats("x") }?.contains(expected) == true)
        #expect(message { () throws(Fault) in try integers.doubles("x") }?.contains(expected) == true)
        #expect(
            message { () throws(Fault) in try integers.bytes("x") }?
                .contains("has dtype I32, and a type of bytes (U8 or BOOL) is needed") == true)
        let floats = try oneTensor("F32", [1], [0, 0, 0, 0])
        #expect(
            message { () throws(Fault) in try floats.integers("x") }?
                .contains("has dtype F32, and an integer type (I64, I32,") == true)
    }

    @Test func aMissingTensorIsAnsweredWithNamesLikeIt() throws {
        var writer = SafetensorsWriter()
        for name in ["zzz", "fc1.bias", "module.fc1.weight", "fc2.weight", "a", "b", "q", "r"] {
            try writer.add(name, [0] as [Float], shape: [1])
        }
        let file = try SafetensorsFile(parsing: writer.data(), from: "t")
        #expect(
            message { () throws(Fault) in try file.floats("fc1.weight") }
                == "t, tensor 'fc1.weight': no such tensor. It holds 'module.fc1.weight', 'fc2.weight', 'fc1.bias', "
                + "'a', 'b', 'q' and 2 more")
        let empty = try SafetensorsFile(parsing: safetensors("{}"), from: "t")
        #expect(
            message { () throws(Fault) in try empty.floats("x") }
                == "t, tensor 'x': no such tensor. The file holds no tensors")
    }

    /// A name from a file must neither steer a terminal nor flood it.
    @Test func namesInMessagesAreTamed() {
        let name = "\\u001b[2J" + String(repeating: "n", count: 1000)
        let found = message { () throws(Fault) in
            try SafetensorsFile(parsing: safetensors("{\"\(name)\":{}}"), from: "t")
        }
        #expect(found?.contains("'\\u{1B}[2Jn") == true && found?.contains("n…'") == true, "\(found ?? "")")
        #expect((found?.count ?? 1000) < 250)
    }

    @Test func aMissingFileIsRefused() {
        #expect(
            message { () throws(Fault) in try SafetensorsFile(reading: "/no/such/file") }
                == "/no/such/file: no such file. Check the path")
    }
}
