package import Encodings
import FoundationEssentials

/// What a restored shop needs besides its database: the link key, and the settings that it was served with.
package struct ShopSecrets: Codable, Sendable, Equatable {
    /// As the file beside a private cluster, or the setting, holds it.
    package let linkKey: String
    /// Environment variables by their names.
    package let settings: [String: String]

    package init(linkKey: String, settings: [String: String]) {
        self.linkKey = linkKey
        self.settings = settings
    }

    /// The settings as a file that a shell and systemd read: a variable a line.
    package var environmentFile: String {
        settings.sorted { $0.key < $1.key }.map { name, value in
            let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "\\$")
                .replacing("`", with: "\\`")
            return "\(name)=\"\(quoted)\"\n"
        }.joined()
    }
}

extension BackupFolder {
    /// What is sealed in a backup.
    /// - Throws: `BackupError`: it is not there, damaged, or sealed under another passphrase.
    package func secrets(of backup: BaseBackup, openedBy passphrase: Secret) throws -> ShopSecrets {
        let path = secrets(of: backup)
        guard let sealed = try? Data(contentsOf: URL(filePath: path)) else { throw BackupError.noSecrets(path: path) }
        do {
            let opened = try PassphraseSeal.open(Array(sealed), passphrase: passphrase)
            return try JSONDecoder().decode(ShopSecrets.self, from: Data(opened))
        } catch PassphraseSeal.Fault.wrongPassphrase {
            throw BackupError.wrongPassphrase(path: path)
        } catch { throw BackupError.damagedSecrets(path: path) }
    }
}
