package import Postgres

/// The store's schema as numbered migrations, carried inside the program.
package enum Schema {
    /// Every migration there is, in order: the files of this folder, `0001_name.sql`.
    package static let migrations = Embedded.files.compactMap { file, sql -> Migration? in
        let parts = file.split(separator: ".")[0].split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[0]) else { return nil }
        return Migration(number: number, name: String(parts[1]), sql: sql)
    }.sorted { $0.number < $1.number }
}
