import Checkpoints
import Files
import Networks

extension LossBinder {
    /// The support of the network's categorical outputs: what the configuration says, and for the rest the checkpoint.
    ///
    /// - Throws: `Fault` of kind `data` where nobody says its ends, or it does not divide the network's outputs.
    func support() throws(Fault) -> Support {
        let run = checkpoint.run
        guard let low = configuration.supportEnds?.low ?? run.supportLow,
            let high = configuration.supportEnds?.high ?? run.supportHigh
        else {
            throw Fault(
                .data, "does not say the support of its categorical outputs", at: checkpoint.path,
                remedy: "Give it with --support LOW,HIGH, or as support_low and support_high under landscape.run")
        }
        let support = Support(low: low, high: high, atoms: configuration.atoms ?? run.atoms ?? Support.defaultAtoms)
        do throws(Fault) {
            try support.validate()
        } catch {
            let isGiven = configuration.supportEnds != nil || configuration.atoms != nil
            guard !isGiven else { throw error }
            throw Fault(.data, "has a support that \(error.what)", at: checkpoint.path, remedy: "Correct landscape.run")
        }
        guard network.outputCount % support.atoms == 0 else {
            throw Fault(
                .data,
                "has \(network.outputCount) outputs, which are no whole number of supports of \(support.atoms) atoms",
                at: checkpoint.path, remedy: "Give the network's number of atoms with --atoms")
        }
        return support
    }
}
