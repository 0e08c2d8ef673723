// The two errands besides guarding: switching everything off after a guard that died, and looking at the lines
// without touching them.

import GuardProtocol

/// Switches every output of a table off. The exit code: a fault where one could not be switched off.
func switchOutputsOff(_ table: LineTable, on adapter: any LineAdapter, _ log: inout Log) -> Int32 {
    let bank = LineBank(table, on: adapter, outputsOnly: true)
    // Requesting an output switches it off; the bank needs to do no more.
    for case .failed(let role, let failure) in bank.openMissing() { log.error("\(bank.name(of: role)): \(failure)") }
    return bank.hasMissing ? ExitCode.fault : ExitCode.fine
}

/// Says of each line, one to a line of text, whether it is there, who holds it, and its level where that can be read
/// without moving it: `ok|fault ROLE NAME CHIP/LINE WORDS`. An input that is free is requested for the moment in which it is
/// read. The exit code: a negative finding where a line is at fault.
func probe(_ table: LineTable, on adapter: any LineAdapter, _ say: (String) -> Void) -> Int32 {
    var isFine = true
    func inspect(_ role: String, _ name: String, _ address: LineAddress?, _ sensor: SensorLine? = nil) {
        guard let address = address ?? sensor?.address else { return }
        let line = "\(role) \(name) \(address.chip)/\(address.line)"
        do {
            let found = try adapter.inspect(address, as: sensor == nil ? .output : .input)
            var active = found.active
            if let sensor, active == nil, found.holder == nil { active = try adapter.input(sensor).reading().active }
            let level = active.map { $0 ? ", active" : ", inactive" } ?? ""
            guard let holder = found.holder, holder != "mila-lock-guard" else {
                return say("ok \(line) \(found.holder == nil ? "free" : "held by this station's guard")\(level)")
            }
            isFine = false
            say("fault \(line) held by \(holder)\(level)")
        } catch {
            isFine = false
            say("fault \(line) \(error)")
        }
    }
    for locker in table.lockers {
        inspect("coil", locker.name, locker.coil)
        inspect("sensor", locker.name, nil, locker.sensor)
    }
    for lamp in table.lamps {
        inspect("lamp-red", lamp.name, lamp.red)
        inspect("lamp-green", lamp.name, lamp.green)
        inspect("lamp-blue", lamp.name, lamp.blue)
    }
    for watched in table.watched { inspect("watched", watched.name, nil, watched.sensor) }
    return isFine ? ExitCode.fine : ExitCode.negativeFinding
}
