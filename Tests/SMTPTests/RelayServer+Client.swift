import Encodings
import Mail
import SMTP
import TestSupport

extension RelayServer {
    func client(
        scheme: String = "smtp",
        login: SMTPRelay.Login? = nil,
        tls: SMTPRelay.TLS? = nil,
        authority: String? = nil,
        connections: Int = 1,
        connectTimeout: Duration = .seconds(60),
        timeout: Duration = .seconds(60)
    ) throws -> SMTPClient {
        let relay = try SMTPRelay(
            url: "\(scheme)://127.0.0.1:\(port)",
            login: login,
            tls: tls,
            authorityFile: authority
        )
        return SMTPClient(relay, connections: connections, connectTimeout: connectTimeout, timeout: timeout)
    }

    /// Why such a client can't send; nil where it can.
    func error(
        scheme: String = "smtp",
        login: SMTPRelay.Login? = nil,
        tls: SMTPRelay.TLS? = nil,
        authority: String? = nil
    ) async throws -> SMTPError? {
        try await client(scheme: scheme, login: login, tls: tls, authority: authority).error(to: "ada")
    }
}

extension SMTPClient {
    /// Sends to a recipient whose name says what becomes of the message; why it was not sent, or nil.
    func error(
        to name: String,
        from sender: String = "store",
        _ message: [UInt8] = Array("Subject: a\r\n\r\nb\r\n".utf8)
    ) async throws -> SMTPError? {
        let (from, to) = (try MailAddress("\(sender)@example.com"), try MailAddress("\(name)@example.com"))
        do throws(SMTPError) {
            try await send(message, from: from, to: to)
            return nil
        } catch {
            return error
        }
    }
}
