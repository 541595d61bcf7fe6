import Foundation

/// Where the other libraries are.
enum Peers {
    /// `Benchmarks/peers`, beside these sources.
    static let folder: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("peers").path
    }()

    /// `Benchmarks/networks`: architectures that both sides read.
    static let networksFolder: String = URL(fileURLWithPath: folder).deletingLastPathComponent()
        .appendingPathComponent("networks").path

    /// The repository's top folder.
    static let repository: String = URL(fileURLWithPath: folder).deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A Python that has the libraries: `LANDSCAPE_PEERS_PYTHON`, or a virtual environment of the repository's.
    static let python: String? = {
        let places = [
            ProcessInfo.processInfo.environment["LANDSCAPE_PEERS_PYTHON"],
            repository + "/Benchmarks/.venv/bin/python", repository + "/.venv/bin/python",
        ]
        return places.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static let installation = """
        No Python with the other libraries was found: our figures alone. To compare, run 'make peers' \
        (or set LANDSCAPE_PEERS_PYTHON to a Python that has Benchmarks/peers/requirements.txt).
        """

    /// Starts the peers that can take part.
    ///
    /// - Parameter absent: told the name and the reason of each that cannot.
    static func start(
        _ requests: [PeerRequest], threads: Int, absent: (String, String) -> Void
    ) -> [PeerProcess] {
        guard let python else { return [] }
        return requests.compactMap { request in
            do {
                return try PeerProcess(request, python: python, threads: threads)
            } catch {
                absent(request.name, "\(error)")
                return nil
            }
        }
    }
}
