import Figures
import Files
import Foundation

extension StudyReport {
    /// Draws the figures, writes the tables, and last `report.md`, which refers to them.
    ///
    /// - Parameter settings: what stands below the findings: every setting, at this scale and at the paper's.
    /// - Returns: what the user should know, such as that no pictures could be drawn.
    func write(to folder: StudyFolder, settings: StudyTable, about: String) throws(Fault) -> [String] {
        var warnings: [String] = []
        for (name, table) in tables {
            try AtomicFile.makeFolder(folder.tables)
            try AtomicFile.write(Data(table.csv.utf8), to: folder.tables + "/" + name)
        }
        var text = "# \(title)\n\n\(about)\n"
        if !claims.isEmpty {
            text += "\n## Findings\n\n"
            for claim in claims {
                text += "* **\(claim.holds ? "Holds" : "Does not hold")**: \(claim.statement). (\(claim.evidence))\n"
            }
        }
        for block in blocks {
            switch block {
            case .heading(let words): text += "\n## \(words)\n"
            case .text(let words): text += "\n\(words)\n"
            case .table(let table): text += "\n\(table.markdown)"
            case .figure(let figure, let words):
                let drawn = try figure.draw(in: folder.figures)
                if let warning = drawn.warning, warnings.isEmpty { warnings.append(warning) }
                text += "\n![\(words)](figures/\(figure.name).svg)\n\n\(words)\n"
            }
        }
        if !cautions.isEmpty {
            text += "\n## To bear in mind\n\n" + cautions.map { "* \($0)\n" }.joined()
        }
        text += "\n## Settings\n\n\(settings.markdown)"
        if !tables.isEmpty {
            let names = tables.map { "[\($0.name)](tables/\($0.name))" }
            text += "\nThe numbers in full: \(names.joined(separator: ", ")).\n"
        }
        try AtomicFile.write(Data(text.utf8), to: folder.reportPath)
        return warnings
    }
}
