import Foundation
import Postgres
import Schema
import Testing

/// Each table has one owner: the room whose SQL names it. What others need of it they are handed as values.
struct TableOwnershipTests {
    /// The room that owns what a schema file makes.
    private static let owners = [
        "records": "Records", "links": "Links", "catalog": "Catalog", "stock": "Catalog", "carts": "Cart",
        "orders": "Orders", "payments": "Payments", "fulfilment": "Fulfilment", "staff": "Staff",
        "delivery": "Delivery", "mail": "Mail", "reminders": "Reminders", "webhooks": "Webhooks",
        "admission": "Admission", "returns": "Returns",
    ]

    /// Rooms whose SQL is about the database itself, or measures it from outside.
    private static let exempt: Set = ["Benchmark"]

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// The tables and sequences of each schema file, by the room that owns them.
    private static func tables() throws -> [String: String] {
        var owners: [String: String] = [:]
        for migration in Schema.migrations {
            let owner = try #require(Self.owners[migration.name], "\(migration.name) has no owner")
            for match in migration.sql.matches(of: /CREATE (?:UNLOGGED )?(?:TABLE|SEQUENCE) ([a-z_]+)/) {
                owners[String(match.1)] = owner
            }
        }
        return owners
    }

    /// The names that a room's SQL uses as tables and sequences.
    private static func names(in source: String) -> Set<String> {
        let patterns: [Regex<(Substring, Substring)>] = [
            /\b(?:FROM|JOIN|UPDATE|INTO|TABLE|TRUNCATE)\s+(?:ONLY\s+)?([a-z_]+)/, /nextval\('([a-z_]+)'\)/,
            /Insertion<[^\n]*>\(\s*into: "([a-z_]+)"/,
        ]
        return Set(patterns.flatMap { source.matches(of: $0).map { String($0.1) } })
    }

    private static func files() throws -> [(room: String, path: String, text: String)] {
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map { file in
            let path = file.pathComponents.drop { $0 != "Sources" }.dropFirst()
            return (path.first ?? "", path.joined(separator: "/"), try String(contentsOf: file, encoding: .utf8))
        }
    }

    @Test func roomNamesOnlyItsOwnTables() throws {
        let owners = try Self.tables()
        var trespasses: [String] = []
        for (room, path, text) in try Self.files() where !Self.exempt.contains(room) {
            for name in Self.names(in: text).sorted() {
                if let owner = owners[name], owner != room { trespasses.append("\(path) names \(name) of \(owner)") }
            }
        }
        #expect(trespasses == [])
    }

    /// The test itself sees what it looks for: every table is named by its owner somewhere.
    @Test func everyTableIsNamedByItsOwner() throws {
        let files = try Self.files()
        for (table, owner) in try Self.tables() where table != "status_transition" {
            let isNamed = files.contains { $0.room == owner && Self.names(in: $0.text).contains(table) }
            #expect(isNamed, "\(owner) never names \(table)")
        }
    }
}
