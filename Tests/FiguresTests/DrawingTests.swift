import Figures
import Files
import Foundation
import Testing

/// What stands in the folder after a drawing that went well, and after one that did not.
@Suite struct DrawingTests {
    private let figure = SpectralDensityFigure(
        title: "it's `a` \"title\" \\ with $x @y {z}", subtitle: "sub_script", grid: [-1, 0, 1, 2],
        density: [1e-3, 1, 1e-2, 0])

    /// Oracle: the bytes of the first drawing, in another folder.
    @Test func sameNumbersGiveSameBytes() throws {
        let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
        for figure in [figure, Gallery.covariances[0], Gallery.training[0]] as [any Figure] {
            _ = try figure.draw(in: first.path)
            _ = try figure.draw(in: second.path)
            for kind in ["dat", "gp", "svg", "png"] {
                let name = "/\(figure.name).\(kind)"
                #expect(try AtomicFile.read(first.path + name) == AtomicFile.read(second.path + name), "\(name)")
            }
        }
    }

    /// Oracle: the drawn pictures; here gnuplot runs as a user runs it.
    @Test func scriptDrawsTheSamePicturesAgain() throws {
        let folder = try TemporaryFolder()
        let drawn = try figure.draw(in: folder.path)
        let svg = try Data(contentsOf: URL(fileURLWithPath: #require(drawn.svg)))
        let png = try Data(contentsOf: URL(fileURLWithPath: #require(drawn.png)))
        try FileManager.default.removeItem(atPath: #require(drawn.svg))
        try FileManager.default.removeItem(atPath: #require(drawn.png))

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gnuplot", "-d", "density.gp"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path, isDirectory: true)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try AtomicFile.read(#require(drawn.svg)) == svg)
        #expect(try AtomicFile.read(#require(drawn.png)) == png)
    }

    @Test func leavesFourFilesAndNothingElse() throws {
        let folder = try TemporaryFolder()
        _ = try figure.draw(in: folder.path + "/deeper")
        #expect(try content(folder.path + "/deeper") == ["density.dat", "density.gp", "density.png", "density.svg"])
    }

    @Test func withoutGnuplotKeepsNumbersAndScriptAndWarns() throws {
        let folder = try TemporaryFolder()
        _ = try figure.draw(in: folder.path)
        for executable in [nil, "/nonexistent/gnuplot"] {
            let drawn = try figure.draw(in: folder.path, using: Gnuplot(executable: executable))
            #expect(drawn.svg == nil && drawn.png == nil)
            let warning = try #require(drawn.warning)
            #expect(warning.hasPrefix("gnuplot is not installed"))
            #expect(warning.contains("apt-get install gnuplot-nox"))
            #expect(warning.hasSuffix("`cd \(folder.path) && gnuplot density.gp`"))
            // The first drawing's pictures may be of other numbers, so they are gone too.
            #expect(try content(folder.path) == ["density.dat", "density.gp"])
        }
    }

    /// A program in gnuplot's place that leaves half a picture, complains and fails.
    @Test func failureIsAFaultWithTheMessageAndLeavesNothingPartial() throws {
        let folder = try TemporaryFolder()
        let program = try script(
            "#!/bin/sh\neval \"$3\"\nprintf half > $output.svg\nprintf half > $output.png\n"
                + "echo 'line 7: undefined variable' >&2\nexit 1\n", in: folder)
        let fault = try #require(throws: Fault.self) {
            _ = try figure.draw(in: folder.path + "/out", using: Gnuplot(executable: program))
        }
        #expect(fault.kind == .software)
        #expect(fault.what.contains("line 7: undefined variable"))
        #expect(try content(folder.path + "/out") == ["density.dat", "density.gp"])
    }

    /// A program that claims success and leaves a picture without an end.
    @Test func unfinishedPictureIsAFault() throws {
        let folder = try TemporaryFolder()
        let program = try script(
            "#!/bin/sh\neval \"$3\"\nprintf '<svg>' > $output.svg\nprintf half > $output.png\n", in: folder)
        let fault = try #require(throws: Fault.self) {
            _ = try figure.draw(in: folder.path + "/out", using: Gnuplot(executable: program))
        }
        #expect(fault.kind == .inputOutput)
        #expect(try content(folder.path + "/out") == ["density.dat", "density.gp"])
    }

    /// The limit is 0.3 s and the program sleeps 30: well under 30 s must have passed.
    @Test func endlessDrawingIsEnded() throws {
        let folder = try TemporaryFolder()
        let program = try script("#!/bin/sh\nsleep 30\n", in: folder)
        let duration = try ContinuousClock().measure {
            let fault = try #require(throws: Fault.self) {
                _ = try figure.draw(in: folder.path, using: Gnuplot(executable: program, timeoutSeconds: 0.3))
            }
            #expect(fault.what.contains("did not end within 0.3 s"))
        }
        #expect(duration < .seconds(15))
    }

    @Test func unwritableFolderIsAFault() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write(Data("a file".utf8), to: folder.path + "/taken")
        let fault = try #require(throws: Fault.self) { _ = try figure.draw(in: folder.path + "/taken") }
        #expect(fault.kind == .inputOutput)
    }

    /// Oracle: the title's own characters, in the SVG's text after XML's escapes.
    @Test func titleReachesThePictureAsItIs() throws {
        let folder = try TemporaryFolder()
        let drawn = try figure.draw(in: folder.path)
        let svg = String(decoding: try AtomicFile.read(#require(drawn.svg)), as: UTF8.self)
        let plain = svg.replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&apos;", with: "'")
        #expect(plain.contains("it's `a` \"title\" \\ with $x @y {z}"))
        #expect(svg.contains("sub_script"))
    }

    private func script(_ text: String, in folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/program"
        try AtomicFile.write(Data(text.utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func content(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}
