// PINs at a whole station: counted before they are looked at, never kept, and slower with each wrong one.

import Testing

@testable import StationCore

@Suite("PINs")
struct PINTests {
    private let badge = SampleHouse.badge(of: SampleHouse.member)
    private let otherBadge = SampleHouse.badge(of: SampleHouse.otherMember)
    private let digest = SampleHouse.digest(of: SampleHouse.member.id.text)

    private func code(_ command: Command) throws -> String { try #require(command.code).text }

    @Test("the right PIN signs staff in, what is typed is hidden meanwhile, and the attempts are forgotten")
    func right() throws {
        let station = try StationBench()
        try station.scan(badge)
        #expect(station.screen.isTypingHidden && station.screen.told.last?.id == .stated(.enterPIN))
        try station.scan(SampleHouse.pin)
        #expect(!station.screen.isTypingHidden && station.screen.told.last?.id == .stated(.staffWelcome))
        #expect(station.journal.entries.last?.disclosure?.person == .staff(.of("s-1")))
        #expect(station.journal.attempts.isEmpty)
    }

    @Test("a pass that is scanned while staff are signed in gets nothing of the ballast")
    func passOnFullDisk() throws {
        let station = try StationBench()
        try station.scan(badge)
        try station.scan(SampleHouse.pin)
        station.journal.refusesRequests = true
        try station.scan(Pass.sample(.item(SampleHouse.drill.id)).signed().text)
        #expect(station.screen.told.last?.id == .refused(.storageFull) && station.coils.orders.isEmpty)
        // They are served as before.
        try station.scan(SampleHouse.locker4.label)
        #expect(station.coils.orders.count == 1)
    }

    @Test("an attempt is counted before anybody looks at the PIN: a power cut in between gains nothing")
    func countedFirst() throws {
        let station = try StationBench()
        try station.scan(badge)
        station.facts.isReadable = false
        try station.scan(SampleHouse.pin)
        #expect(station.journal.attempts[digest] == 1)
        #expect(station.screen.told.last?.id == .refused(.undecidable))
    }

    @Test("where the attempt can't be counted, nobody looks at the PIN")
    func notCounted() throws {
        let station = try StationBench()
        try station.scan(badge)
        station.journal.fault = .failed("the disk")
        #expect(throws: JournalFault.failed("the disk")) { try station.scan(SampleHouse.pin) }
        #expect(station.screen.told.last?.id == .stated(.enterPIN))
    }

    @Test("waits grow from the third wrong PIN on, to a minute; what comes too soon is not looked at")
    func waits() throws {
        let station = try StationBench()
        try station.scan(badge)
        var waits: [Int] = []
        for _ in 1...12 {
            try station.scan("1111")
            let message = try #require(station.screen.told.last)
            #expect(message.id == .refused(.wrongPIN))
            let wait = try #require(message.count)
            waits.append(wait)
            if wait > 0 {
                let attempts = station.journal.attempts[digest]
                try station.scan(SampleHouse.pin)
                #expect(
                    station.screen.told.last?.id == .refused(.pinTooSoon) && station.screen.told.last?.count == wait)
                #expect(station.journal.attempts[digest] == attempts)
            }
            station.clock.wait(.seconds(wait))
            // The badge is asked for again where the visit ended meanwhile.
            try station.take(.tick)
            if !station.screen.isTypingHidden { try station.scan(badge) }
        }
        #expect(waits == [0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60])
        try station.scan(SampleHouse.pin)
        #expect(station.screen.told.last?.id == .stated(.staffWelcome))
    }

    @Test("the waits are a badge's own: a second one always works")
    func perBadge() throws {
        let station = try StationBench()
        try station.scan(badge)
        for _ in 1...3 { try station.scan("1111") }
        try station.scan(SampleHouse.pin)
        #expect(station.screen.told.last?.id == .refused(.pinTooSoon))
        try station.scan(otherBadge)
        try station.scan(SampleHouse.pin)
        #expect(station.screen.told.last?.id == .stated(.staffWelcome))
    }

