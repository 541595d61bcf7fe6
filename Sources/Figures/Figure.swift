public import Files
public import Foundation

/// A picture of a result: numbers and words, with no place on the disk yet.
///
/// `draw(in:)` turns it into four files that stay together: the numbers (`NAME.dat`), the gnuplot script that a person
/// may restyle (`NAME.gp`), and the pictures (`NAME.svg`, `NAME.png`). The same figure gives the same bytes.
public protocol Figure: Sendable {
    /// The files' common name, without an extension: letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
    var name: String { get }

    /// The numbers and the script, checked.
    ///
    /// - Throws: `Fault` of kind `data` for a NaN or an infinity, `software` for arrays whose lengths do not agree; the
    ///   message names the array.
    func files() throws(Fault) -> FigureFiles
}

/// What gnuplot reads: the content of `NAME.dat` and of `NAME.gp`.
public struct FigureFiles: Sendable, Equatable {
    public let data: Data
    public let script: String
}

/// Where a figure's files lie.
public struct DrawnFigure: Sendable, Equatable {
    public let data: String
    public let script: String
    /// `nil` where gnuplot is not installed.
    public let svg: String?
    /// `nil` where gnuplot is not installed.
    public let png: String?
    /// What the user should know, and the command that draws the pictures later.
    public let warning: String?
}

extension Figure {
    /// Writes the numbers and the script into `directory` and lets gnuplot draw both pictures beside them.
    ///
    /// Each file appears under its name only when whole. Where gnuplot is not installed, the numbers and the script are
    /// written and the result carries a warning. Pictures of older numbers that could not be drawn anew are removed.
    ///
    /// - Throws: `Fault` of kind `data` or `software` for numbers that cannot be drawn, `inputOutput` for files that
    ///   cannot be written, `software` with gnuplot's own message where it fails or takes longer than its limit.
    public func draw(in directory: String, using gnuplot: Gnuplot = .installed) throws(Fault) -> DrawnFigure {
        precondition(Self.isPlain(name), "a figure's name is a plain file name, not '\(name)'")
        let files = try files()
        try AtomicFile.makeFolder(directory)
        let base = directory + "/" + name
        try AtomicFile.write(files.data, to: base + ".dat")
        try AtomicFile.write(Data(files.script.utf8), to: base + ".gp")

        let partial = ".\(name).\(getpid()).partial"
        let pictures = ["svg", "png"]
        do throws(Fault) {
            let ran = try gnuplot.run(script: name + ".gp", in: directory, output: partial)
            guard ran else {
                for format in pictures { Picture.remove("\(base).\(format)") }
                return DrawnFigure(
                    data: base + ".dat", script: base + ".gp", svg: nil, png: nil,
                    warning: "gnuplot is not installed: \(base).dat and \(base).gp are written, without pictures. "
                        + "Install it with `apt-get install gnuplot-nox`, then run "
                        + "`cd \(directory) && gnuplot \(name).gp`"
                )
            }
            for format in pictures { try Picture.check("\(directory)/\(partial).\(format)", format: format) }
            for format in pictures {
                try Picture.move("\(directory)/\(partial).\(format)", to: "\(base).\(format)")
            }
        } catch {
            for format in pictures {
                Picture.remove("\(directory)/\(partial).\(format)")
                Picture.remove("\(base).\(format)")
            }
            throw error
        }
        return DrawnFigure(
            data: base + ".dat", script: base + ".gp", svg: base + ".svg", png: base + ".png", warning: nil)
    }

    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isLetterOrDigit else { return false }
        return name.utf8.allSatisfy { $0.isLetterOrDigit || ".-_".utf8.contains($0) }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// A picture's file between gnuplot and its final name.
private enum Picture {
    /// gnuplot can end without complaint on a full disk, so the file's own ending is looked at.
    static func check(_ path: String, format: String) throws(Fault) {
        let content = try AtomicFile.read(path)
        let whole =
            switch format {
            case "png":
                content.starts(with: [0x89, 0x50, 0x4E, 0x47]) && content.suffix(8).starts(with: Data("IEND".utf8))
            default: String(decoding: content.suffix(16), as: UTF8.self).contains("</svg>")
            }
        guard whole else {
            throw Fault(.inputOutput, "gnuplot left an unfinished picture", at: path, remedy: "Is the disk full?")
        }
    }

    static func move(_ partial: String, to path: String) throws(Fault) {
        guard rename(partial, path) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw Fault(.inputOutput, "cannot be put in place (\(reason))", at: path)
        }
    }

    static func remove(_ path: String) { _ = unlink(path) }
}
