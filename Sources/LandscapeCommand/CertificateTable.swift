import CommandSupport
import Landscape

/// Certificates for people: a line where all is well, a table where it is asked for or needed.
enum CertificateTable {
    static func text(_ certificates: Certificates, showsAll: Bool) -> String {
        let judged = certificates.list.filter { $0.limit != nil }
        let failed = certificates.failed
        var text = "certificates: \(judged.count - failed.count) of \(judged.count) hold"
        if let kinks = certificates["kinks"], let interval = kinks.interval {
            func percent(_ share: Double) -> String { "\(Int((100 * share).rounded()))" }
            text +=
                "; \(percent(kinks.value)) % of directions have a kink nearby (95 %: \(percent(interval.lowerBound)) to "
                + "\(percent(interval.upperBound)) %)"
        }
        text += "\n"
        let shown = showsAll ? certificates.list : failed
        return shown.isEmpty ? text : text + "\n" + table(shown).text
    }

    private static func table(_ certificates: [Certificate]) -> Table {
        var table = Table([
            .init("certificate", .left), .init("found"), .init("at most"), .init("", .left), .init("meaning", .left),
        ])
        for certificate in certificates {
            table.append([
                .text(certificate.name),
                .text(certificate.value.isFinite ? Table.text(certificate.value, digits: 2) : "no number"),
                certificate.limit.map { .text(Table.text($0, digits: 2)) } ?? .none,
                .text(certificate.limit == nil ? "told" : certificate.passed ? "holds" : "FAILS"),
                .text(certificate.meaning),
            ])
        }
        return table
    }
}
