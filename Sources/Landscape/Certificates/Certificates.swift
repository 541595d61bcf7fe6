public import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// All certificates of a result.
public struct Certificates: Sendable, Equatable, Encodable {
    public private(set) var list: [Certificate]

    public init(_ list: [Certificate] = []) { self.list = list }

    /// Those whose value is above its limit.
    public var failed: [Certificate] { list.filter { !$0.passed } }

    public static func + (left: Certificates, right: Certificates) -> Certificates {
        Certificates(left.list + right.list)
    }

    public mutating func append(_ certificate: Certificate) { list.append(certificate) }

    /// The one of that name; nil where there is none.
    public subscript(name: String) -> Certificate? { list.first { $0.name == name } }

    /// The list alone.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(list)
    }

    /// - Throws: as `requirePassed`, where failures are to be refused.
    func check(_ policy: HessianConfiguration.CertificatePolicy) throws(Fault) {
        if policy == .refuse { try requirePassed(at: "certificates") }
    }

    /// - Throws: `Fault` of kind `software` that names each certificate that failed, and by how much.
    public func requirePassed(at place: String) throws(Fault) {
        guard !failed.isEmpty else { return }
        let reasons = failed.map { certificate in
            "\(certificate.name) is \(Self.text(certificate.value)), at most \(Self.text(certificate.limit ?? 0)) is "
                + "right (\(certificate.meaning))"
        }
        throw Fault(
            .software, "cannot be trusted: " + reasons.joined(separator: "; "), at: place,
            remedy: "Nothing was written. \(remedy); --force gives the result all the same")
    }

    /// What helps against what failed.
    private var remedy: String {
        let names = Set(failed.map(\.name))
        if names == ["mass"] { return "Widen --sigma, or narrow --grid" }
        if names == ["orthogonality of density"] { return "Try --reorthogonalisation full" }
        return "Try --precision double"
    }

    /// Two significant digits: what counts is by how much.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "no number" }
        guard value != 0 else { return "0" }
        let exponent = Int(log10(value.magnitude).rounded(.down))
        let unit = pow(10, Double(exponent))
        let mantissa = (value / unit * 10).rounded() / 10
        return (-2...2).contains(exponent) ? "\(Float(mantissa * unit))" : "\(mantissa)e\(exponent)"
    }
}
