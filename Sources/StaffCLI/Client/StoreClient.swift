import Glibc
import Synchronization

/// The store, as the staff's commands ask it: patient with a bad connection, and never doing twice what was asked once.
struct StoreClient: Sendable {
    let login: Login
    let context: CommandContext
    let keys: IdempotencyKeyStore
    /// Says a remark to whoever waits.
    let note: @Sendable (String) -> Void

    /// Sends a request until it is answered.
    /// - Throws: `StaffError` where the answer is a refusal, or there is none.
    func send(_ request: StoreRequest) async throws -> StoreAnswer {
        let answer = try await answer(request)
        guard (200..<300).contains(answer.status) else { throw ProblemReport.error(answer, url: login.url) }
        return answer
    }

    /// Sends a request until it is answered, with whatever it is.
    func answer(_ request: StoreRequest) async throws -> StoreAnswer {
        guard request.isChange else {
            let limit = request.timeout ?? context.readTimeout
            return try await persist(request, key: nil, until: .now + limit) {
                try await Transport.send(request, login: login, key: nil, timeout: limit)
            }
        }
        let key = key(for: request)
        if let age = key.age {
            note("This repeats what was tried \(Self.ago(age)): what was done then is not done twice.")
        }
        let answer = try await persist(request, key: key) {
            try await Transport.send(request, login: login, key: key.text, timeout: request.timeout ?? context.timeout)
        }
        if answer.status < 500 || answer.status == 501, request.keepsKey { keys.remove(request, url: login.url) }
        return answer
    }

    /// Reads an answer piece by piece.
    /// - Parameters:
    ///   - begin: called with the answer's head before the first piece, and again where the reading starts anew.
    ///   - mayRestart: whether the pieces so far can be taken back.
    ///   - piece: called with each piece.
    func stream(
        _ request: StoreRequest,
        mayRestart: Bool,
        begin: @Sendable (StoreAnswer) throws -> Void,
        piece: @Sendable ([UInt8]) throws -> Void
    ) async throws {
        let isStarted = Mutex(false)
        let answer = try await persist(request, key: nil) {
            try await Transport.open(request, login: login, key: nil, timeout: .seconds(3600)) { head, pieces in
                guard (200..<300).contains(head.status) else {
                    let bytes = try await pieces.all()
                    return StoreAnswer(status: head.status, headers: head.headers, body: bytes)
                }
                do {
                    try begin(head)
                    try await pieces.each { bytes in
                        isStarted.withLock { $0 = true }
                        try piece(bytes)
                    }
                } catch let error as StaffError {
                    throw error
                } catch  where !mayRestart && isStarted.withLock({ $0 }) {
                    throw StaffError(
                        .unreachable,
                        "The store's answer broke off: what was written is not all.",
                        advice: "Run the command again; with -o FILE it starts over by itself."
                    )
                }
                return head
            }
        }
        guard (200..<300).contains(answer.status) else { throw ProblemReport.error(answer, url: login.url) }
    }

    // MARK: -

    private func key(for request: StoreRequest) -> IdempotencyKeyStore.Key {
        if let key = request.key { return IdempotencyKeyStore.Key(text: key, age: nil, isKept: false) }
        guard request.keepsKey else {
            return IdempotencyKeyStore.Key(text: IdempotencyKeyStore.fresh(), age: nil, isKept: false)
        }
        return keys.key(for: request, url: login.url, now: Int64(time(nil)))
    }

    private func persist(
        _ request: StoreRequest,
        key: IdempotencyKeyStore.Key?,
        until end: ContinuousClock.Instant? = nil,
        _ attempt: () async throws -> StoreAnswer
    ) async throws -> StoreAnswer {
        var mayHaveHappened = false
        var hasSaidSo = false
        var reason = ""
        for number in 0...context.retryDelays.count {
            var pause = number < context.retryDelays.count ? context.retryDelays[number] : .zero
            do {
                let answer = try await attempt()
                guard Self.isForNow(answer) else {
                    if mayHaveHappened, request.isChange, answer.status >= 400 {
                        note("An earlier try, whose answer was lost, may have done it all the same.")
                    }
                    return answer
                }
                mayHaveHappened = true
                reason =
                    answer.status == 409
                    ? "it still works on the first try" : "it is busy (status \(answer.status))"
                pause = max(pause, answer.retryAfter ?? .zero)
            } catch Transport.Failure.notSent(let words) {
                reason = words
            } catch Transport.Failure.lost(let words) {
                reason = words
                mayHaveHappened = true
            }
            guard number < context.retryDelays.count, end.map({ ContinuousClock.now < $0 }) ?? true else { break }
            if !hasSaidSo, number > 0 {
                note("The store does not answer: \(reason). Trying again…")
                hasSaidSo = true
            }
            try await context.wait(pause)
        }
        throw gaveUp(reason, isUnknown: mayHaveHappened && request.isChange, key: key)
    }

    private func gaveUp(_ reason: String, isUnknown: Bool, key: IdempotencyKeyStore.Key?) -> StaffError {
        let sentence = "The store at \(login.url) can't be reached: \(reason)."
        guard isUnknown else {
            return StaffError(
                .unreachable,
                sentence,
                advice:
                    "Check that it runs there, and run the command again; \"aftercare login --url\" changes the address."
            )
        }
        guard key?.isKept == true else {
            return StaffError(
                .unreachable,
                [sentence, "It is not known whether it was done."],
                advice: "Look before you run the command again."
            )
        }
        return StaffError(
            .unreachable,
            [sentence, "It is not known whether it was done."],
            advice: "Run the same command again, within a day: it is not done twice."
        )
    }

    /// Whether the store only asks to wait, or something on the way to it does.
    private static func isForNow(_ answer: StoreAnswer) -> Bool {
        switch answer.status {
        case 429, 502, 503, 504: true
        case 409: ProblemReport.error(answer, url: "").problem == "request-in-flight"
        default: false
        }
    }

    private static func ago(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "a moment ago"
        case ..<3600: "\(seconds / 60) min ago"
        default: "\(seconds / 3600) h ago"
        }
    }
}
