@testable import StaffCLI
import Testing

/// What each command prints, and what it sends.
@Suite struct OutputTests {
    /// Every command that only needs the sample store, by the name of its golden file.
    static let commands: [(name: String, arguments: [String])] = [
        ("today", ["today", "--all"]), ("next", ["next"]),
        ("pack", ["pack", "dm7k4q99", "--all", "--lot", "CLEANSE-SHAMPOO=L17"]), ("unpack", ["unpack", "DM-7K4Q-99"]),
        ("parcels", ["parcels"]), ("ship", ["ship", "DM-7K4Q-99", "--carrier", "royal-mail", "--tracking", "AB1"]),
        ("hold", ["hold", "DM-7K4Q-99", "--reason", "addressProblem", "--note", "No house number."]),
        ("release", ["release", "DM-7K4Q-99"]), ("deliver", ["deliver", "DM-7K4Q-99"]),
        ("return-list", ["return", "list"]), ("installation", ["installation"]),
        ("return-announce", ["return", "announce", "DM-7K4Q-99", "--item", "DM-KIT", "--reason", "Not wanted."]),
        ("return-close", ["return", "close", "DM-7K4Q-99", "--return", "R1", "--reason", "Nothing came."]),
        ("return-receive", ["return", "receive", "DM-7K4Q-99", "--reason", "Refused.", "--restock"]),
        ("orders-replace", ["orders", "replace", "DM-7K4Q-99", "--item", "CLEANSE-SHAMPOO", "--reason", "Broken."]),
        ("orders-replace-cancel", ["orders", "replace", "DM-7K4Q-99", "--cancel", "--reason", "Another order."]),
        ("orders-shipping", ["orders", "shipping", "DM-7K4Q-99", "next-day", "--yes"]),
        (
            "orders-refund-goodwill",
            ["orders", "refund", "DM-7K4Q-99", "--goodwill", "5.00", "--reason", "It came late.", "--yes"]
        ),
        ("day-show", ["day", "show", "2026-11-25"]), ("day-close", ["day", "close"]),
        ("orders-list", ["orders", "list", "--payment", "paid", "--ship-by", "2026-11-30", "--text", "a b&c"]),
        ("orders-show", ["orders", "show", "DM-7K4Q-99", "--reason", "Asked by phone."]),
        ("orders-note", ["orders", "note", "DM-7K4Q-99", "Rings twice."]),
        ("orders-address", ["orders", "address", "DM-7K4Q-99", "--line1", "12 High Street", "--yes"]),
        ("orders-customer", ["orders", "customer", "DM-7K4Q-99", "--email", "ada@new.example", "--yes"]),
        ("orders-cancel", ["orders", "cancel", "DM-7K4Q-99", "--reason", "Twice.", "--yes"]),
        (
            "orders-refund",
            ["orders", "refund", "DM-7K4Q-99", "--item", "dm-kit=2", "--shipping", "--reason", "Unopened.", "-y"]
        ),
        ("orders-reschedule", ["orders", "reschedule", "DM-7K4Q-99", "2026-12-01", "2026-12-19", "--no-final"]),
        ("orders-links", ["orders", "links", "DM-7K4Q-99"]),
        ("orders-links-renew", ["orders", "links", "DM-7K4Q-99", "--renew", "guide", "--yes"]),
        ("orders-documents", ["orders", "documents", "DM-7K4Q-99"]),
        (
            "orders-create",
            [
                "orders", "create", "--item", "DM-KIT=2", "--name", "Ada", "--email", "ada@example.com", "--line1",
                "1 Rd",
                "--city", "London", "--postal-code", "N1", "--country", "gb", "--session", "2026-12-01",
            ]
        ),
        ("events", ["events", "--after", "40", "--type", "placed,refunded"]),
        ("webhooks-list", ["webhooks", "list"]), ("webhooks-show", ["webhooks", "show", "3"]),
        ("webhooks-create", ["webhooks", "create", "https://clinic.example/hooks", "--type", "placed, shipped"]),
        ("webhooks-update", ["webhooks", "update", "3", "--type", "all", "--description", "Both shops."]),
        ("webhooks-remove", ["webhooks", "remove", "3", "--yes"]), ("webhooks-rotate", ["webhooks", "rotate", "3"]),
        ("webhooks-resume", ["webhooks", "resume", "3"]), ("webhooks-attempts", ["webhooks", "attempts", "3"]),
        ("webhooks-resend", ["webhooks", "resend", "41"]),
        ("webhooks-trigger", ["webhooks", "trigger", "placed", "--endpoint", "3"]),
        ("keys-list", ["keys", "list"]),
        (
            "keys-create",
            [
                "keys", "create", "German shop", "--origin", "https://shop.example", "--origin",
                "https://www.shop.example", "--currency", "eur", "--country", "de", "--rate", "600",
            ]
        ),
        ("keys-revoke", ["keys", "revoke", "German shop", "--yes"]),
        ("payment-record", ["payment", "record", "DM-7K4Q-99", "--reference", "Statement 12", "--yes"]),
        ("stock-list", ["stock", "list", "--lots"]),
        (
            "stock-receive",
            ["stock", "receive", "cleanse-shampoo", "120", "--lot", "L17", "--expires", "2028-06-30"]
        ),
        ("stock-adjust", ["stock", "adjust", "CLEANSE-SHAMPOO", "--by", "-2", "--reason", "Leaked."]),
        ("stock-count", ["stock", "count", "CLEANSE-SHAMPOO", "28", "--lot", "L17"]),
        ("stock-audit", ["stock", "audit"]), ("stock-recall", ["stock", "recall", "L 17/a"]),
        ("catalog-export", ["catalog", "export", "--version", "3"]), ("token-list", ["token", "list"]),
        ("token-revoke", ["token", "revoke", "Ada's desk", "--yes"]), ("whoami", ["whoami"]),
        ("reconcile-list", ["reconcile", "list"]),
        ("reconcile-settle", ["reconcile", "settle", "7", "--reason", "Refunded by hand."]),
        ("personal-export", ["personal", "export", "ada@example.com"]),
        ("personal-erase", ["personal", "erase", "ada@example.com", "--yes"]),
    ]

