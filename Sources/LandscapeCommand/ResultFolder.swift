import Checkpoints
import CommandSupport
import Figures
import Files
import Foundation

/// What a command leaves under `--output`: `result.json`, `arrays.safetensors`, figures; a series has a folder for each
/// checkpoint.
struct ResultFolder {
    let path: String

    init(_ path: String) throws(Fault) {
        self.path = path
        try OutputFolder.prepare(path)
    }

    /// The folder of checkpoint number `index` of a series: its file's name, numbered where several share that name (two
    /// runs have a checkpoint of the same step), so that none overwrites another.
    func member(_ index: Int, of checkpoints: [String]) throws(Fault) -> ResultFolder {
        let names = checkpoints.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
        let isShared = names.count { $0 == names[index] } > 1
        return try ResultFolder(path + "/" + (isShared ? "\(index + 1)_" : "") + names[index])
    }

    func write(_ document: some Encodable) throws(Fault) {
        try AtomicFile.write(Data(JSONText.encode(document).utf8), to: path + "/result.json")
    }

    func write(_ arrays: SafetensorsWriter) throws(Fault) {
        try arrays.write(to: path + "/arrays.safetensors")
    }

    /// Draws the figure; without gnuplot its script and data stay, and a warning says how to draw them.
    ///
    /// - Returns: the path of the picture for people, if there is one.
    func draw(_ figure: some Figure) throws(Fault) -> String? {
        let drawn = try figure.draw(in: path)
        if let warning = drawn.warning { StandardError.write(line: "warning: \(warning)") }
        return drawn.png
    }
}

extension ResultOptions {
    /// The folder of `--output`, made where it is not there; nil where none is asked for.
    func folder() throws(Fault) -> ResultFolder? {
        guard let output else { return nil }
        return try ResultFolder(output)
    }
}

extension ReportingOptions {
    /// The bar of a series, which a single checkpoint does not need.
    func bar(of checkpoints: [String]) -> CommandSupport.Progress {
        CommandSupport.Progress(
            "checkpoints", total: checkpoints.count, unit: "checkpoints",
            style: checkpoints.count > 1 ? progressStyle : .silent)
    }
}

/// The documents of a series of checkpoints.
struct SeriesDocument<Member: Encodable>: Encodable {
    let command: String
    let version = Version.current
    let series: [Member]
}
