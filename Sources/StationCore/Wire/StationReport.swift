// What a station tells its pool of itself, for admins who can't reach it in its cellar: how far its journal has come, signed
// by its own key, and its status.

/// A station's last word about itself.
public struct StationReport: Equatable, Sendable {
    /// The most bytes that a report may have.
    public static let maximumBytes = 64 * 1024

    /// The encoded note over a ``Checkpoint``.
    public var checkpoint: String
    /// The status, as the station shows it to its own people.
    public var status: JSON

    /// A report.
    public init(checkpoint: String, status: JSON) {
        self.checkpoint = checkpoint
        self.status = status
    }

    /// The body in which it travels.
    public var body: [UInt8] { JSON.object(["checkpoint": .string(checkpoint), "status": status]).canonical }

    /// The report in a body, or `nil` where it is none.
    public init?(body: [UInt8]) {
        guard let object = (try? JSON(parsing: body))?.object, object.count == 2,
            let checkpoint = object["checkpoint"]?.string, let status = object["status"], status.object != nil
        else { return nil }
        self.init(checkpoint: checkpoint, status: status)
    }
}
