// Guard, screen, clock and salts in memory.

import GuardProtocol

@testable import StationCore

final class MemoryGuard: GuardPort {
    private let diary: Diary
    private(set) var orders: [(number: EntryNumber, locker: LockerID, pulse: Duration)] = []

    init(_ diary: Diary) { self.diary = diary }

    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant) {
        orders.append((number, locker, pulse))
        diary.steps.append(.opened(number, locker))
    }

    func close(_ number: EntryNumber, _ locker: LockerID) { diary.steps.append(.closed(number, locker)) }

    func show(_ place: LampPlace, _ signal: LampSignal) { diary.steps.append(.showed(place, signal)) }
}

final class MemoryScreen: ScreenPort {
    private let diary: Diary
    private(set) var told: [Message] = []
    private(set) var languages: [Language?] = []

    /// Whether what is typed is hidden.
    private(set) var isTypingHidden = false

    init(_ diary: Diary) { self.diary = diary }

    func hideTyping(_ isHidden: Bool) { isTypingHidden = isHidden }

    func tell(_ message: Message, in language: Language?) {
        told.append(message)
        languages.append(language)
        diary.steps.append(.told(message.id))
    }
}

final class SteppedClock: ClockPort {
    var moment = Moment(
        monotonic: MonotonicInstant(nanoseconds: 3_600_000_000_000), wall: SampleHouse.noon, quality: .synchronised)

    func now() -> Moment { moment }

    func take(poolTime: WallTime, at instant: MonotonicInstant) {}

    func wait(_ duration: Duration) {
        moment.monotonic = moment.monotonic + duration
        moment.wall = moment.wall.adding(milliseconds: Int64(duration.wholeMilliseconds))
    }
}

/// Salts that count up, so that a journal is the same in every run.
final class CountedSalts: RandomnessPort {
    private(set) var count: UInt8 = 0

    func salt() -> Salt {
        count &+= 1
        return Salt.of(count)
    }
}
