import Checkpoints
import Files
import Networks
import Plasticity
import Training

/// The checkpoints of a probe in the order in which they are probed, θ₀ first where there is one.
struct PlasticitySeries {
    struct Member {
        let path: String
        let run: RunRecord
        let training: TrainingRecord
    }

    let members: [Member]
    /// Of all.
    let architecture: Architecture
    /// Whether the first is θ₀.
    let hasReference: Bool
    let architectureFile: String?
    private(set) var warnings: [String] = []

    /// - Throws: `Fault` of kind `data` where a checkpoint cannot be read, or is of another network than the others.
    init(_ paths: [String], reference: String?, architecture: String?) throws(Fault) {
        let all = (reference.map { [$0] } ?? []) + paths.filter { $0 != reference }
        var members: [Member] = []
        var first: Architecture?
        for path in all {
            let checkpoint = try Checkpoint(reading: path, architecture: architecture)
            first = first ?? checkpoint.architecture
            if let first, checkpoint.architecture != first {
                throw Fault(
                    .data, "is of another architecture than \(all[0])", at: path,
                    remedy: "Give checkpoints of one network"
                )
            }
            members.append(Member(path: path, run: checkpoint.run, training: try TrainingRecord(of: checkpoint)))
        }
        guard let first, !members.isEmpty else { throw Fault(.usage, "no checkpoint was given", at: "--checkpoint") }
        self.members = members
        self.architecture = first
        architectureFile = architecture
        hasReference = reference != nil || members.count > 1
        if reference == nil, members.count > 1, let step = members[0].run.step, step != 0 {
            warnings.append(
                "no checkpoint of step 0 was given: the first, of step \(step), stands for θ₀; name one with --reference"
            )
        }
        let rules = Set(members.compactMap { $0.training.optimiser?.description })
        if rules.count > 1 {
            warnings.append(
                "the checkpoints were trained with different optimisers (\(rules.sorted().joined(separator: "; "))): all are "
                    + "probed with that of the last")
        }
    }

    func checkpoint(_ index: Int) throws(Fault) -> Checkpoint {
        try Checkpoint(reading: members[index].path, architecture: architectureFile)
    }
}
