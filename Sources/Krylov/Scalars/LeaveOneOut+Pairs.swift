extension LeaveOneOut {
    /// V from all pairs of probes, each with both left out of the sketch.
    ///
    /// Given the k − 2 others, x = μᵢ₍ⱼ₎ and y = μⱼ₍ᵢ₎ are two independent vectors of uniform directions in the same
    /// D + 1 dimensions, with R the form there and c = tr R/(D + 1), so that
    ///
    ///     E ((D + 1)²/(‖x‖²‖y‖²)) (xᵀ(B − cI)y)² = ‖R − cI‖²_F,      V = 2(D + 1)/(D + 3) ‖R − cI‖²_F
    ///
    /// as for plain probes (`FormSamples`). The sketch is one vector shorter than that of tᵢ, and V so too large, if
    /// anything: on spectra that fall to a fifth from one sketched vector to the next by 1.9, on flat ones not at all.
    ///
    /// xᵀBy comes from μᵢᵀBμⱼ and the couplings: x = μᵢ + p Qᵀu, y = μⱼ + q Qᵀv, and u·v = −(sᵢ·sⱼ).
    ///
    /// - Parameters:
    ///   - forms: μᵢᵀBμⱼ.
    ///   - inner: μᵢᵀμⱼ.
    /// - Returns: nil where all directions are one.
    func varianceOfPairs(_ view: View, forms: [[Double]], inner: [[Double]]) -> Double? {
        let order = freedom + 1
        let (rotated, coupled) = (view.rotated, view.coupled)
        var sum = 0.0
        var count = 0.0
        for i in forms.indices {
            for j in 0..<i {
                guard let x = wider(i, without: j, view), let y = wider(j, without: i, view) else { continue }
                let overlap = overlaps[i, j]
                let ofX = (coupled[i, i] - overlap * coupled[i, j]) / x.length
                let ofY = (coupled[j, j] - overlap * coupled[j, i]) / x.length
                let across =
                    (rotated[j, i] - overlap * (rotated[i, i] + rotated[j, j]) + overlap * overlap * rotated[i, j])
                    / (x.length * x.length)
                let form = forms[i][j] + y.p * ofX + x.p * ofY + x.p * y.p * across
                let product =
                    inner[i][j] + x.length * (y.p * projections[i, i] + x.p * projections[j, j])
                    - x.p * y.p * overlap
                let centre = 0.5 * (x.value / x.square + y.value / y.square)
                let rest = form - centre * product
                sum += rest * rest * order * order / (x.square * y.square)
                count += 1
            }
        }
        return count > 0 ? 2 * order / (order + 2) * sum / count : nil
    }
}