    private func run(_ machine: Machine, _ arguments: [String], width: Int? = nil) async -> CommandOutcome {
        await machine.run(all: arguments, width: width)
    }

    @Test(arguments: commands.indices)
    func aCommandPrintsAndSendsWhatItDid(index: Int) async throws {
        let (name, arguments) = Self.commands[index]
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let plain = await run(machine, arguments)
            #expect(plain.code == 0, "\(name): \(plain)")
            let sent = store.requests.map { request in
                let version = request.headers["if-match"].map { " If-Match: \($0)" } ?? ""
                return "\(request.line)\(version)\(request.body.isEmpty ? "" : "\n  \(request.body)")"
            }
            #expect(store.requests.allSatisfy { $0.headers["authorization"] == "Bearer secret-token" })
            #expect(store.requests.allSatisfy { ($0.key != nil) == ($0.method != "GET") })
            let narrow = await run(machine, arguments, width: 60)
            if name.hasSuffix("list") || name == "today" || name.hasSuffix("recall") {
                let bare = narrow.output.replacing(/\u{1B}\[\d+m/, with: "").split(separator: "\n")
                for line in bare { #expect(TextWidth.of(String(line)) <= 60, "\(line)") }
            }
            let text = [plain.output, "-- 60\n", narrow.output, "-- errors\n", plain.errors, "-- sent\n"].joined()
            try Golden.compare(
                (text + sent.joined(separator: "\n") + "\n").replacing(store.url, with: "STORE"),
                "output-\(name).txt"
            )
            #expect(machine.keptKeys.isEmpty)
        }
    }

    @Test(arguments: commands.indices)
    func asJSONItIsTheAnswersBodyAndNothingElse(index: Int) async throws {
        let (name, arguments) = Self.commands[index]
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await run(machine, arguments + ["--json"])
            #expect(outcome.code == 0, "\(name): \(outcome)")
            let value = try JSONText.value(Array(outcome.output.utf8))
            #expect(outcome.output == JSONText.of(value) + "\n")
            if let last = store.requests.last, case .answer(200, let body, _) = SampleAnswers.answer(last) {
                let expected = try JSONText.value(Array(body.utf8))
                #expect(value == expected, "\(name)")
            } else {
                #expect(value == .null)
            }
        }
    }

