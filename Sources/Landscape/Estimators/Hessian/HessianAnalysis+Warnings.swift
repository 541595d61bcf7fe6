import Krylov

extension HessianAnalysis {
    /// What a reader must know before believing the numbers.
    func findingWarnings(_ configuration: HessianConfiguration) -> [String] {
        var warnings: [String] = []
        let missed = eigenvalues.count { !$0.converged }
        if missed > 0 {
            warnings.append("\(missed) of \(eigenvalues.count) eigenvalues did not converge; see their residuals")
        }
        if search?.stop == "stagnated" {
            warnings.append("residuals from the matrix do not follow the search's: its products are not exact enough")
        }
        if eigenvalues.count < wanted {
            warnings.append(
                "\(wanted) eigenvalues were asked for and \(eigenvalues.count) found: "
                    + (eigenvalues.count == dimension
                        ? "the matrix has no more" : "the others were not reached"))
        }
        if configuration.density.probes > 0 && density == nil {
            warnings.append("there is no density: the time limit passed before its first product")
        }
        if let adaptation = density?.adaptation, !adaptation.reached {
            warnings.append(
                "the density's tolerance of \(Certificates.text(adaptation.tolerance)) was not reached with "
                    + "\(density?.probes.count ?? 0) probes"
                    + (adaptation.halfWidth.map { "; the half width is \(Certificates.text($0))" } ?? ""))
        }
        return warnings + certificates.warnings
    }
}
