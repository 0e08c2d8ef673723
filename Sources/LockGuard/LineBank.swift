// All lines of a table with what each was last told: the shadow. A line that can't be used is remembered with the
// reason and tried again; the others go on.

import GuardProtocol

/// What a line of the table is for.
enum LineRole: Equatable {
    case coil(locker: Int)
    case lamp(place: Int, LampPart)
    case sensor(locker: Int)
    case watched(place: Int)
}

/// One of the three colours a lamp is mixed from.
enum LampPart { case red, green, blue }

/// What became of a line.
enum LineNews: Equatable {
    /// The line is ours; an output is off.
    case opened(LineRole)
    /// The line can't be used, or no longer; told once for each reason.
    case failed(LineRole, LineFailure)
}

/// The lines of a table, in the order in which they are opened: coils, lamps, sensors, whatever else is watched.
final class LineBank {
    private struct Slot {
        let role: LineRole
        let address: LineAddress
        /// How the line is read, where it is an input.
        var sensor: SensorLine?
        var output: (any OutputLine)?
        var input: (any InputLine)?
        /// What the output was last told.
        var isActive = false
        var failure: LineFailure?

        var isOpen: Bool { output != nil || input != nil }
    }

    private var slots: [Slot]
    private let table: LineTable
    private let adapter: any LineAdapter
    private let firstSensor: Int

    /// The lines of a table, none of them opened yet; `outputsOnly` leaves the sensors out.
    init(_ table: LineTable, on adapter: any LineAdapter, outputsOnly: Bool = false) {
        (self.table, self.adapter) = (table, adapter)
        slots = table.lockers.enumerated().map { Slot(role: .coil(locker: $0), address: $1.coil) }
        for (place, lamp) in table.lamps.enumerated() {
            for (part, address) in [(LampPart.red, lamp.red), (.green, lamp.green), (.blue, lamp.blue)] {
                guard let address else { continue }
                slots.append(Slot(role: .lamp(place: place, part), address: address))
            }
        }
        firstSensor = slots.count
        guard !outputsOnly else { return }
        for (locker, lines) in table.lockers.enumerated() {
            guard let sensor = lines.sensor else { continue }
            slots.append(Slot(role: .sensor(locker: locker), address: sensor.address, sensor: sensor))
        }
        for (place, watched) in table.watched.enumerated() {
            slots.append(Slot(role: .watched(place: place), address: watched.sensor.address, sensor: watched.sensor))
        }
    }

    /// Requests every line that isn't ours, outputs first and off, and says what became of it.
    func openMissing() -> [LineNews] {
        var news: [LineNews] = []
        for index in slots.indices where !slots[index].isOpen {
            let (role, address) = (slots[index].role, slots[index].address)
            do {
                if let sensor = slots[index].sensor {
                    slots[index].input = try adapter.input(sensor)
                } else {
                    slots[index].output = try adapter.output(address)
                }
                slots[index].failure = nil
                slots[index].isActive = false
                news.append(.opened(role))
            } catch {
                if slots[index].failure != error { news.append(.failed(role, error)) }
                slots[index].failure = error
            }
        }
        return news
    }

    /// Whether some line isn't ours.
    var hasMissing: Bool { slots.contains { !$0.isOpen } }

    /// Why a locker is out of service: its coil's failure, else its sensor's; `nil` where its lines work.
    func failure(ofLocker locker: Int) -> LineFailure? {
        if let failure = slots[locker].failure { return failure }
        return slots[firstSensor...].first { $0.role == .sensor(locker: locker) }?.failure
    }

    /// Switches a locker's coil. The coil must be open.
    func setCoil(_ locker: Int, _ active: Bool) throws(LineFailure) {
        guard let output = slots[locker].output else { preconditionFailure("coil \(locker) was switched while closed") }
        try output.set(active)
        slots[locker].isActive = active
    }

    /// Gives up a line that failed.
    func giveUp(_ role: LineRole, because failure: LineFailure) {
        guard let index = slots.firstIndex(where: { $0.role == role }) else { return }
        (slots[index].output, slots[index].input, slots[index].failure) = (nil, nil, failure)
    }

    /// Shows what the board says, switching only what differs from the shadow; the lamps' failures.
    func show(_ board: LampBoard, at instant: UInt64) -> [LineNews] {
        var news: [LineNews] = []
        for index in table.lockers.count..<firstSensor {
            guard case .lamp(let place, let part) = slots[index].role, let output = slots[index].output else {
                continue
            }
            let parts = board.parts(at: place, at: instant)
            let isLit =
                switch part {
                case .red: parts.red
                case .green: parts.green
                case .blue: parts.blue
                }
            guard slots[index].isActive != isLit else { continue }
            do {
                try output.set(isLit)
                slots[index].isActive = isLit
            } catch {
                giveUp(slots[index].role, because: error)
                news.append(.failed(slots[index].role, error))
            }
        }
        return news
    }

    /// The descriptor of an input that is ours; several may share one.
    func descriptor(of role: LineRole) -> Int32? { slots[firstSensor...].first { $0.role == role }?.input?.descriptor }

    /// The chip that a line is on.
    func chip(of role: LineRole) -> String? { slots.first { $0.role == role }?.address.chip }

    /// Reads every input behind a descriptor, or every one that is ours.
    func readInputs(
        behind descriptor: Int32? = nil, _ each: (LineRole, Result<InputReading, LineFailure>) -> Void
    ) {
        for index in firstSensor..<slots.count {
            guard let input = slots[index].input, descriptor == nil || input.descriptor == descriptor else { continue }
            do {
                each(slots[index].role, .success(try input.reading()))
            } catch {
                each(slots[index].role, .failure(error))
            }
        }
    }

    /// How people call a line: `locker drill, coil relays/K1`.
    func name(of role: LineRole) -> String {
        let address = slots.first { $0.role == role }?.address
        let line = address.map { "\($0.chip)/\($0.line)" } ?? ""
        return switch role {
        case .coil(let locker): "locker \(table.lockers[locker].name), coil \(line)"
        case .sensor(let locker): "locker \(table.lockers[locker].name), sensor \(line)"
        case .lamp(let place, _): "lamp \(table.lamps[place].name), \(line)"
        case .watched(let place): "watched line \(table.watched[place].name), \(line)"
        }
    }
}
