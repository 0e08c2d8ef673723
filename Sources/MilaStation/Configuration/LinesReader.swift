// Reads what `station.yaml` says about the guard and its lines: supplies, lockers, lamps, emergency stops.

internal import Groundwork
internal import GuardProtocol
internal import StationCore

extension ConfigurationReader {
    typealias GuardSection = (socket: String, table: String, backend: LineTable.Backend, supplies: [Supply])

    func guardSection(_ map: YAMLMapping) -> GuardSection? {
        let socket = map.required("socket").flatMap(path)
        let table = map.required("table").flatMap(path)
        let backend =
            map.optional("backend").map { $0.read("gpiod or simulated", LineTable.Backend.init(rawValue:)) } ?? .gpiod
        let coils = map.optional("coils").map { $0.integer(1...16) } ?? 1
        let others = map.optional("supplies").map(supplies) ?? []
        map.finish(known: ["socket", "table", "backend", "coils", "supplies"])
        guard let socket, let table, let backend, let coils, let others else { return nil }
        return (socket, table, backend, [Supply(maximumCoils: UInt32(coils))] + others)
    }

    private func supplies(_ value: YAMLValue) -> [Supply]? {
        let supplies = value.list()?.map { entry -> Supply? in
            guard let map = entry.mapping() else { return nil }
            let name = map.required("id").flatMap(name)
            let coils = map.required("coils")?.integer(1...16)
            map.finish(known: ["id", "coils"])
            guard let name, let coils else { return nil }
            return Supply(name: name, maximumCoils: UInt32(coils))
        }
        guard let supplies, !supplies.contains(where: { $0 == nil }) else { return nil }
        return supplies.compactMap(\.self)
    }

    /// What something is called that only the guard's table names.
    private func name(_ value: YAMLValue) -> String? {
        value.read("an identifier of letters, digits, '.', '_' and '-'") { LockerID($0)?.text }
    }

    struct LockerSection {
        var id: LockerID
        var door: DeskSetup.Door
        var lines: LockerLines
        var lamp: LampLines?
    }

    func lockers(_ value: YAMLValue?, simulated: Bool) -> [LockerSection]? {
        guard let entries = value?.list() else { return nil }
        var seen: [LockerID: Int] = [:]
        let lockers = entries.map { entry -> LockerSection? in
            guard let map = entry.mapping(), let locker = locker(map, simulated: simulated) else { return nil }
            if let line = seen.updateValue(entry.line ?? 0, forKey: locker.id) {
                entry.note("locker \(locker.id) is there twice, first in line \(line)", remedy: "Rename one of them.")
            }
            return locker
        }
        return lockers.contains { $0 == nil } ? nil : lockers.compactMap(\.self)
    }

    private func locker(_ map: YAMLMapping, simulated: Bool) -> LockerSection? {
        let id = map.required("id")?.read("an identifier of letters, digits, '.', '_' and '-'", LockerID.init)
        let coil = map.required("coil").flatMap { address($0, .coil) }
        let opener = map.optional("opener").map { $0.read("pulse or hold", Opener.init(rawValue:)) } ?? .pulse
        let supply = map.optional("supply").map(name) ?? Supply.main
        let pulse = map.required("pulse").flatMap { duration($0, 10...10_000) }
        let caps = (opener ?? .hold).caps
        let cap = map.required("cap").flatMap { duration($0, Int(caps.lowerBound)...Int(caps.upperBound)) }
        let rest = map.optional("rest").map { duration($0, 0...60_000) } ?? .zero
        let repeats = map.optional("second-pulse").map { $0.flag() } ?? false
        let sensorValue = map.optional("sensor")
        let sensor = sensorValue.flatMap(sensor)
        let lampLines = map.optional("lamp").flatMap { lamp($0, name: id?.text ?? "unnamed") }
        let door = map.optional("simulated-door").flatMap {
            simulatedDoor($0, allowed: simulated && sensorValue != nil)
        }
        map.finish(known: [
            "id", "coil", "opener", "supply", "pulse", "cap", "rest", "second-pulse", "sensor", "lamp",
            "simulated-door",
        ])
        guard let id, let coil, let opener, let supply, let pulse, let cap, let rest, let repeats,
            sensorValue == nil || sensor != nil
        else { return nil }
        guard pulse <= cap else {
            map.value.note("the pulse of locker \(id) is longer than its cap", remedy: "Shorten the pulse.")
            return nil
        }
        if repeats, sensor == nil || opener == .hold {
            map.value.note(
                "a second pulse of locker \(id) needs a sensor that says that the door stayed shut, and no hold",
                remedy: "Remove 'second-pulse'.")
            return nil
        }
        let lines = LockerLines(
            name: id.text, coil: coil, opener: opener, supply: supply, capMilliseconds: cap.wholeMilliseconds,
            restMilliseconds: rest.wholeMilliseconds, sensor: sensor, simulatedDoor: door)
        let setup = DeskSetup.Door(
            pulse: pulse, hasSensor: sensor != nil, repeatsPulse: repeats, longestHold: opener == .hold ? cap : nil)
        return LockerSection(id: id, door: setup, lines: lines, lamp: lampLines)
    }

