// The trace of a simulated house, and what it must never show. The checks look at nothing but the orders to the lines,
// so they judge the guard from outside.

@testable import LockGuard

/// The orders that outputs got, in their order.
struct Trace: Equatable {
    struct Order: Equatable {
        var instant: UInt64
        var line: String
        var active: Bool
    }

    /// What a trace must not show.
    enum Finding: Equatable {
        /// A coil was on longer than its cap (and the tolerance), or was never switched off.
        case tooLong(String)
        /// More coils were on than the power budget allows.
        case tooMany(String)
        /// A coil was on again before its rest was over.
        case noRest(String)
        /// An output was switched on before every output was off.
        case onBeforeAllOff(String)
        /// An output was never switched off at the start.
        case neverOff(String)
    }

    var orders: [Order]

    init(_ orders: [Order]) { self.orders = orders }

    /// A trace from its file; a line that is none is left out.
    init(_ bytes: [UInt8]) {
        orders = bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard words.count == 3, let instant = UInt64(words[0]), words[2] == "0" || words[2] == "1" else {
                return nil
            }
            return Order(instant: instant, line: String(words[1]), active: words[2] == "1")
        }
    }

    /// The orders to one line.
    func orders(to line: String) -> [Order] { orders.filter { $0.line == line } }

    /// What is wrong with how coils were driven: caps and rests in milliseconds by line.
    func findings(caps: [String: UInt64], rests: [String: UInt64] = [:], budget: Int, tolerance: UInt64) -> [Finding] {
        var findings: [Finding] = []
        var on: [String: UInt64] = [:]
        var off: [String: UInt64] = [:]
        for order in orders {
            guard let cap = caps[order.line] else { continue }
            if order.active {
                if let last = off[order.line], order.instant < last + (rests[order.line] ?? 0) * 1_000_000 {
                    findings.append(.noRest(order.line))
                }
                on[order.line] = on[order.line] ?? order.instant
                if on.count > budget { findings.append(.tooMany(order.line)) }
            } else if let since = on.removeValue(forKey: order.line) {
                off[order.line] = order.instant
                if order.instant - since > (cap + tolerance) * 1_000_000 { findings.append(.tooLong(order.line)) }
            }
        }
        return findings + on.keys.sorted().map { .tooLong($0) }
    }

    /// What is wrong with a start whose first order is at an index: all outputs are to be off before one is on.
    func startFindings(from start: Int, outputs: [String]) -> [Finding] {
        var waiting = Set(outputs)
        for order in orders.dropFirst(start) {
            if order.active { return waiting.isEmpty ? [] : [.onBeforeAllOff(order.line)] }
            waiting.remove(order.line)
        }
        return outputs.filter { waiting.contains($0) }.map { .neverOff($0) }
    }
}
