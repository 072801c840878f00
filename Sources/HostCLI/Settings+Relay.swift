import Configuration
import Encodings
import SMTP
import StaffCLI

extension Settings {
    /// The relay that the settings name, if they name one.
    /// - Parameter text: the value of a setting, where it has one.
    static func relay(_ text: (ConfigKey) -> String?) throws -> SMTPRelay? {
        func fault(_ key: String, _ problem: String) -> SettingsError { SettingsError(key: key, problem: problem) }
        guard let url = text("smtpUrl") else { return nil }
        func file(_ key: ConfigKey, _ name: String) throws -> (path: String, text: String)? {
            guard let path = text(key) else { return nil }
            do { return (path, String(decoding: try LocalFile.read(path), as: UTF8.self)) } catch {
                throw fault(name, "is no use: \(error.sentences.joined(separator: " "))")
            }
        }
        let written = try file("smtpPasswordFile", "AFTERCARE_SMTP_PASSWORD_FILE")?.text
        let password = text("smtpPassword") ?? written?.split(whereSeparator: \.isNewline).first.map(String.init)
        let user = text("smtpUser")
        if (user == nil) != (password == nil) {
            throw fault(
                user == nil ? "AFTERCARE_SMTP_USER" : "AFTERCARE_SMTP_PASSWORD",
                "must be set where \(user == nil ? "a password" : "AFTERCARE_SMTP_USER") is"
            )
        }
        let tls: SMTPRelay.TLS? =
            switch text("smtpTls") {
            case nil: nil
            case "required": .required
            case "offered": .ifOffered
            case "never": .never
            default: throw fault("AFTERCARE_SMTP_TLS", "must be required, offered or never")
            }
        let authorityFile = try file("smtpCaFile", "AFTERCARE_SMTP_CA_FILE")?.path
        let login = user.flatMap { user in password.map { SMTPRelay.Login(user: user, password: Secret($0)) } }
        let relay: SMTPRelay
        do { relay = try SMTPRelay(url: url, login: login, tls: tls, authorityFile: authorityFile) } catch {
            throw fault("AFTERCARE_SMTP_URL", "is no use: \(error)")
        }
        guard text("mailFrom") != nil else {
            throw fault("AFTERCARE_MAIL_FROM", "must be set where AFTERCARE_SMTP_URL is")
        }
        return relay
    }
}
