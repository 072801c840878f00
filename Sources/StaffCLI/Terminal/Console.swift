import Synchronization

/// Where a command writes and asks. What it says for people goes through here, so that nothing from elsewhere reaches a
/// terminal as it came.
struct Console: Sendable {
    let context: CommandContext
    let colour: Bool
    private let colourOnErrors: Bool
    private let clock: Clock
    /// Whether standard output is for programs: the answer's body and nothing else.
    let isJSON: Bool

    init(_ context: CommandContext, colour: ColourChoice, isJSON: Bool) {
        self.context = context
        self.colour = colour.applies(toTerminal: context.outputIsTerminal, environment: context.environment)
        colourOnErrors = colour.applies(toTerminal: context.errorsAreTerminal, environment: context.environment)
        self.isJSON = isJSON
        clock = Clock(environment: context.environment)
    }

    /// The clock on the wall, and whether somebody who read it knows whose it is.
    private final class Clock: Sendable {
        private let environment: [String: String]
        private let read = Mutex<(clock: WallClock?, isKnown: Bool)>((nil, false))

        init(environment: [String: String]) { self.environment = environment }

        /// The zone, once; nil where no time was shown yet.
        func takeZone() -> String? {
            read.withLock { read in
                guard let clock = read.clock, !read.isKnown else { return nil }
                read.isKnown = true
                return clock.zone
            }
        }

        func text(_ time: String) -> String {
            read.withLock { read in
                let clock = read.clock ?? WallClock(environment: environment)
                read.clock = clock
                return clock.text(time)
            }
        }
    }

    /// The terminal's columns; nil where output goes elsewhere and is never cut.
    var width: Int? {
        guard context.outputIsTerminal else { return nil }
        if let columns = context.environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return columns }
        return context.windowWidth() ?? 80
    }

    /// The terminal for progress; nil where nobody watches.
    var progress: (any TextSink)? { context.errorsAreTerminal ? context.errors : nil }

    // MARK: - Standard output

    /// Bytes as they are.
    func write(_ bytes: [UInt8]) throws { try context.output.write(bytes) }

    /// Lines that are made already.
    func write(lines: [String]) throws {
        guard !lines.isEmpty else { return }
        try write(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// One line.
    func say(_ text: String, _ style: Style = .plain) throws {
        try write(lines: [style.paint(SafeText.line(text), colour: colour)])
    }

    /// A time of an answer as the clock on the wall shows it; `noteZone` says whose clock.
    func time(_ time: String) -> String { clock.text(time) }

    func show(_ table: Table) throws { try write(lines: table.lines(width: width, colour: colour)) }

    func show(_ sheet: FactSheet) throws { try write(lines: sheet.lines(colour: colour)) }

    // MARK: - Standard error

    /// A remark that is no part of the output.
    func note(_ text: String, _ style: Style = .quiet) {
        // Where remarks can't be written, the work still counts.
        try? context.errors.write(Array((style.paint(SafeText.line(text), colour: colourOnErrors) + "\n").utf8))
    }

    /// Whose clock the times are of, where any were shown and it was not said yet.
    func noteZone() {
        if let zone = clock.takeZone() { note("Times are those of \(zone).") }
    }

    /// One sentence per problem, and what to do next.
    func report(_ error: StaffError) {
        for sentence in error.sentences { note(sentence, .alarm) }
        if let advice = error.advice { note(advice, .plain) }
    }

    // MARK: - Asking

    /// What somebody types after a prompt; nil where nothing more comes. Empty lines are passed over, unless one is an answer.
    func ask(_ prompt: String, secret: Bool = false, mayBeEmpty: Bool = false) async -> String? {
        try? context.errors.write(Array(SafeText.line(prompt).utf8))
        while true {
            let line = secret ? await context.input.nextSecret() : await context.input.next()
            if secret || line == nil { try? context.errors.write([UInt8(ascii: "\n")]) }
            guard let line else { return nil }
            if let place = line.unicodeScalars.firstIndex(of: "\u{FFFD}") {
                let before = line.unicodeScalars.distance(from: line.unicodeScalars.startIndex, to: place)
                note("Character \(before + 1) of that line is not UTF-8: set the terminal to UTF-8.", .alarm)
                if context.inputIsTerminal { continue }
                return nil
            }
            let scalars = line.unicodeScalars
            guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
                let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
            else {
                // A scanner may end what it scans with two line ends: an empty line is nothing.
                if mayBeEmpty { return "" }
                continue
            }
            return String(scalars[first...last])
        }
    }

    /// Asks before something that can't be undone.
    /// - Throws: where the answer is not yes, or nobody can be asked.
    func confirm(_ question: String, unless isAgreed: Bool) async throws {
        guard !isAgreed else { return }
        guard context.inputIsTerminal else {
            throw StaffError(
                .wrongUse,
                "This can't be undone, and there is no terminal to ask at.",
                advice: "Add --yes to do it without being asked."
            )
        }
        let answer = await ask("\(question) [y/n] ")
        guard ["y", "yes"].contains((answer ?? "").lowercased()) else {
            throw StaffError(.refused, "Nothing was done.")
        }
    }
}

extension Console {
    /// What an option says, or what somebody types who was not asked to know the option.
    /// - Throws: where neither says anything.
    func required(_ value: String?, _ question: String, option: String) async throws -> String {
        if let value, !value.isEmpty { return value }
        if value == nil, context.inputIsTerminal {
            while let typed = await ask("\(question): ", mayBeEmpty: true) {
                if !typed.isEmpty { return typed }
            }
        }
        throw StaffError(.wrongUse, "\(option) is missing.", advice: "--help shows how to use the command.")
    }

    /// What somebody types in place of what stands there; an empty line keeps it.
    /// - Throws: where nothing more comes.
    func revised(_ value: String, _ question: String) async throws -> String {
        guard let typed = await ask("\(question) [\(value)]: ", mayBeEmpty: true) else {
            throw StaffError(.refused, "Nothing was done.")
        }
        return typed.isEmpty ? value : typed
    }

    /// The same where nothing may stand there, which is asked and answered by a dash.
    func revised(orNone value: String?, _ question: String) async throws -> String? {
        let typed = try await revised(value ?? "-", question)
        return typed == "-" ? nil : typed
    }
}
