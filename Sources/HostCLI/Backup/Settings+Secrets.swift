import Backup
import FoundationEssentials
import StaffCLI

extension Settings {
    /// Variables that say where this machine keeps things and who works at it, and those that are secrets of the backup's
    /// own: none of them is part of a shop.
    private static let ofTheMachine: Set<String> = [
        "BACKUP_COUNT", "BACKUP_DAYS", "BACKUP_DIR", "BACKUP_PASSPHRASE_FILE", "CA_FILE", "CONFIG_DIR", "DATA_DIR",
        "LINK_KEY", "LINK_KEY_FILE", "MIGRATE", "PROFILE", "RESET", "SMTP_PASSWORD_FILE", "TOKEN", "URL",
    ]

    /// What a restored shop needs besides its database, from this process's environment.
    /// - Throws: where a file that holds a part of it can't be read.
    func shopSecrets() throws -> ShopSecrets {
        let environment = ProcessInfo.processInfo.environment
        func file(_ path: String) throws -> String {
            do { return String(decoding: try LocalFile.read(path), as: UTF8.self) } catch {
                throw HostError.refused(error.sentences.joined(separator: " "))
            }
        }
        func text(of name: String) throws -> String? {
            guard let path = environment[name], !path.isEmpty else { return nil }
            return try file(path)
        }
        var settings: [String: String] = [:]
        for name in Self.names.subtracting(Self.ofTheMachine) {
            if let value = environment["AFTERCARE_" + name], !value.isEmpty { settings["AFTERCARE_" + name] = value }
        }
        if let password = try text(of: "AFTERCARE_SMTP_PASSWORD_FILE") {
            settings["AFTERCARE_SMTP_PASSWORD"] = password.split(whereSeparator: \.isNewline).first.map(String.init)
        }
        // The file goes before the variable, as where it is served.
        var linkKey = try text(of: "AFTERCARE_LINK_KEY_FILE")
        if linkKey == nil { linkKey = environment["AFTERCARE_LINK_KEY"].flatMap { $0.isEmpty ? nil : $0 } }
        return ShopSecrets(linkKey: try linkKey ?? file(dataFolder + "/link-key"), settings: settings)
    }
}
