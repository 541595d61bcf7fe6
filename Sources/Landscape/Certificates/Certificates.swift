public import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a failed certificate does.
public enum CertificatePolicy: String, Sendable {
    /// Ends the analysis with a fault.
    case refuse
    /// Is told with the result.
    case tell
}

/// All certificates of a result.
public struct Certificates: Sendable, Equatable, Codable {
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

    /// The same of a part of what was computed: `orthogonality` becomes `checkpoint 3: orthogonality`.
    public func named(_ part: String) -> Certificates {
        Certificates(
            list.map {
                Certificate(
                    "\(part): \($0.name)", value: $0.value, limit: $0.limit, meaning: $0.meaning, method: $0.method,
                    interval: $0.interval)
            })
    }

    /// The list alone.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(list)
    }

    public init(from decoder: any Decoder) throws {
        list = try decoder.singleValueContainer().decode([Certificate].self)
    }

    /// - Throws: as `requirePassed`, where failures are to be refused.
    public func check(_ policy: CertificatePolicy) throws(Fault) {
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

    /// What a reader must know where failures are told only.
    public var warnings: [String] {
        failed.map { certificate in
            "the certificate \(certificate.name) failed: \(Self.text(certificate.value)), where at most "
                + "\(Self.text(certificate.limit ?? 0)) is right"
        }
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
