import Files
import Foundation
import Testing

@testable import EventFiles

@Suite struct EventFileTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/event-files-" + UUID().uuidString

    private func hex(_ text: String) -> Data {
        let digits = Array(text)
        return Data(stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! })
    }

    /// What `write` appends to a file whose clock stands at 1.5 s, after the two events that every file begins with.
    private func appended(from step: Int = 0, _ write: (EventFile) throws -> Void) throws -> Data {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = try EventFile(in: folder, from: step, clock: { 1.5 })
        let count = try Data(contentsOf: URL(fileURLWithPath: file.path)).count
        try write(file)
        return try Data(contentsOf: URL(fileURLWithPath: file.path)).dropFirst(count)
    }

    /// Oracle: the vectors of RFC 3720, B.4, and the customary check value.
    @Test func checksums() {
        let ascending = Data(0..<32)
        #expect(Checksum.value(Data(count: 32)) == 0x8A91_36AA)
        #expect(Checksum.value(Data(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(Checksum.value(ascending) == 0x46DD_794E)
        #expect(Checksum.value(Data(ascending.reversed())) == 0x113F_DB5C)
        #expect(Checksum.value(Data("123456789".utf8)) == 0xE306_9283)
        #expect(Checksum.value(Data()) == 0)
    }

    /// Oracle: the bytes that TensorBoard 2.21's own `RecordWriter` and messages give for the same events.
    @Test func bytesAreTensorBoardsOwn() throws {
        let beginning = hex(
            "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c"
                + "0f000000000000006d532b0909000000000000f83f10073a020801774771c7")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = try EventFile(in: folder, from: 7, clock: { 1.5 }).path
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == beginning)
        try FileManager.default.removeItem(atPath: folder)

        let scalars = try appended { try $0.add(scalars: [("a/b", 0.25), ("c", -3)], step: 1000) }
        #expect(
            scalars
                == hex(
                    "2400000000000000422b804d09000000000000f83f10e8072a160a0a0a03612f62150000803e"
                        + "0a080a016315000040c0aa1c06c8"))
        let text = try appended { try $0.add(text: "hello", tag: "t", step: 7) }
        #expect(
            text
                == hex(
                    "3a000000000000001295eae209000000000000f83f10072a2d0a2b0a0e742f746578745f73756d6d617279420f0807120412"
                        + "020801420568656c6c6f4a080a060a04746578743d6e1e72"))
    }

    /// Oracle: as above; the map's three entries lie in the order of their keys.
    @Test func hyperparametersAreTensorBoardsOwn() throws {
        let start = try appended {
            try $0.begin(["name": .text("x"), "lr": .number(0.5), "flag": .flag(true)])
        }
        #expect(
            start
                == hex(
                    "6f000000000000006c3181de09000000000000f83f2a640a620a1c5f68706172616d735f2f73657373696f6e5f7374617274"
                        + "5f696e666f4a420a400a0768706172616d7312351a330a0a0a04666c6167120220010a0f0a026c72120911000000"
                        + "000000e03f0a0b0a046e616d6512031a017829000000000000f83f4c92d344"))
        let end = try appended { try $0.end(.success) }
        #expect(
            end
                == hex(
                    "4500000000000000ebe668b009000000000000f83f2a3a0a380a1a5f68706172616d735f2f73657373696f6e5f656e645f69"
                        + "6e666f4a1a0a180a0768706172616d73120d220b080111000000000000f83f767b53fd"))
    }

    @Test func nothingIsWrittenForNothing() throws {
        let bytes = try appended {
            try $0.add(scalars: [], step: 1)
            try $0.add(histograms: [("h", Histogram([.nan]))], step: 1)
        }
        #expect(bytes.isEmpty)
    }

    /// Two files of one folder, the later one from step 7: it voids what the earlier one says from there on. Half a
    /// record at the end is none.
    @Test func stepsAreThoseThatReadersHave() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(EventFile.toldSteps(in: folder).isEmpty)
        let first = try EventFile(in: folder, from: 0, clock: { 1.5 })
        for step in [0, 5, 7, 9] { try first.add(scalars: [("a/b", 0.25), ("a/c", 1)], step: step) }
        try first.add(histograms: [("h/x", Histogram([1])), ("h/y", Histogram([2]))], step: 5)
        #expect(EventFile.toldSteps(in: folder) == ["a": [0, 5, 7, 9], "h": [5]])
        let second = try EventFile(in: folder, from: 7, clock: { 2.5 })
        try second.add(scalars: [("a/b", 0.5)], step: 9)
        #expect(EventFile.toldSteps(in: folder) == ["a": [0, 5, 9], "h": [5]])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: second.path))
        try bytes.dropLast(3).write(to: URL(fileURLWithPath: second.path))
        #expect(EventFile.toldSteps(in: folder) == ["a": [0, 5], "h": [5]])
    }

    /// A process takes a name that is not there yet, in a second in which others began.
    @Test func filesHaveTheirOwnNames() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let paths = try (0..<3).map { _ in try EventFile(in: folder, from: 0, clock: { 1.5 }).path }
        #expect(Set(paths).count == 3)
        #expect(paths.allSatisfy { $0.hasPrefix(folder + "/events.out.tfevents.1.") })
        let fault = #expect(throws: Fault.self) { try EventFile(in: folder + "/absent", from: 0) }
        #expect(fault?.kind == .inputOutput)
    }

    /// Oracle: counting, bucket by bucket, which numbers lie in (limit before, limit].
    @Test(arguments: [
        [0.0], [1, 1], [-1e-13, 1e-13, 0], [3, -2, 0.5, 1e30, -1e30, 1e-12, 2.2e-12],
        Array(stride(from: -1, to: 1, by: 0.01)),
    ])
    func histogramsCount(_ numbers: [Double]) {
        let histogram = Histogram(numbers + [.nan, .infinity])
        #expect(histogram.count == numbers.count)
        #expect(histogram.minimum == numbers.min() && histogram.maximum == numbers.max())
        #expect(histogram.sum == numbers.reduce(0, +) && histogram.sumOfSquares == numbers.reduce(0) { $0 + $1 * $1 })
        #expect(histogram.counts.reduce(0, +) == numbers.count && histogram.counts.last! > 0)
        #expect(histogram.limits == histogram.limits.sorted() && histogram.limits.count == histogram.counts.count)
        var low = -Double.infinity
        for (limit, count) in zip(histogram.limits, histogram.counts) {
            #expect(numbers.count { low < $0 && $0 <= limit } == count)
            low = limit
        }
    }
}
