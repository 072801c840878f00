import ArgumentParser
import StoreAPI

/// `aftercare pack [ORDER]`
struct PackCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Pack an order, code by code.",
        discussion: """
            Without an order it is the most urgent one, as "next" gives it.

            At a terminal, scan or type each code: "CODE", "2x CODE" or "CODE LOT". "undo" takes the last one out, \
            "without CODE" leaves an optional one out, "done" closes the box, "quit" gives the order \
            back. In a script, name everything with --scan, or say --all. Where only optional things are left, and never \
            come, --all with --without for each ends the sending.

            Example: aftercare pack DM-7K4Q-99
            Example: aftercare pack DM-7K4Q-99 --all --lot CLEANSE-SHAMPOO=L17
            """
    )

    @Argument(help: "The order's number; the most urgent order where it is left out.")
    var order: OrderArgument?
    @Option(help: ArgumentHelp("Something that is in the box; 2xCODE for two.", valueName: "code[:lot]"))
    var scan: [String] = []
    @Flag(help: "Everything on the list is in the box.")
    var all = false
    @Option(help: ArgumentHelp("The lot of a component, for --all.", valueName: "code=lot"))
    var lot: [String] = []
    @Option(help: ArgumentHelp("An optional component that goes without.", valueName: "code"))
    var without: [String] = []
    @Flag(help: "The rest follows in another parcel.")
    var partial = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        _ = try lots()
        // Nobody knows yet what is in the box of an order that is still to be chosen.
        if order == nil, all || !scan.isEmpty || change.dryRun { throw ValidationError("Name the order.") }
    }

    func execute(_ invocation: Invocation) async throws {
        let store = try invocation.store()
        let isTyped = scan.isEmpty && !all
        guard !isTyped || invocation.context.inputIsTerminal else {
            throw StaffError(
                .wrongUse,
                "Scanning needs a terminal, and this is none.",
                advice: "Name what is in the box with --scan CODE, or say --all."
            )
        }
        if isTyped { invocation.context.input.endOnSignals() }
        guard let list = try await take(store) else {
            if invocation.console.isJSON { return try invocation.console.write(lines: ["null"]) }
            return try invocation.console.say("No orders are waiting to be packed.", .good)
        }
        var bench = PackingBench(list.components, isPartial: partial)
        do {
            let wrong = without.map { bench.leaveOut($0) }.filter { !$0.isAccepted }
            guard wrong.isEmpty else { throw StaffError(.refused, wrong.map(\.words)) }
            if isTyped {
                try await type(list, &bench, invocation, store)
            } else {
                for note in list.notes { invocation.console.note(note.line, .caution) }
                try fill(&bench)
                try await send(bench, list, invocation, store)
            }
        } catch {
            // A command that was mistyped leaves the order with whoever has it; only a box that was being filled at a
            // terminal is given up, unless nobody can say whether it is packed.
            if isTyped, (error as? StaffError)?.code != .unreachable { await releaseLease(list.number, store) }
            throw error
        }
    }

    // MARK: - The lease

    /// Nil where no order is named and none waits.
    private func take(_ store: StoreClient) async throws -> PackListBody? {
        guard let order else {
            var request = StoreRequest.change(.post, .staff("next"))
            request.keepsKey = false
            let next: NextOrderBody = try await store.send(request).decode()
            return next.order
        }
        guard !change.dryRun else {
            return try await store.send(.get(.staff("orders", order.text, "packing"))).decode()
        }
        return try await store.send(lease(.post, order.text)).decode()
    }

    private func lease(_ method: StoreRequest.Method, _ number: String) -> StoreRequest {
        var request = StoreRequest.change(method, .staff("orders", number, "lease"))
        request.keepsKey = false
        return request
    }

    private func releaseLease(_ number: String, _ store: StoreClient) async {
        guard !change.dryRun else { return }
        // It runs out by itself as well.
        _ = try? await store.answer(lease(.delete, number))
    }

    /// Prolongs the lease while somebody stands at the bench.
    private func heartbeat(_ number: String, _ invocation: Invocation, _ store: StoreClient) -> Task<Void, Never> {
        let (interval, isDryRun, request) = (invocation.context.leaseInterval, change.dryRun, lease(.post, number))
        return Task {
            while !isDryRun, (try? await Task.sleep(for: interval)) != nil {
                do {
                    _ = try await store.send(request)
                } catch let error as StaffError {
                    invocation.console.report(error)
                    if error.code == .refused { return }
                } catch {
                    return
                }
            }
        }
    }

    // MARK: - The box

    /// Packs what the command line names.
    private func fill(_ bench: inout PackingBench) throws {
        var messages = scan.map { bench.scan($0) }.filter { !$0.isAccepted }
        if all { messages += bench.putAll(lots: try lots()) }
        if messages.isEmpty {
            let message = bench.read("done")
            if message != .closed { messages.append(message) }
        }
        guard messages.isEmpty else {
            throw StaffError(
                .refused,
                messages.map { message in
                    guard case .lotWanted(let code) = message else { return message.words }
                    return "The lot of \(code) is wanted: --lot \(code)=LOT, or --scan \(code):LOT."
                },
                advice: "Nothing was packed."
            )
        }
    }

    /// Packs what somebody types.
    private func type(
        _ list: PackListBody,
        _ bench: inout PackingBench,
        _ invocation: Invocation,
        _ store: StoreClient
    ) async throws {
        let console = invocation.console
        if !console.isJSON { try PackSheet.show(list, on: console) }
        if list.components.isEmpty { throw StaffError(.refused, "Nothing is left to pack.") }
        var prompt = "> "
        var heartbeat = heartbeat(list.number, invocation, store)
        defer { heartbeat.cancel() }
        var scanner = Scanner()
        while true {
            let line = await console.ask(prompt)
            if let line, scanner.repeats(line, at: invocation.context.now()) {
                console.note("That came twice at once and counts once; \"2x CODE\" puts two in.")
                continue
            }
            let message = line.map { bench.read($0) } ?? .quit
            prompt = bench.isComplete ? "all there, done closes the box > " : "> "
            switch message {
            case .quit:
                heartbeat.cancel()
                await heartbeat.value
                await releaseLease(list.number, store)
                console.note("Nothing was packed; the order is free again.")
                if console.isJSON { try console.write(lines: ["null"]) }
                return
            case .list:
                if !console.isJSON { try PackSheet.show(bench, on: console) }
            case .lotWanted: prompt = "\(message.words) "
            case .closed:
                // What is packed needs no lease, and must not be leased again.
                heartbeat.cancel()
                await heartbeat.value
                do {
                    return try await send(bench, list, invocation, store)
                } catch let error as StaffError where error.problem == "invalid-request" {
                    console.report(error)
                    bench.takeOut(Self.positions(error))
                    heartbeat = self.heartbeat(list.number, invocation, store)
                    prompt = "> "
                }
            default: console.note(message.words, message.style)
            }
        }
    }

    private func send(_ bench: PackingBench, _ begun: PackListBody, _ invocation: Invocation, _ store: StoreClient)
        async throws
    {
        let request = try StoreRequest.change(.post, .staff("orders", begun.number, "packing"), bench.request)
        guard let answer = try await invocation.change(request, with: change, at: store) else { return }
        for sentence in PackSheet.outdated(try answer.decode(), since: begun) {
            invocation.console.note(sentence, .alarm)
        }
        try invocation.show(answer, as: PackListBody.self) { list in
            guard !bench.scanned.isEmpty else {
                let codes = (bench.request.without ?? []).joined(separator: ", ")
                let isWaiting = list.parcels.contains { $0.shippedAt == nil }
                let rest = isWaiting ? "what is packed is all that is sent" : "nothing more is sent"
                return try invocation.console.say("\(list.number) goes without \(codes): \(rest).", .good)
            }
            let parcel = list.parcels.last { $0.shippedAt == nil }
            let units = parcel?.items.reduce(0) { $0 + $1.quantity } ?? 0
            try invocation.console.say(
                "\(list.number): parcel \(parcel?.id ?? "") is packed, \(counted(units, "unit")).",
                .good
            )
            invocation.console.note("Send it: aftercare ship \(list.number) --carrier CARRIER --tracking NUMBER")
        }
    }

    /// Which scans a refusal names: `/scanned/0`.
    private static func positions(_ error: StaffError) -> Set<Int> {
        let prefix = "/scanned/"
        return Set(
            error.fields.filter { $0.hasPrefix(prefix) }
                .compactMap { Int($0.dropFirst(prefix.count).prefix { $0.isNumber }) }
        )
    }

    private func lots() throws -> [String: String] {
        var lots: [String: String] = [:]
        for text in lot {
            let parts = text.split(separator: "=", maxSplits: 1).map { String($0) }
            guard parts.count == 2 else { throw ValidationError("--lot is CODE=LOT, such as CLEANSE-SHAMPOO=L17.") }
            lots[parts[0].uppercased()] = parts[1]
        }
        return lots
    }
}
