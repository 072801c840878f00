import Foundation
@testable import StaffCLI
import TestSupport
import Testing

/// A store behind TLS: whom the staff's program trusts, and what it says of others.
@Suite struct CertificateTests {
    /// A server with a certificate of a private authority, made and run by OpenSSL, which answers with a file.
    private final class Server {
        let port = freePort()
        private let process = Process()

        init(_ machine: Machine, name: String) throws {
            let script = """
                set -e; cd "$1"; mkdir -p v1/staff
                openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=Authority"
                openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj "/CN=$2"
                printf 'subjectAltName=DNS:%s' "$2" > names
                openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 \
                    -extfile names
                printf 'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\n\\r\\n%s' \
                    '{"id":1,"name":"desk","role":"manager","expiresAt":"2027-01-30T00:00:00Z","createdAt":"2026-01-30T00:00:00Z","revokedAt":null,"lastUsedAt":null}' \
                    > v1/staff/me
                exec openssl s_server -accept "127.0.0.1:$3" -cert cert.pem -key key.pem -HTTP -quiet
                """
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", script, "sh", machine.folder, name, "\(port)"]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        deinit { process.terminate() }
    }

    private func login(_ machine: Machine, _ url: String, _ more: String...) async throws -> CommandOutcome {
        var heard: CommandOutcome?
        // The server needs a moment for its keys.
        try await eventually("the server listens") {
            let outcome = await machine.run(all: ["login", "--url", url, "--token", "t"] + more)
            heard = outcome
            return !outcome.errors.contains("nobody listens") && !outcome.errors.contains("no connection")
        }
        return try #require(heard)
    }

    @Test func authorityOfOnesOwnIsTrustedOnceItIsNamed() async throws {
        let machine = try Machine(nil)
        let server = try Server(machine, name: "localhost")
        let url = "https://localhost:\(server.port)"
        let stranger = try await login(machine, url)
        #expect(stranger.code == 4 && stranger.errors.contains("authority that this machine does not trust"))
        #expect(stranger.errors.contains("--ca-file") && !stranger.errors.contains("BoringSSL"), "\(stranger)")
        let trusted = try await login(machine, url, "--ca-file", machine.path("ca.pem"))
        #expect(trusted.code == 0 && trusted.output.contains("Logged in to \(url) as desk"), "\(trusted)")
        // It is kept with the login.
        #expect(await machine.run("whoami").code == 0)
        let other = try await login(machine, "https://127.0.0.1:\(server.port)", "--ca-file", machine.path("ca.pem"))
        #expect(other.code == 4 && other.errors.contains("for another name"), "\(other)")
        let missing = try await login(machine, url, "--ca-file", machine.path("missing.pem"))
        #expect(missing.code == 5 && missing.errors.contains("missing.pem can't be read"), "\(missing)")
        let empty = try await login(machine, url, "--ca-file", machine.path("names"))
        #expect(empty.code == 4 && empty.errors.contains("names holds no certificates"), "\(empty)")
    }

    @Test func storeWithoutTLSIsSaidToBeOne() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { store, _ in
            let machine = try Machine(nil)
            let outcome = try await login(machine, store.url.replacing("http://", with: "https://"))
            #expect(outcome.code == 4 && outcome.errors.contains("does not speak TLS"), "\(outcome)")
        }
    }
}