    @Test("after a restart the count is what it was, and the wait begins again")
    func restart() throws {
        let first = try StationBench()
        try first.scan(badge)
        for _ in 1...3 { try first.scan("1111") }
        let second = try StationBench(on: first.journal)
        second.facts.failures = first.journal.attempts
        try second.scan(badge)
        try second.scan(SampleHouse.pin)
        #expect(second.screen.told.last?.id == .refused(.pinTooSoon))
        second.clock.wait(.seconds(2))
        try second.scan(SampleHouse.pin)
        #expect(second.screen.told.last?.id == .stated(.staffWelcome))
    }

    @Test("a hundred wrong ones in a row end the badge, until the pool gives it a new one")
    func locked() throws {
        let station = try StationBench()
        for attempt in 1...100 {
            if !station.screen.isTypingHidden { try station.scan(badge) }
            try station.scan("1111")
            let end: MessageID = attempt == 100 ? .refused(.pinLocked) : .refused(.wrongPIN)
            #expect(station.screen.told.last?.id == end)
            station.clock.wait(.seconds(60))
            try station.take(.tick)
        }
        station.facts.failures = station.journal.attempts
        try station.scan(badge)
        #expect(station.screen.told.last?.id == .refused(.pinLocked) && !station.screen.isTypingHidden)
    }

    @Test("digits from the sheet are a PIN too, and a slip between them is forgiven")
    func sheet() throws {
        let station = try StationBench()
        try station.scan(badge)
        for command in [Command.digit2, .digit4] { try station.scan(code(command)) }
        #expect(station.screen.told.last?.id == .stated(.digitTaken) && station.screen.told.last?.count == 2)
        try station.take(.unreadable)
        for command in [Command.digit6, .digit8, .yes] { try station.scan(code(command)) }
        #expect(station.screen.told.last?.id == .stated(.staffWelcome))
    }

    @Test("digits that another scan interrupts are forgotten")
    func interrupted() throws {
        let station = try StationBench()
        try station.scan(badge)
        for command in [Command.digit2, .digit4] { try station.scan(code(command)) }
        try station.scan(badge)
        for command in [Command.digit6, .digit8, .yes] { try station.scan(code(command)) }
        #expect(station.screen.told.last?.id == .refused(.wrongPIN))
    }

    @Test("a PIN that nobody waits for is a code that nobody knows, and is not counted as one where one was waited for")
    func unasked() throws {
        let station = try StationBench()
        try station.scan(SampleHouse.pin)
        #expect(station.screen.told.last?.id == .refused(.unknownCode))
        #expect(station.conductor.unknownCodes == 1)
    }

    @Test(
        "a badge that is shown again begins anew: the PIN typed after it is taken for no new label, and for no new card",
        arguments: [Command.newItem, .newBorrower])
    func badgeAgain(_ asked: Command) throws {
        let station = try StationBench()
        for line in [badge, SampleHouse.pin, try code(asked), badge, SampleHouse.pin] { try station.scan(line) }
        #expect(station.screen.told.last?.id == .refused(.unknownCode))
        #expect(station.journal.entries.allSatisfy { ![.itemProposed, .borrowerProposed].contains($0.kind) })
    }

    @Test("whoever waits too long is signed out before the PIN")
    func abandoned() throws {
        let station = try StationBench()
        try station.scan(badge)
        station.clock.wait(.seconds(60))
        try station.take(.tick)
        #expect(station.screen.told.last?.id == .stated(.staffTimedOut) && !station.screen.isTypingHidden)
        #expect(!station.conductor.isBusy)
    }

    @Test("staff are served on a full disk, others are not")
    func fullDisk() throws {
        let station = try StationBench()
        station.journal.refusesRequests = true
        try station.scan(SampleHouse.drill.label)
        try station.scan(SampleHouse.ladder.label)
        #expect(station.screen.told.last?.id == .refused(.storageFull))
        try station.scan(badge)
        try station.scan(SampleHouse.pin)
        try station.scan(SampleHouse.locker4.label)
        #expect(station.coils.orders.map(\.locker) == [.of("4")])
        try station.openAndShut()
        #expect(station.screen.told.last?.id == .stated(.lockerServed))
    }
}
