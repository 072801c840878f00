import ArgumentParser
import CivilTime
import Commerce
import FoundationEssentials
import Postgres
import Staff
import StaffCLI

/// `aftercare token create NAME`: the first way in for the staff, from the machine itself.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make tokens for the staff.",
        subcommands: [TokenCreate.self] + StaffCLI.tokenCommands
    )
}

/// `aftercare token create`
struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token and print it, this once.",
        discussion: "A packer packs and ships; support sees and helps customers; a manager moves money and tokens."
    )

    @Argument(help: "Whose it is: the name in every event.")
    var name: String
    @Option(help: "packer, support or manager.", completion: .list(["packer", "support", "manager"]))
    var role: String
    @Option(help: "Days until it expires.")
    var days = 90
    @OptionGroup var data: DataOptions

    func validate() throws {
        guard StaffRole(rawValue: role) != nil else { throw ValidationError("--role is packer, support or manager.") }
        guard (1...730).contains(days) else { throw ValidationError("--days is from 1 to 730.") }
    }

    func run() async throws {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        guard let role = StaffRole(rawValue: role), let name = try? OneLineText.checked(name, lengthMax: 60) else {
            throw HostError.refused("A name has 1 to 60 characters on one line.")
        }
        try await Host.with(settings) { host in
            try await host.prepareSchema()
            do {
                let (secret, token) = try await StaffStore(host.pool).create(
                    name: name,
                    role: role,
                    now: .now(),
                    lifetime: .seconds(days * 86_400)
                )
                say("\(secret.text)\n\(token.name), \(token.role.rawValue), until \(token.expiresAt.date)")
            } catch let error as PostgresError where error.serverError?.constraint == StaffStore.nameConstraint {
                throw HostError.refused("\(name) has a live token; a manager can revoke it.")
            }
        }
    }
}