    private func simulatedDoor(_ value: YAMLValue, allowed: Bool) -> SimulatedDoor? {
        guard allowed else {
            value.note(
                "a simulated door needs 'backend: simulated' and a sensor",
                remedy: "Remove it where the doors are real.")
            return nil
        }
        guard let map = value.mapping() else { return nil }
        let opens = map.required("opens").flatMap { duration($0, 1...600_000) }
        let latches = map.required("latches").flatMap { duration($0, 1...600_000) }
        map.finish(known: ["opens", "latches"])
        guard let opens, let latches else { return nil }
        return SimulatedDoor(
            opensAfterMilliseconds: opens.wholeMilliseconds, latchesAfterMilliseconds: latches.wholeMilliseconds)
    }

    func lamp(_ value: YAMLValue, name: String) -> LampLines? {
        guard let map = value.mapping() else { return nil }
        let lines = ["red", "green", "blue"].map { map.optional($0).flatMap { address($0, .lamp) } }
        map.finish(known: ["red", "green", "blue"])
        return LampLines(name: name, red: lines[0], green: lines[1], blue: lines[2])
    }

    /// The emergency stops that are sensed: each is called by its identifier.
    func emergencyStops(_ value: YAMLValue?) -> [WatchedLine]? {
        guard let value else { return [] }
        let stops = value.list()?.map { entry -> WatchedLine? in
            guard let map = entry.mapping() else { return nil }
            let name = map.required("id").flatMap(name)
            let sensor = map.required("sensor").flatMap(sensor)
            map.finish(known: ["id", "sensor"])
            guard let name, let sensor else { return nil }
            return WatchedLine(name: name, sensor: sensor)
        }
        guard let stops, !stops.contains(where: { $0 == nil }) else { return nil }
        return stops.compactMap(\.self)
    }

    // MARK: - Lines

    private func address(_ value: YAMLValue, _ use: Board.Use) -> LineAddress? {
        guard let map = value.mapping(), let address = address(map, use) else { return nil }
        map.finish(known: ["chip", "line", "pin", "active"])
        return address
    }

    /// A line by chip and name, or by the number of its pin on the board's header.
    private func address(_ map: YAMLMapping, _ use: Board.Use) -> LineAddress? {
        let place: (chip: String, line: String)?
        if let value = map.optional("pin") {
            place = pin(value)
        } else {
            let chip = map.required("chip")?.text()
            let line = map.required("line")?.text()
            place = chip.flatMap { chip in line.map { (chip, $0) } }
        }
        let activeLow =
            map.optional("active").map {
                $0.read("high or low") { $0 == "low" ? true : $0 == "high" ? false : nil }
            } ?? false
        guard let place, let activeLow else { return nil }
        let address = LineAddress(chip: place.chip, line: place.line, activeLow: activeLow)
        if let objection = board?.objection(to: address, as: use) {
            map.value.note(objection, remedy: "Take another pin; hardware/README.md says which are good for what.")
        }
        return address
    }

    private func pin(_ value: YAMLValue) -> (chip: String, line: String)? {
        guard let board else {
            value.note(
                "a pin needs to be known of which board", remedy: "Name it with 'board', or write chip and line.")
            return nil
        }
        let found = value.read("a pin of the header of \(board.name)") { text in board.pins.first { $0.pin == text } }
        return found.map { ($0.chip, $0.line) }
    }

    /// How long a contact that people move has to stand still before it is believed, where nothing else is said.
    private static let usualDebounce = Duration.milliseconds(20)

    private func sensor(_ value: YAMLValue) -> SensorLine? {
        guard let map = value.mapping() else { return nil }
        let address = address(map, .sensor)
        let bias =
            map.optional("bias").map {
                $0.read("as-is, disabled, pull-up or pull-down", SensorLine.Bias.init(rawValue:))
            } ?? .asIs
        let debounce = map.optional("debounce").map { duration($0, 0...1_000) } ?? Self.usualDebounce
        map.finish(known: ["chip", "line", "pin", "active", "bias", "debounce"])
        guard let address, let bias, let debounce else { return nil }
        return SensorLine(address, bias: bias, debounceMilliseconds: debounce.wholeMilliseconds)
    }
}
