import ArgumentParser
import StoreAPI

/// `aftercare keys create`
struct KeysCreate: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a storefront's key.",
        discussion: """
            A storefront sends it as Aftercare-Key. It is no secret: its visitors can read it. From the first key on, the \
            catalog and new carts are for storefronts that have one, also when the last key is revoked.

            Example: aftercare keys create "German shop" --origin https://shop.example --currency EUR --country DE
            """
    )

    @Argument(help: "Which storefront's it is.")
    var name: String
    @Option(
        help:
            "A site whose pages may send it, such as https://shop.example, or * for all; once for each. Without any it is for apps and servers."
    )
    var origin: [String] = []
    @Option(help: "The currency of a request that names none. [default: the shop's]")
    var currency: String?
    @Option(help: "The country of a request that names none.")
    var country: String?
    @Option(help: "How many requests a minute it may send.")
    var rate = 6000
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let body = StorefrontKeyRequestBody(
            name: name,
            origins: origin,
            currency: currency?.uppercased(),
            country: country?.uppercased(),
            requestsPerMinute: rate
        )
        let request = try StoreRequest.change(.post, .staff("keys"), body)
        guard let answer = try await invocation.change(request, with: change, at: invocation.store()) else { return }
        try invocation.show(answer, as: StorefrontKeyBody.self) { key in
            try invocation.console.say(key.key, .strong)
            let origins = key.origins.isEmpty ? "apps and servers" : "pages of \(key.origins.joined(separator: ", "))"
            invocation.console.note("\(key.name), for \(origins), \(key.requestsPerMinute) requests a minute.")
        }
    }
}
