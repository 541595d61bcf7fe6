/// The release, said in one place: `--version`, every result's `version` and every run's record.
public enum Version {
    public static let current = "0.1.0"
}
