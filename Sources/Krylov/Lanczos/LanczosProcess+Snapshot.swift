import LinearAlgebra

extension LanczosProcess {
    /// The names of the estimate's tracks.
    private static var ends: [String] { ["upper", "lower"] }

    /// Adds all that the process needs to go on: the basis with qⱼ, T so far, and the estimate of orthogonality.
    ///
    /// The image is not among it: between two products nothing of it is used again.
    func record(in snapshot: inout Snapshot<Element>, prefix: String) {
        snapshot.matrices[prefix + "basis"] = basis.rows(0..<alpha.count + (isFinished ? 0 : 1))
        snapshot.numbers[prefix + "alpha"] = alpha
        snapshot.numbers[prefix + "beta"] = beta
        snapshot.numbers[prefix + "scalars"] = [
            normEstimate, Double(reorthogonalisations), breakdown ? 1 : 0, orthogonality.noise, orthogonality.largest,
        ]
        for (end, track) in zip(Self.ends, orthogonality.tracks) {
            snapshot.numbers[prefix + end + " previous"] = track.previous
            snapshot.numbers[prefix + end + " current"] = track.current
        }
    }

    /// The process that `record` described, to the last bit.
    ///
    /// - Throws: `DensityFailure.foreignSnapshot` where something is missing or of another size.
    convenience init(
        resuming snapshot: Snapshot<Element>, prefix: String, space: LanczosWorkspace<Element>,
        configuration: LanczosConfiguration, deflating deflated: Matrix<Element>?
    ) throws {
        self.init(space: space, configuration: configuration, deflating: deflated)
        let rows = try snapshot.matrix(prefix + "basis", columns: basis.columns)
        alpha = try snapshot.list(prefix + "alpha")
        beta = try snapshot.list(prefix + "beta")
        let scalars = try snapshot.list(prefix + "scalars", count: 5)
        normEstimate = scalars[0]
        reorthogonalisations = Int(scalars[1])
        breakdown = scalars[2] == 1
        orthogonality.restore(
            noise: scalars[3], largest: scalars[4],
            tracks: try Self.ends.map {
                (try snapshot.list(prefix + $0 + " previous"), try snapshot.list(prefix + $0 + " current"))
            })
        guard alpha.count <= basis.rows, beta.count == alpha.count,
            rows.rows == alpha.count + (isFinished ? 0 : 1)
        else { throw DensityFailure.foreignSnapshot("\(prefix)basis has \(rows.rows) rows after \(alpha.count) steps") }
        basis.rows(0..<rows.rows).assign(rows)
    }
}

extension Snapshot {
    /// The matrix of that name with rows of that length.
    func matrix(_ name: String, columns: Int) throws -> Matrix<Element> {
        guard let matrix = matrices[name], matrix.columns == columns else {
            throw DensityFailure.foreignSnapshot("no matrix \(name) with rows of \(columns)")
        }
        return matrix
    }

    /// The numbers of that name, and as many as that where it matters.
    func list(_ name: String, count: Int? = nil) throws -> [Double] {
        guard let list = numbers[name], count == nil || list.count == count else {
            throw DensityFailure.foreignSnapshot("no \(count.map { "\($0) " } ?? "")numbers \(name)")
        }
        return list
    }
}
