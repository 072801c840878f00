import ArgumentParser
import Cart
import Catalog
import CivilTime
import Commerce
import FoundationEssentials
import GuideFormats
import Orders
import UsageGuide

/// `aftercare guide ORDER`: what a client was told, revision by revision, and the proof that it was so.
struct GuideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guide",
        abstract: "Show what a client was told.",
        discussion: """
            Lists every revision of an order's guide with what changed in it, and whether the document that is made of \
            the stored facts today is, byte for byte, the one that was issued. With --revision, prints that document.
            """
    )

    @Argument(help: "The order's number, in any case, with or without dashes.")
    var order: String
    @Option(help: "Print the text of this revision.")
    var revision: Int?
    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        guard let number = OrderNumber(order) else {
            throw HostError.refused("\(order) is not an order number: one looks like DM-7K4Q-99.")
        }
        try await Host.with(settings) { host in
            try await host.prepareSchema()
            let orders = try await OrderStore(
                host.pool,
                keys: try await host.linkKeys(),
                timeZones: try TimeZoneDatabase(),
                catalogs: CatalogStore(host.pool),
                shopTimeZone: settings.timeZone
            )
            let revisions: [IssuedGuide]
            do { revisions = try await orders.guides(of: number) } catch OrderError.erased(let moment) {
                throw HostError.refused(
                    "Whose order \(number) was has been erased, on \(moment.date): its guide with it."
                )
            }
            guard !revisions.isEmpty else { throw HostError.refused("There is no order \(number).") }
            if let revision {
                guard let issued = revisions.first(where: { $0.revision == revision }) else {
                    throw HostError.refused("\(number) has revisions 1 to \(revisions.count).")
                }
                let (content, document) = try issued.document()
                say(GuideText.render(document, content: content))
            } else {
                for (index, issued) in revisions.enumerated() {
                    say(try Self.line(issued, after: index > 0 ? revisions[index - 1] : nil))
                }
            }
        }
    }

    private static func line(_ issued: IssuedGuide, after previous: IssuedGuide?) throws -> String {
        let content = try issued.content
        let changes =
            previous.map { content.changes(from: $0.guide.plan, to: issued.guide.plan) }
            ?? [content.text(.changeFirst)]
        let proof = try issued.isProven() ? "proven" : "NOT PROVEN: another document was issued"
        return """
            \(issued.revision)  \(issued.issuedAt)  \(issued.guide.plan.regimen)  \(issued.contentVersion)  \(proof)
               \(changes.joined(separator: " "))
            """
    }
}
