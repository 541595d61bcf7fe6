import Files
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension EventFile {
    /// The steps that a folder's files tell, by the group of their tags (`group/name`), as TensorBoard has them:
    /// without what a later START voids, and without what follows a damaged or unfinished record in a file.
    ///
    /// A file that cannot be read tells nothing.
    public static func toldSteps(in folder: String) -> [String: Set<Int>] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var told: [String: Set<Int>] = [:]
        for name in names.sorted() where name.contains("tfevents") {
            guard let file = try? AtomicFile.read(folder + "/" + name) else { continue }
            for record in RecordFile.records(in: file) {
                guard let event = try? Event(serializedBytes: record) else { break }
                let step = Int(event.step)
                if event.sessionLog.status == .start {
                    told = told.mapValues { steps in steps.filter { $0 < step } }
                }
                for value in event.summary.value {
                    let group = value.tag.split(separator: "/").first.map { String($0) } ?? ""
                    told[group, default: []].insert(step)
                }
            }
        }
        return told
    }
}
