import Commerce

/// What is kept beside the database, so that the database can be held against it.
enum RecordHealth {
    /// A server makes one every hour.
    private static let checkpointHoursMax: Int64 = 3
    /// What is dated later than so many seconds from now was made under a clock that was put back since.
    private static let aheadMax: Int64 = 300
    private static let advice = "set AFTERCARE_DATA_DIR to a folder that lasts, on a disk that is not the database's"

    static let noPlaceForCheckpoints = Observation.look(
        "checkpoints",
        "none is made: whoever owns the database can change logs and ledger unseen",
        advice
    )

    static let noPlaceForErasures = Observation.look(
        "erasures",
        "they are written down in the database alone: with an older copy of it everybody is back who was erased since",
        advice
    )

    /// - Parameter last: when the last checkpoint was written; nil where there is none.
    static func checkpoints(_ last: (at: Instant, count: Int)?, now: Instant) -> Observation {
        let log = "a server makes one every hour: its log says why it does not"
        guard let last else { return .look("checkpoints", "there is none yet", log) }
        guard last.at <= now + .seconds(aheadMax) else {
            return .look(
                "checkpoints",
                "the last is dated \(last.at), which is still to come: nobody knows how old it is",
                "set this machine's clock right, and run aftercare audit checkpoint"
            )
        }
        let hours = (now.secondsSince1970 - last.at.secondsSince1970) / 3600
        guard hours < checkpointHoursMax else { return .look("checkpoints", "the last is \(hours) hours old", log) }
        return .fine("checkpoints", "\(last.count), the last of \(last.at)")
    }
}
