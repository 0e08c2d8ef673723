// Follows an opening that was ordered until its end, from another process.

internal import StationCore

/// Asks a station how an opening goes, until it is over.
struct OpeningWatch {
    /// How often it asks.
    static let interval: Duration = .milliseconds(100)

    private let number: EntryNumber
    private let client: ControlClient

    /// The opening that the entry of this number ordered.
    init(_ number: EntryNumber, _ client: ControlClient) {
        self.number = number
        self.client = client
    }

    /// Its last report; every new state on the way is told. The station ends each opening by its own deadlines.
    func end(_ told: (OpeningReport) throws -> Void) async throws -> OpeningReport {
        var last: OpeningReport?
        while true {
            let report = try await client.opening(number)
            if report.end != nil { return report }
            if report != last { try told(report) }
            last = report
            try await Task.sleep(for: Self.interval)
        }
    }
}

extension OpeningReport {
    /// How it went, as a person reads it.
    var sentence: String {
        switch end {
        case .completed(let opened?, let latched?, .sensed):
            "opened after \(seconds(from: begun, to: opened)), shut after another \(seconds(from: opened, to: latched))."
        case .completed(_, _, .sensed): "opened."
        case .completed(_, _, .assumed): "its coil was energised; it has no sensor that says more."
        case .failed(.didNotOpen): "its sensor saw no opening."
        case .failed(.refusedByGuard): "the lock guard refused; its log says why."
        case .failed(.guardLost): "the lock guard went away before it was asked."
        case .failed(.leftOpen): "it opened, and its sensor did not see it shut in time."
        case .failed(.cancelled): "cancelled."
        case .unknown: "nobody knows what the door did; look at the logs of station and guard."
        case nil: "it goes on."
        }
    }

    private func seconds(from start: WallTime, to end: WallTime) -> String {
        let tenths = max(0, end.milliseconds - start.milliseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
