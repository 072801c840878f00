public import Commerce

/// Why a session's date is not acceptable.
public enum SessionError: String, Sendable {
    case duplicate
    case notInOrder
    case tooFarAway
}

/// What the client tells us about their treatment: the sessions' dates in their own time zone, and the artist's choices.
public struct Course: Hashable, Sendable {
    /// The client's IANA time zone: the sessions are dates there, and so is "today".
    public let timeZone: String
    /// The sessions in order, each date once; empty while no date is known.
    public let sessions: [CalendarDate]
    /// Whether the last session is the final one of the treatment.
    public let isFinal: Bool
    /// What the client's artist chose.
    public let choices: ArtistChoices

    /// A course whose dates have passed `Course.faults`.
    public init(timeZone: String, sessions: [CalendarDate], isFinal: Bool, choices: ArtistChoices) {
        self.timeZone = timeZone
        self.sessions = sessions
        self.isFinal = isFinal
        self.choices = choices
    }

    /// At most this many sessions.
    public static let sessionsMax = 12
    /// A session is at most this many days from today, either way.
    public static let daysFromTodayMax = 730

    /// What is wrong with a list of sessions: the position of each date at fault, and why. Empty when all is well.
    ///
    /// - Parameter today: the date in the course's time zone when the course is written.
    public static func faults(
        in sessions: [CalendarDate],
        today: CalendarDate
    ) -> [(position: Int, fault: SessionError)] {
        sessions.enumerated().compactMap { position, date in
            if sessions[..<position].contains(date) { return (position, .duplicate) }
            if position > 0, date < sessions[position - 1] { return (position, .notInOrder) }
            if abs(date - today) > daysFromTodayMax { return (position, .tooFarAway) }
            return nil
        }
    }
}

/// The three things in which a client's artist may differ from the regimen.
public struct ArtistChoices: Hashable, Sendable {
    /// 24 or 48: how long the head stays dry after a session.
    public let keepDryHours: Int
    /// 2 or 3: days from one wash to the next once the skin has healed.
    public let washIntervalDays: Int
    /// 3 to 7: days without strenuous exercise.
    public let restDays: Int

    public static let keepDryHoursAllowed = [24, 48]
    public static let washIntervalDaysAllowed = 2...3
    public static let restDaysAllowed = 3...7

    /// Choices within the allowed values, or nil. What is left out is the regimen's default.
    public init?(
        keepDryHours: Int? = nil,
        washIntervalDays: Int? = nil,
        restDays: Int? = nil,
        regimen: Regimen = .current
    ) {
        let defaults = regimen.defaults
        self.init(
            keepDryHours: keepDryHours ?? defaults.keepDryHours,
            washIntervalDays: washIntervalDays ?? defaults.washIntervalDays,
            restDays: restDays ?? defaults.restDays
        )
        guard Self.keepDryHoursAllowed.contains(self.keepDryHours),
            Self.washIntervalDaysAllowed.contains(self.washIntervalDays), Self.restDaysAllowed.contains(self.restDays)
        else { return nil }
    }

    init(keepDryHours: Int, washIntervalDays: Int, restDays: Int) {
        self.keepDryHours = keepDryHours
        self.washIntervalDays = washIntervalDays
        self.restDays = restDays
    }
}
