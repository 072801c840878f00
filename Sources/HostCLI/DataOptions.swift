import ArgumentParser

/// Where the private cluster is, for every command that may use it.
struct DataOptions: ParsableArguments {
    @Option(help: "The private cluster's folder (AFTERCARE_DATA_DIR). [default: /var/lib/aftercare for root]")
    var dataDir: String?

    var values: [String: String] { dataDir.map { ["DATA_DIR": $0] } ?? [:] }
}
