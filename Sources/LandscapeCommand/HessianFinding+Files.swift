import Checkpoints
import CommandSupport
import Figures
import Files
import Krylov
import Landscape

extension HessianFinding {
    /// Writes document, arrays and figure.
    func save(in folder: ResultFolder) throws(Fault) {
        try folder.write(try arrays())
        try draw(in: folder)
        // Last: where it is, the rest is too.
        try folder.write(report)
    }

    private func draw(in folder: ResultFolder) throws(Fault) {
        guard let smoothed = analysis.smoothed else { return }
        var figure = SpectralDensityFigure(
            title: "Spectral density of the \(HeaderText.matrixName(body.operator))",
            subtitle: HeaderText.subtitle(header), grid: smoothed.grid, density: smoothed.values)
        figure.band = band(smoothed)
        figure.eigenvalues = analysis.eigenvalues.map(\.value)
        if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
    }

    private func arrays() throws(Fault) -> SafetensorsWriter {
        var arrays = SafetensorsWriter(metadata: ["command": "hessian", "checkpoint": header.checkpoint])
        func add(_ name: String, _ values: [Double]?) throws(Fault) {
            guard let values, !values.isEmpty else { return }
            try arrays.add(name, values, shape: [values.count])
        }
        try add("eigenvalues", analysis.eigenvalues.map(\.value))
        try add("residuals", analysis.eigenvalues.map(\.residual))
        try add("error_bounds", analysis.eigenvalues.map(\.errorBound))
        try add("density.nodes", body.density?.nodes)
        try add("density.weights", body.density?.weights)
        try add("density.grid", body.density?.grid)
        try add("density.values", body.density?.values)
        try add("density.standard_errors", body.density?.standardErrors)
        try add("log_density.grid", body.density?.logarithmic.grid)
        try add("log_density.positive", body.density?.logarithmic.positive)
        try add("log_density.negative", body.density?.logarithmic.negative)
        try add("resamples.grid", body.resamples?.grid)
        try add("resamples.values", body.resamples?.values)
        try add("resamples.data_deviations", body.resamples?.dataDeviations)
        return arrays
    }

    /// One standard error to each side of the mean between the probes.
    private func band(_ smoothed: SmoothedDensity) -> SpectralDensityFigure.Band? {
        guard analysis.method == .lanczos, let errors = smoothed.standardErrors else { return nil }
        return .init(
            lower: zip(smoothed.values, errors).map { max(0, $0 - $1) },
            upper: zip(smoothed.values, errors).map { $0 + $1 })
    }
}
