import Checkpoints
import Files
import Foundation
import Krylov
import LinearAlgebra
import TestSupport
import Testing

@testable import Landscape

/// Oracle: what was written, bit by bit; and for refusals the difference that was made.
@Suite struct RunFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("deep/.state/density.safetensors") }

    init() throws { folder = try TemporaryFolder() }

    private func identity(_ steps: Int = 100, seed: UInt64 = 0) -> RunIdentity {
        var identity = RunIdentity(command: "hessian", version: "1")
        identity.add(["steps": steps, "seed": seed, "tolerance": 1e-3])
        return identity
    }

    /// Rows that stand apart, more than a piece of them, none at all; every kind of double.
    private func snapshot<Element: Scalar>() -> Snapshot<Element> {
        let wide = Matrix<Element>(rows: 5, columns: 700_000)
        var random = RandomSource(seed: 3, stream: "run file")
        wide.elements.fillNormal(using: &random)
        return Snapshot(
            matrices: [
                "basis": wide, "part": wide.rows(1..<4).columns(10..<13), "none": Matrix(rows: 0, columns: 7),
            ],
            numbers: [
                "alpha": [0.1, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e300], "empty": [],
                "step": [9_007_199_254_740_991],
            ])
    }

    @Test func snapshotComesBackToTheBit() throws {
        try comesBack(Float.self)
        try comesBack(Double.self)
    }

    private func comesBack<Element: Scalar>(_ type: Element.Type) throws {
        let file = RunFile<Element>(path, identity: identity())
        #expect(try file.read() == nil)
        let written: Snapshot<Element> = snapshot()
        try file.write(written)
        let read = try #require(try file.read())
        #expect(read.numbers.mapValues { $0.map(\.bitPattern) } == written.numbers.mapValues { $0.map(\.bitPattern) })
        #expect(read.matrices.keys.sorted() == written.matrices.keys.sorted())
        for (name, matrix) in written.matrices {
            let found = try #require(read.matrices[name])
            #expect(found.rows == matrix.rows && found.columns == matrix.columns)
            #expect(found.array == matrix.array, "\(name)")
        }
        file.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.file("deep/.state")))
    }

    @Test func stateOfAnotherRunIsRefusedByName() throws {
        try RunFile<Float>(path, identity: identity(80)).write(Snapshot(numbers: ["step": [1]]))
        let fault = #expect(throws: Fault.self) { try RunFile<Float>(path, identity: identity(100)).read() }
        #expect(fault?.kind == .data)
        #expect(
            fault?.description
                == "\(path): the state belongs to a run with steps 80, not 100. Remove it or use --fresh to begin anew")
        let other = #expect(throws: Fault.self) {
            try RunFile<Float>(path, identity: identity(80, seed: 7).adding(["end": "both"])).read()
        }
        #expect(other?.what == "the state belongs to a run with end none, seed 0, not both, 7")
        #expect(try RunFile<Float>(path, identity: identity(80)).read() != nil)
    }

    /// A bit of every byte of a state turned over, and the file cut at every seventh: an error that says so.
    @Test func damageIsFound() throws {
        let file = RunFile<Float>(path, identity: identity())
        let basis = Matrix<Float>(rows: 2, columns: 3)
        basis.fill(0.5)
        try file.write(Snapshot(matrices: ["q": basis], numbers: ["beta": [1, 2], "step": [4]]))
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var harmless = 0
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 0x10
            harmless += try outcome(damaged, of: file)
        }
        // A blank of the header's padding becomes '0', which JSON allows nowhere.
        #expect(harmless == 0)
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(try outcome(whole.prefix(length), of: file) == 0)
        }
    }

    /// 1 where the damage changed nothing.
    private func outcome(_ bytes: Data, of file: RunFile<Float>) throws -> Int {
        try bytes.write(to: URL(fileURLWithPath: path))
        do throws(Fault) {
            let read = try file.read()
            #expect(read?.matrices["q"]?.array == Array(repeating: 0.5, count: 6))
            #expect(read?.numbers == ["beta": [1, 2], "step": [4]])
            return 1
        } catch {
            #expect(error.kind == .data)
            #expect(error.description.contains("--fresh"), "\(error)")
            return 0
        }
    }

    @Test func otherFilesAreRefused() throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("deep/.state"), withIntermediateDirectories: true)
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        try writer.add("w", [1, 2] as [Float], shape: [2])
        try writer.write(to: path)
        let fault = #expect(throws: Fault.self) { try RunFile<Float>(path, identity: identity()).read() }
        #expect(fault?.kind == .data)
        #expect(fault?.what == "is no state of a run")
    }

    @Test func matrixThatDivergedKeepsTheLastState() throws {
        let file = RunFile<Float>(path, identity: identity())
        let matrix = Matrix<Float>(rows: 1, columns: 2)
        try file.write(Snapshot(matrices: ["q": matrix]))
        matrix[0, 1] = .nan
        #expect(throws: Fault.self) { try file.write(Snapshot(matrices: ["q": matrix])) }
        #expect(try file.read()?.matrices["q"]?.array == [0, 0])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("deep/.state")).count == 1)
    }
}
