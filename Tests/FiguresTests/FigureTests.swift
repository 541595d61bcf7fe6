import Figures
import Files
import Foundation
import Testing

/// Every figure of the gallery, odd ones included, drawn by the installed gnuplot.
@Suite struct GalleryTests {
    @Test(arguments: Gallery.all.indices) func drawsWholePictures(_ index: Int) throws {
        let kept = ProcessInfo.processInfo.environment["FIGURE_GALLERY"]
        let folder = try TemporaryFolder(kept: kept)
        let figure = Gallery.all[index]
        let drawn = try figure.draw(in: folder.path)
        #expect(drawn.warning == nil)
        // Oracle: the PNG specification (signature, closing IEND chunk with its fixed CRC) and XML's closing tag.
        let png = try AtomicFile.read(try #require(drawn.png))
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(png.suffix(8).elementsEqual([0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]))
        let width = png[16..<20].reduce(0) { $0 << 8 | Int($1) }
        let height = png[20..<24].reduce(0) { $0 << 8 | Int($1) }
        #expect(width >= 1200 && height >= 800)
        let svg = String(decoding: try AtomicFile.read(try #require(drawn.svg)), as: UTF8.self)
        #expect(svg.hasSuffix("</svg>\n") || svg.hasSuffix("</svg>\n\n"))
        #expect(svg.utf8.count < 3_000_000)
    }
}

/// A folder that is gone with the test, unless its path was named.
final class TemporaryFolder {
    let path: String
    private let isKept: Bool

    init(kept: String? = nil) throws {
        isKept = kept != nil
        path = kept ?? NSTemporaryDirectory() + "figures-\(UUID().uuidString)"
        try AtomicFile.makeFolder(path)
    }

    deinit {
        if !isKept { try? FileManager.default.removeItem(atPath: path) }
    }
}
