import Glibc
import StandardWebhooks
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A day at the bench, as other systems hear of it: through an endpoint, and through `webhooks listen`.
@Suite struct WebhooksListenTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let count = 14

    /// Runs the program to its end; what it prints. What can't be read in time is asked for again.
    private func aftercare(_ folder: String, _ arguments: String...) async throws -> String {
        for _ in 0..<10 {
            let said = try await once(folder, arguments)
            if !said.isEmpty { return said }
        }
        return ""
    }

    private func once(_ folder: String, _ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath(StoreProcess.program)),
            arguments: Arguments(arguments),
            environment: .custom(["PATH": "/usr/bin:/bin", "AFTERCARE_CONFIG_DIR": .init(folder + "/config")]),
            output: .string(limit: 4 << 20),
            error: .discarded
        )
        return result.standardOutput
    }

    private func isSigned(_ request: Receiver.Request, with secret: String) -> Bool {
        guard let secret = WebhookSecret(text: secret), let id = request.headers["webhook-id"],
            let seconds = Int64(request.headers["webhook-timestamp"] ?? "")
        else { return false }
        return WebhookMessage(id: id, body: request.body).headers(seconds: seconds, secrets: [secret])
            .allSatisfy { request.headers[$0.name] == $0.value }
    }

    @Test func dayAtTheBenchIsHeardInOrder() async throws {
        try await withTestFolder { folder in
            let server = try #require(
                spawn(
                    StoreProcess.program,
                    ["serve", "--port", "0", "--data-dir", folder],
                    environment: [
                        "PATH=/usr/bin:/bin", "HOME=\(folder)", "AFTERCARE_CONFIG_DIR=\(folder)/config",
                        "AFTERCARE_WEBHOOK_PRIVATE_TARGETS=true", StoreProcess.patience,
                    ]
                )
            )
            defer {
                kill(server, SIGKILL)
                var status: Int32 = 0
                waitpid(server, &status, 0)
            }
            try await eventually("somebody is logged in") { !(try await aftercare(folder, "whoami").isEmpty) }
            try await Receiver.run { endpoint in
                try await Receiver.run { local in
                    let made = try JSON(
                        Array(try await aftercare(folder, "webhooks", "create", endpoint.url, "--json").utf8)
                    )
                    async let heard = aftercare(
                        folder,
                        "webhooks",
                        "listen",
                        "--after",
                        "0",
                        "--limit",
                        "\(Self.count)",
                        "--json",
                        "--forward-to",
                        local.url,
                        "--secret",
                        Self.secret,
                        "--patience",
                        "600"
                    )
                    try await workADay(folder)
                    let lines = try await heard.split(separator: "\n").map { try JSON(Array($0.utf8)) }
                    let events = try JSON(Array(try await aftercare(folder, "events", "--limit", "500", "--json").utf8))
                        .data.entries

                    #expect(lines.map(\.event.data.number.text) == (1...Self.count).map { "\($0)" })
                    #expect(lines.map(\.event.type) == events.prefix(Self.count).map(\.type))
                    #expect(lines.allSatisfy { $0.status == 204 } && local.requests.count == Self.count)
                    #expect(Set(lines.map(\.event.type.text)).isSuperset(of: ["placed", "paid"]))
                    for (line, request) in zip(lines, local.requests) {
                        #expect(line.id.text == request.headers["webhook-id"] && line.event == request.json)
                        #expect(isSigned(request, with: Self.secret))
                    }

                    try await eventually("the endpoint has heard of the whole day") {
                        endpoint.requests.count >= events.count
                    }
                    for request in endpoint.requests { #expect(isSigned(request, with: made.secret.text)) }
                    for order in Set(events.map(\.order)) {
                        let told = endpoint.requests.map(\.json).filter { $0.data.order == order }
                        #expect(told.map(\.type) == events.filter { $0.order == order }.map(\.type))
                    }
                    // What is forwarded is called and says what an endpoint hears, but for how the order stands by now.
                    for request in local.requests {
                        let same = try #require(
                            endpoint.requests.first { $0.headers["webhook-id"] == request.headers["webhook-id"] }
                        ).json
                        let here = request.json
                        #expect(here.type == same.type && here.timestamp == same.timestamp)
                        for name in ["number", "order", "sequence", "amount"] {
                            #expect(here.data[name] == same.data[name])
                        }
                        #expect(here.data.fields.keys.sorted() == same.data.fields.keys.sorted())
                        #expect(here.data.state.fields.keys.sorted() == same.data.state.fields.keys.sorted())
                    }
                }
            }
        }
    }

    private func workADay(_ folder: String) async throws {
        _ = try await aftercare(folder, "demo", "fill", "--yes", "--count", "8")
        let order = try JSON(Array(try await aftercare(folder, "next", "--json").utf8)).order.number.text
        _ = try await aftercare(folder, "pack", order, "--all")
        _ = try await aftercare(folder, "ship", order, "--carrier", "royal-mail", "--tracking", "RR473124829GB")
        _ = try await aftercare(folder, "deliver", order)
        let events = try JSON(Array(try await aftercare(folder, "events", "--limit", "500", "--json").utf8)).data
            .entries
        let own = events.filter { $0.order.text == order }.map(\.type.text)
        #expect(Array(own.suffix(3)) == ["shipped", "delivered", "completed"], "\(own)")
    }
}
