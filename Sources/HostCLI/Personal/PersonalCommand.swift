import ArgumentParser
import CivilTime
import Commerce
import FoundationEssentials
import Personal
import StaffCLI
import StoreHTTP

/// `aftercare personal`: what is held of a person.
struct PersonalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "personal",
        abstract: "Hand out what is held of a person, or erase it.",
        subcommands: StaffCLI.personalCommands + [PersonalReplay.self]
    )
}

/// `aftercare personal replay`
struct PersonalReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Erase again what a restored database has forgotten, on the machine itself.",
        discussion: """
            Erasures are written down beside the database, in the file `erasures` of the data folder. A server does the same at \
            each start and every hour; this is for a list of another machine's. Exits with 1 where an order is open again in \
            the older copy: settle it, and it is erased.
            """
    )

    @Argument(help: "The list of erasures; by default the data folder's.")
    var list: String?
    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        var replay = PersonalStore.Replay()
        try await Host.with(settings) { host in
            try await host.prepareSchema()
            let store = try await Store(
                host.pool,
                keys: host.linkKeys(),
                settings: settings.store,
                logger: settings.logger()
            )
            if let list { try store.settings.erasures?.add(ErasureList(list)) }
            replay = try await store.replayErasures(now: .now())
            try await store.settleAllErasures()
        }
        say("Erased again: \(replay.erased.isEmpty ? "nothing" : replay.erased.joined(separator: ", ")).")
        guard replay.open.isEmpty else {
            say("Open again, and still there: \(replay.open.joined(separator: ", ")).")
            throw ExitCode(1)
        }
    }
}
