/// One run of a command: where it writes, and which store it asks.
struct Invocation: Sendable {
    let console: Console

    var context: CommandContext { console.context }

    /// The store that somebody is logged in to.
    func store() throws -> StoreClient { store(try Login.load(environment: context.environment)) }

    func store(_ login: Login) -> StoreClient {
        StoreClient(
            login: login,
            context: context,
            keys: IdempotencyKeyStore(ConfigFolder(environment: context.environment)),
            note: { [console] in console.note($0) }
        )
    }

    /// Shows an answer: as JSON where that is wanted, else in words.
    func show<Body: Decodable>(_ answer: StoreAnswer, as type: Body.Type, _ words: (Body) throws -> Void) throws {
        if console.isJSON { return try console.write(lines: [answer.json()]) }
        try words(answer.decode(type))
    }

    /// Says that something was done; as JSON where that is wanted, what was answered.
    func done(_ answer: StoreAnswer, _ sentence: String) throws {
        if console.isJSON { return try console.write(lines: [answer.json()]) }
        try console.say(sentence, .good)
    }

    /// Sends a change, or shows what it would be.
    /// - Returns: nil where nothing was sent.
    func change(_ request: StoreRequest, with options: ChangeOptions, at store: StoreClient) async throws
        -> StoreAnswer?
    {
        guard options.dryRun else { return try await store.send(request) }
        try preview(request)
        return nil
    }

    /// What would be sent, without the token.
    func preview(_ request: StoreRequest) throws {
        let body = try request.body.map { try JSONText.of($0) }
        if console.isJSON {
            let value = JSONValue.object([
                "method": .text(request.method.rawValue), "path": .text(request.path.description),
                "body": try request.body.map { try JSONText.value($0) } ?? .null,
                "ifMatch": request.version.map { .integer(Int64($0)) } ?? .null,
            ])
            return try console.write(lines: [JSONText.of(value)])
        }
        try console.say("\(request.method.rawValue) \(request.path)", .strong)
        if let version = request.version { try console.say("If-Match: \"\(version)\"") }
        if let body { try console.write(lines: [body]) }
        console.note("Nothing was sent.")
    }
}
