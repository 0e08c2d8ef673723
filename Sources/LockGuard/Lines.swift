// The seam to the hardware: find and open a line, then work with the handle. The kernel's chips and the simulated
// lines stand behind it and pass one contract suite.

import Glibc
import GuardProtocol

/// Where the lines of a table are found.
protocol LineAdapter: AnyObject {
    /// Requests an output; it is inactive from the moment it is ours. No one else gets it until the handle is let go.
    func output(_ address: LineAddress) throws(LineFailure) -> any OutputLine
    /// Requests an input; changes of its level make its descriptor readable.
    func input(_ sensor: SensorLine) throws(LineFailure) -> any InputLine
    /// Whether inputs leave out what is shorter than their debounce time; elsewhere that is the reader's business.
    var debounces: Bool { get }
    /// Says what can be known of a line without requesting or moving it.
    func inspect(_ address: LineAddress, as direction: LineDirection) throws(LineFailure) -> LineInspection
}

/// What a line is used as.
enum LineDirection { case output, input }

/// An output that is ours. Letting go of it gives it back as it stands: switch it off first.
protocol OutputLine: AnyObject {
    /// Makes the line active or inactive.
    func set(_ active: Bool) throws(LineFailure)
}

/// An input that is ours.
protocol InputLine: AnyObject {
    /// Readable when the level may have changed since the last reading. Several lines may share one.
    var descriptor: Int32 { get }
    /// Takes the unread changes, then reads the level.
    func reading() throws(LineFailure) -> InputReading
}

/// The level of an input and since when it is likely to be so.
struct InputReading: Equatable {
    var active: Bool
    /// The time of the last edge; the time of the reading where there was none. CLOCK_BOOTTIME nanoseconds.
    var instant: UInt64
    /// How many changes were taken, as far as the kernel kept them; 0 where it was read for another reason.
    var edges: Int
}

/// What is known of a line that was not requested.
struct LineInspection: Equatable {
    /// Who holds the line; `nil` where it is free.
    var holder: String?
    /// Whether the line is active; `nil` where that can't be read without requesting it.
    var active: Bool?
}

/// Why a line can't be used: which operation failed, and the system's own code.
struct LineFailure: Error, Equatable {
    var operation: StaticString
    /// An `errno`.
    var code: Int32
    /// Who holds the line, as they call themselves, where that is what is wrong.
    var holder: String?

    static func == (one: LineFailure, other: LineFailure) -> Bool {
        one.code == other.code && one.operation.description == other.operation.description
            && one.holder == other.holder
    }
}

extension LineFailure: CustomStringConvertible {
    /// What the station is told of it.
    var fault: GuardMessage.LineFault {
        switch code {
        case ENOENT, ENODEV, ENXIO, ENOTUNIQ: .missing
        case EBUSY: .held
        default: .failed
        }
    }

    /// Whether an order failed before it came to a driver: the kernel has no such device any more.
    var reachedNothing: Bool { code == ENODEV }

    var description: String {
        // The system's own words for these two are about files and networks.
        let reason =
            switch code {
            case ENOENT: "there is none of that name"
            case ENOTUNIQ: "there are several of that name"
            default: SystemError.text(of: code)
            }
        return "\(operation) failed: \(holder.map { "held by \($0)" } ?? reason)"
    }
}
