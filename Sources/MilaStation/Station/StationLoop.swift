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

    private let mailbox = NSCondition()
    private var letters: [Letter] = []
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
        mailbox.lock()
        defer { mailbox.unlock() }
        while letters.count >= Self.maximumLetters && !isStopping { mailbox.wait() }
        guard !isStopping else { return }
        letters.append(letter)
        mailbox.broadcast()
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
                for letter in work.letters { try handle(letter, workplace) }
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
