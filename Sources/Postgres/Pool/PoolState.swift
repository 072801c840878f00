import DequeModule

/// What a pool knows, as a value: events go in, the action to take comes out, and nothing here waits.
///
/// A slot is a place for one connection, open or being opened. Every slot is lent out, idle, or not in use;
/// `slotsInUse` counts the first two and never passes `slotsMax`.
struct PoolState<Connection, Waiter> {
    /// What a caller who wants a connection is told.
    enum LeaseAction {
        /// Use this idle connection.
        case use(Connection)
        /// A slot is yours: open a connection.
        case open
        /// Wait; the identifier is how to give up.
        case wait(UInt64)
        /// Too many wait already, or the pool is closed.
        case refuse(PostgresError)
    }

    /// What to do after a connection or a slot came back.
    enum ReturnAction {
        case none
        /// The connection goes to the caller who has waited longest.
        case hand(Connection, to: Waiter)
        /// The empty slot goes to the caller who has waited longest, who opens a connection.
        case open(Waiter)
        /// Nobody wants it any more.
        case close(Connection)
    }

    /// How long a server that granted no more is left alone before one more connection is tried.
    private static var denialPause: Duration { .seconds(5) }

    let slotsMax: Int
    let waitersMax: Int
    /// As many as the server grants, as far as is known; at most `slotsMax`.
    private(set) var slotsGranted: Int
    private var triesMoreAt: ContinuousClock.Instant?
    private(set) var slotsInUse = 0
    private(set) var idle: [Connection] = []
    private(set) var isClosed = false
    private var waiters: [UInt64: Waiter] = [:]
    private var queue: Deque<UInt64> = []
    private var lastWaiter: UInt64 = 0

    init(slotsMax: Int, waitersMax: Int) {
        self.slotsMax = slotsMax
        slotsGranted = slotsMax
        self.waitersMax = waitersMax
    }

    var waiting: Int { waiters.count }
    var lent: Int { slotsInUse - idle.count }

    /// A caller wants a connection. The one used last is the likeliest to be warm.
    mutating func lease(_ waiter: @autoclosure () -> Waiter, at now: ContinuousClock.Instant) -> LeaseAction {
        if isClosed { return .refuse(.poolClosed) }
        if let connection = idle.popLast() { return .use(connection) }
        if let triesMoreAt, now >= triesMoreAt, slotsInUse == slotsGranted {
            slotsGranted += 1
            self.triesMoreAt = slotsGranted < slotsMax ? now + Self.denialPause : nil
        }
        if slotsInUse < slotsGranted {
            slotsInUse += 1
            return .open
        }
        if waiters.count >= waitersMax { return .refuse(.poolExhausted) }
        lastWaiter += 1
        waiters[lastWaiter] = waiter()
        queue.append(lastWaiter)
        return .wait(lastWaiter)
    }

    /// A connection was opened: where the server granted no more a while ago, it may grant yet another.
    mutating func connectionOpened(at now: ContinuousClock.Instant) {
        if triesMoreAt != nil { triesMoreAt = now }
    }

    /// The server grants no connection more. The caller waits for one of the others, before those who came later; where
    /// there is no other, it is refused, and who waits next tries.
    mutating func connectionDenied(
        _ waiter: @autoclosure () -> Waiter,
        _ error: PostgresError,
        at now: ContinuousClock.Instant
    ) -> (LeaseAction, ReturnAction) {
        guard !isClosed, slotsInUse > 1 else { return (.refuse(error), slotReturned()) }
        slotsInUse -= 1
        slotsGranted = slotsInUse
        triesMoreAt = now + Self.denialPause
        if let connection = idle.popLast() { return (.use(connection), .none) }
        lastWaiter += 1
        waiters[lastWaiter] = waiter()
        queue.prepend(lastWaiter)
        return (.wait(lastWaiter), .none)
    }

    /// A lent connection came back in working order.
    mutating func connectionReturned(_ connection: Connection) -> ReturnAction {
        if isClosed {
            slotsInUse -= 1
            return .close(connection)
        }
        if let waiter = nextWaiter() { return .hand(connection, to: waiter) }
        idle.append(connection)
        return .none
    }

    /// A slot's connection broke or could not be opened.
    mutating func slotReturned() -> ReturnAction {
        if !isClosed, let waiter = nextWaiter() { return .open(waiter) }
        slotsInUse -= 1
        return .none
    }

    /// A caller gave up. Nil when it was served in the meantime.
    mutating func waiterLeft(_ identifier: UInt64) -> Waiter? {
        let waiter = waiters.removeValue(forKey: identifier)
        // Those who left stay in the queue until they are passed over; never more than those who wait.
        if queue.count > 2 * waiters.count + 64 { queue.removeAll { waiters[$0] == nil } }
        return waiter
    }

    /// The pool is to end: idle connections to close and callers to send away.
    mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
        isClosed = true
        defer {
            slotsInUse -= idle.count
            idle = []
            waiters = [:]
            queue = []
        }
        return (idle, Array(waiters.values))
    }

    private mutating func nextWaiter() -> Waiter? {
        while let identifier = queue.popFirst() {
            if let waiter = waiters.removeValue(forKey: identifier) { return waiter }
        }
        return nil
    }
}
