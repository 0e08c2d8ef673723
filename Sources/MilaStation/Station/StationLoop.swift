// The journal's executor: one thread on which facts are looked up, decisions made and entries committed, one event after
// another. Everybody else posts events here or asks to read between two of them.

internal import Foundation
internal import Logging
internal import StationCore

/// Runs a conductor on a thread of its own.
final class StationLoop: @unchecked Sendable {
    // Everything mutable is touched either under `mailbox`'s lock or on the loop's thread alone; that is what makes
    // this class sendable.

    /// What reaches the loop.
    enum Letter: Sendable {
        case line(ScannedLine)
        case event(DeskEvent)
        case inputEnded
    }

    /// What the loop works with; touched on its thread alone.
    struct Workplace {
        let conductor: Conductor
        let journal: JournalStore
    }

    /// The most letters that wait; who posts more waits too.
    static let maximumLetters = 1024

    /// A turn that lasts longer is worth a word in the log: people waited for it, and the guard soon takes a station that
    /// is silent for lost.
    private static let longTurn: Duration = .seconds(2)

    /// After how long a letter that nobody takes is worth a word while it still waits.
    private static let longDelay: Duration = .seconds(10)

    private let mailbox = NSCondition()
    private var letters: [Letter] = []
    /// Since when the oldest letter waits.
    private var waitingSince: MonotonicInstant?
    private var isDelayTold = false
    private var questions: [@Sendable (Workplace?) -> Void] = []
    private var isStopping = false
    private var isInputEnded = false
    /// The input has ended, nobody is being served and no door is on its way.
    let quiet = Milestone()
    private let log: Logger
    private let onFault: @Sendable (JournalFault) -> Void
    private let onEntries: @Sendable (JournalHead) -> Void
    private let onTurn: @Sendable () -> Void
    private var finished: [@Sendable () -> Void] = []
    private var isFinished = false

    /// A loop.
    ///
    /// - Parameters:
    ///   - onEntries: called on the loop's thread when the journal has grown.
    ///   - onTurn: called on the loop's thread after each turn: a sign that it lives.
    ///   - onFault: called once, when the journal failed and the process must end.
    init(
        log: Logger, onEntries: @escaping @Sendable (JournalHead) -> Void, onTurn: @escaping @Sendable () -> Void,
        onFault: @escaping @Sendable (JournalFault) -> Void
    ) {
        self.log = log
        self.onEntries = onEntries
        self.onTurn = onTurn
        self.onFault = onFault
    }

