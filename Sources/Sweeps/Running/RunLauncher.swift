/// How a run of a sweep is done: what is started in a process of its own, which goes on with the run in a folder.
public struct RunLauncher: Sendable {
    public var executable: String
    /// The whole command line, the command's name included, for a run's folder.
    public var arguments: @Sendable (_ folder: String) -> [String]

    public init(executable: String, arguments: @escaping @Sendable (_ folder: String) -> [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// `agents resume`, by the program that asks: it must be `agents` itself.
    ///
    /// - Parameter dataDirectory: where the files of `mnist` and `cifar10` lie.
    public static func agents(
        threads: Int = 1, dataDirectory: String? = nil, executable: String = "/proc/self/exe"
    ) -> RunLauncher {
        let data = dataDirectory.map { ["--data-dir", $0] } ?? []
        // The system's name of this very program holds even where its file has been replaced since.
        return RunLauncher(executable: executable) { folder in
            ["agents", "resume", folder, "--threads", "\(threads)", "--quiet", "--in-sweep"] + data
        }
    }
}
