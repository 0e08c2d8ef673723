// The loop ends with the journal: nobody who waits for it may wait for ever.

import Dispatch
import Logging
import StationCore
import Synchronization
import TestSupport
import Testing

@testable import MilaStation

@Suite struct StationLoopTests {
    @Test func `who asks in the turn in which the journal fails gets an answer, and the loop ends`() async throws {
        let faulted = Mutex(0)
        let loop = StationLoop(
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onEntries: { _ in }, onTurn: {},
            onFault: { _ in faulted.withLock { $0 += 1 } })
        let bench = try JournalBench()
        try await loop.start {
            let station = try JournalStation(bench)
            return StationLoop.Workplace(conductor: station.conductor, journal: station.journal)
        }
        // The loop is kept while a letter that it can't write and many questions come in; it takes them in one turn.
        let count = 50
        let (isKept, asked) = (Milestone(), DispatchSemaphore(value: 0))
        let closed = Task {
            try await loop.ask { place in
                isKept.reach()
                for _ in 0..<count { asked.wait() }
                try place.journal.close()
            }
        }
        await isKept.reached()
        loop.post(.event(.guardJoined))
        let questions = (0..<count).map { _ in
            Task {
                asked.signal()
                return try await loop.ask { $0.journal.head }
            }
        }
        try await closed.value
        for question in questions {
            let answer = await question.result
            #expect(throws: CancellationError.self) { try answer.get() }
        }
        await loop.finish()
        #expect(faulted.withLock(\.self) == 1)
    }
}
