import ArgumentParser
import FoundationEssentials
import Mail
import StaffCLI
import StoreHTTP

/// `aftercare mail`: what customers were written, where mail goes nowhere yet.
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Read the mail of a store without a relay.",
        discussion: """
            Where no relay is set (AFTERCARE_SMTP_URL), what customers would be written is kept in the data folder, a \
            file a message. While the store is served, /dev/mail shows the same in a browser of this machine.
            """,
        subcommands: [MailList.self, MailShow.self, MailOpen.self]
    )

    /// The folder that the settings name.
    static func folder(_ data: DataOptions) throws -> MailFolder {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        guard let folder = settings.mailFolder else {
            throw HostError.refused("No mail is kept here: name the store's data folder with --data-dir.")
        }
        return MailFolder(folder)
    }

    /// A message of the folder.
    static func mail(_ name: String, _ data: DataOptions) throws -> StoredMail {
        guard let mail = try folder(data).mail(named: name) else {
            throw HostError.refused("There is no mail \(name): aftercare mail list shows the names.")
        }
        return mail
    }
}

/// `aftercare mail list`
struct MailList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the messages, the latest last.",
        discussion: "Example: aftercare mail list"
    )

    @OptionGroup var data: DataOptions

    func run() async throws {
        let folder = try MailCommand.folder(data)
        let mails = folder.names().compactMap { name in folder.mail(named: name).map { (name, $0) } }
        guard !mails.isEmpty else { return say("Nothing was written to anybody yet.") }
        say(Terminal.table(["NAME", "TO", "SUBJECT"], mails.map { [$0, $1.to, $1.subject] }))
    }
}

/// `aftercare mail show`
struct MailShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a message as text.",
        discussion: "Example: aftercare mail show DM-7K4Q-99-1-placed"
    )

    @Argument(help: "Its name, as list shows it.")
    var name: String
    @OptionGroup var data: DataOptions

    func run() async throws {
        let mail = try MailCommand.mail(name, data)
        let header = "From: \(mail.from)\nTo: \(mail.to)\nDate: \(mail.date)\nSubject: \(mail.subject)"
        say(Terminal.text("\(header)\n\n\(mail.plain)"))
        for file in mail.files { say("With it: \(file.name), \(file.type), \(file.bytes.count) bytes") }
    }
}

/// `aftercare mail open`
struct MailOpen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Open a message as a page.",
        discussion: """
            Writes the page beside the message and opens it in the desktop's browser; without a desktop it says where \
            the page is.

            Example: aftercare mail open DM-7K4Q-99-1-placed
            """
    )

    @Argument(help: "Its name, as list shows it.")
    var name: String
    @OptionGroup var data: DataOptions

    func run() async throws {
        let mail = try MailCommand.mail(name, data)
        let page = String(try MailCommand.folder(data).path(of: name).dropLast(4)) + ".html"
        try Data(mail.html.utf8).write(to: URL(filePath: page), options: .atomic)
        if !Terminal.open(page) { say(page) }
    }
}