    @Test(arguments: commands.indices)
    func dryRunSendsNoChange(index: Int) async throws {
        let (name, arguments) = Self.commands[index]
        try await withStore({ SampleAnswers.answer($0) }) { store, machine in
            let outcome = await run(machine, arguments.filter { $0 != "--yes" && $0 != "-y" } + ["--dry-run"])
            if outcome.code == 64 { return #expect(outcome.errors.contains("Unknown option"), "\(name): \(outcome)") }
            #expect(outcome.code == 0, "\(name): \(outcome)")
            let changes = store.requests.filter { $0.method != "GET" && !$0.path.hasSuffix("/preview") }
            #expect(changes.isEmpty, "\(name)")
            #expect(!outcome.output.contains("secret-token"))
            #expect(machine.keptKeys.isEmpty)
            if name != "orders-links" { try Golden.compare(outcome.output + outcome.errors, "dry-\(name).txt") }
        }
    }

    @Test func colourIsForTerminals() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { _, machine in
            func coloured(_ more: [String], width: Int?, _ environment: [String: String] = [:]) async -> Bool {
                await machine.run(all: ["today"] + more, width: width, environment: environment).output.contains(
                    "\u{1B}["
                )
            }
            #expect(await coloured([], width: 80))
            #expect(await !coloured([], width: nil))
            #expect(await !coloured([], width: 80, ["NO_COLOR": "1"]))
            #expect(await coloured([], width: 80, ["NO_COLOR": ""]))
            #expect(await !coloured([], width: 80, ["TERM": "dumb"]))
            #expect(await coloured(["--color", "always"], width: nil, ["NO_COLOR": "1"]))
            #expect(await !coloured(["--color", "never"], width: 80))
        }
    }

    @Test func theWindowSaysHowWideAndColumnsOverrules() async throws {
        try await withStore({ SampleAnswers.answer($0) }) { _, machine in
            for (width, columns) in [(60, nil), (80, nil), (120, nil), (120, "60")] as [(Int, String?)] {
                let environment = columns.map { ["COLUMNS": $0] } ?? [:]
                let outcome = await machine.run(
                    all: ["today", "--color", "never"],
                    width: width,
                    environment: environment
                )
                let limit = columns.flatMap { Int($0) } ?? width
                for line in outcome.lines { #expect(TextWidth.of(line) <= limit, "\(line)") }
            }
        }
    }

    @Test func controlCharactersFromTheStoreAreEscaped() async throws {
        let evil = #"\u001b]0;pwned\u0007\u009b2J\u202e"#
        let order = SampleAnswers.order.replacing("Ada Example", with: evil).replacing(
            "customer\"",
            with: "customer\(evil)\""
        )
        try await withStore({ request in
            request.path.contains("NOPE")
                ? .problem(
                    404,
                    "not-found",
                    "No \(evil) here.",
                    errors: #"[{"pointer":"/\#(evil)","code":"x","detail":"\#(evil)"}]"#
                )
                : .answer(200, order)
        }) { _, machine in
            for arguments in [
                ["orders", "show", "DM"], ["orders", "show", "DM", "--json"], ["orders", "show", "NOPE"],
            ] {
                let outcome = await machine.run(all: arguments + ["--color", "never"], width: 100)
                for scalar in (outcome.output + outcome.errors).unicodeScalars {
                    #expect(scalar == "\n" || !SafeText.isControl(scalar), "\(scalar.value)")
                }
            }
        }
    }
}
