import Foundation
import SMTP
import TestSupport
import Testing

/// Login and message go to the right server alone, and encrypted where that is asked for.
@Suite(.enabled("aiosmtpd is installed") { RelayServer.isInstalled }) struct SMTPEncryptionTests {
    /// Runs with a server's certificate, its key, the authority that vouches for it, and another that does not.
    private func withCertificates(
        _ body: (_ server: [String: any Sendable], _ authority: String, _ stranger: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = """
            set -e; cd "$1"
            for name in authority stranger; do
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name" -keyout $name.key -out $name.pem
            done
            openssl req -newkey rsa:2048 -nodes -subj /CN=relay -keyout server.key -out server.csr
            echo subjectAltName=IP:127.0.0.1 > names
            openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \\
                -extfile names -out server.pem
            """
        try #require(await shell(script, folder.path) == 0)
        func path(_ name: String) -> String { folder.appending(path: name).path }
        let server = ["certificate": path("server.pem"), "key": path("server.key")]
        try await body(server, path("authority.pem"), path("stranger.pem"))
    }

    @Test func startTLSIsRequiredTakenOrLeft() async throws {
        try await withCertificates { certificate, authority, stranger in
            try await RelayServer.run(certificate.merging(["requireTLS": true]) { $1 }) { server in
                for tls in [SMTPRelay.TLS.required, .ifOffered] {
                    #expect(try await server.error(tls: tls, authority: authority) == nil)
                    for unknown in [stranger, nil, "/nowhere.pem"] {
                        let client = try server.client(tls: tls, authority: unknown)
                        #expect(try await client.error(to: "ada") == .unreachable(.certificate))
                    }
                }
                let plain = try server.client(tls: .never)
                #expect(try await plain.error(to: "ada") == .unreachable(.loginMissing))
                #expect(server.messages.count == 2)
            }
        }
        try await RelayServer.run { server in
            #expect(try await server.error(tls: .required) == .unreachable(.noTLS))
            #expect(try await server.error(tls: .ifOffered) == nil)
            let encrypted = try server.client(scheme: "smtps")
            #expect(try await encrypted.error(to: "ada") == .unreachable(.tls))
            #expect(server.messages.count == 1)
        }
    }

    @Test func smtpsIsEncryptedFromTheStart() async throws {
        try await withCertificates { certificate, authority, stranger in
            try await RelayServer.run(certificate.merging(["implicit": true]) { $1 }) { server in
                let client = try server.client(scheme: "smtps", authority: authority)
                #expect(try await client.error(to: "ada") == nil)
                #expect(try await client.error(to: "ada") == nil)
                #expect(try server.connectionCount == 1)
                let other = try server.client(scheme: "smtps", authority: stranger)
                #expect(try await other.error(to: "ada") == .unreachable(.certificate))
            }
        }
    }
}