    /// Starts the thread. `make` runs on it and builds what the loop works with.
    func start(_ make: @escaping @Sendable () throws -> Workplace) async throws {
        try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
            Thread(block: { [self] in
                do {
                    let workplace = try make()
                    started.resume()
                    run(workplace)
                } catch {
                    started.resume(throwing: error)
                }
            }).start(named: "station")
        }
    }

    /// Posts a letter; waits where too many wait already. After ``finish()`` letters are dropped.
    func post(_ letter: Letter) {
        if put(letter) {
            log.error("the station decides nothing: the disk keeps it waiting, most likely")
        }
    }

    /// Puts a letter into the mailbox; whether somebody has to be told that nobody takes them out.
    private func put(_ letter: Letter) -> Bool {
        mailbox.lock()
        defer { mailbox.unlock() }
        while letters.count >= Self.maximumLetters && !isStopping { mailbox.wait() }
        guard !isStopping else { return false }
        letters.append(letter)
        mailbox.broadcast()
        let now = SystemClock.monotonic
        guard let since = waitingSince else {
            waitingSince = now
            return false
        }
        guard !isDelayTold, now.duration(since: since) > Self.longDelay else { return false }
        isDelayTold = true
        return true
    }

    /// Does work between two events, on the loop's thread; keep it short.
    func ask<Answer: Sendable>(_ work: @escaping @Sendable (Workplace) throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            mailbox.lock()
            defer { mailbox.unlock() }
            guard !isStopping else {
                continuation.resume(throwing: CancellationError())
                return
            }
            questions.append { workplace in
                // There is none where the loop ended before it came to this.
                continuation.resume(
                    with: Result {
                        guard let workplace else { throw CancellationError() }
                        return try work(workplace)
                    })
            }
            mailbox.broadcast()
        }
    }

    /// Waits until nobody is being served and no door is on its way, at most so long.
    func rest(atMost patience: Duration) async {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline, (try? await ask(\.conductor.isBusy)) == true {
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Ends the loop after what was posted so far; questions that wait are answered first. Returns when the journal is
    /// closed.
    func finish() async {
        await withCheckedContinuation { continuation in
            mailbox.lock()
            isStopping = true
            let isOver = isFinished
            if !isOver { finished.append { continuation.resume() } }
            mailbox.broadcast()
            mailbox.unlock()
            if isOver { continuation.resume() }
        }
    }

    // MARK: - On the loop's thread

    private func run(_ workplace: Workplace) {
        defer { over() }
        do {
            var announced: JournalHead?
            while let work = next(workplace) {
                let began = SystemClock.monotonic
                do {
                    for letter in work.letters { try handle(letter, workplace) }
                } catch {
                    // Who asked in this turn waits for an answer still, and the end of the process may wait for them.
                    for question in work.questions { question(nil) }
                    throw error
                }
                for question in work.questions { question(workplace) }
                // Who asked was told; that the process must end is not theirs to decide.
                if let failure = workplace.journal.writeFailure { throw failure }
                if work.letters.isEmpty { try workplace.conductor.take(.tick) }
                // Questions may have written entries too.
                if workplace.journal.head != announced {
                    announced = workplace.journal.head
                    onEntries(workplace.journal.head)
                }
                tellQuiet(workplace)
                onTurn()
                let lasted = SystemClock.monotonic.duration(since: began)
                if lasted > Self.longTurn {
                    log.warning(
                        "the station was held up, by a slow disk most likely; a memory card that does this often is dying",
                        metadata: ["seconds": "\(lasted.components.seconds)"])
                }
            }
            try workplace.conductor.record(.stationStopped)
            try workplace.journal.close()
        } catch let fault as JournalFault {
            giveUp(fault)
        } catch {
            giveUp(.failed("\(error)"))
        }
    }

    private func over() {
        mailbox.lock()
        isFinished = true
        isStopping = true
        let (waiting, unanswered) = (finished, questions)
        (finished, questions) = ([], [])
        mailbox.broadcast()
        mailbox.unlock()
        for resume in waiting { resume() }
        for question in unanswered { question(nil) }
    }

    private func giveUp(_ fault: JournalFault) {
        log.critical("the journal failed, the station ends", metadata: ["fault": "\(fault)"])
        onFault(fault)
    }

    private func handle(_ letter: Letter, _ workplace: Workplace) throws(JournalFault) {
        switch letter {
        case .line(let line): try workplace.conductor.take(line)
        case .event(let event): try workplace.conductor.take(event)
        case .inputEnded: try workplace.conductor.take(.inputEnded)
        }
        for error in workplace.conductor.takeUndecided() {
            log.error(
                "register or journal could not be asked; the request was refused", metadata: ["error": "\(error)"])
        }
    }

    /// What came, waiting until something comes or a deadline of the desk passes; `nil` at the end.
    private func next(_ workplace: Workplace) -> (letters: [Letter], questions: [@Sendable (Workplace?) -> Void])? {
        mailbox.lock()
        defer { mailbox.unlock() }
        while letters.isEmpty && questions.isEmpty && !isStopping {
            if let deadline = workplace.conductor.nextDeadline {
                let wait = deadline.duration(since: SystemClock.monotonic)
                guard wait > .zero, mailbox.wait(until: Date(timeIntervalSinceNow: wait / .seconds(1))) else { break }
            } else {
                mailbox.wait()
            }
        }
        if letters.isEmpty && questions.isEmpty && isStopping { return nil }
        defer {
            letters = []
            (waitingSince, isDelayTold) = (nil, false)
            questions = []
            mailbox.broadcast()
        }
        if letters.contains(where: { if case .inputEnded = $0 { true } else { false } }) { isInputEnded = true }
        return (letters, questions)
    }

    private func tellQuiet(_ workplace: Workplace) {
        mailbox.lock()
        let isQuiet = isInputEnded && letters.isEmpty && !workplace.conductor.isBusy
        mailbox.unlock()
        if isQuiet { quiet.reach() }
    }
}
