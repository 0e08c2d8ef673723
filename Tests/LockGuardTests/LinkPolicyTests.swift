// Whom the guard obeys and for how long: every state with every kind of packet, and silence.

import GuardProtocol
import Testing

@testable import LockGuard

private let second: UInt64 = 1_000_000_000
private let table = TableDigest(of: "ours")

private func link(_ state: State = .alone) -> LinkPolicy {
    var link = LinkPolicy(table: table, ownUser: 100, clientUser: 200)
    if state != .alone { _ = link.connected(user: 0, at: 0) }
    if state == .serving { _ = link.received(StationMessage.hello(table: table).frame, at: 0) }
    return link
}

private enum State: CaseIterable { case alone, greeting, serving }

@Suite("The link to the station")
struct LinkPolicyTests {
    @Test(
        "the guard's own user, root and the client's user are admitted, nobody else",
        arguments: [0, 100, 200, 201, .max])
    func users(_ user: UInt32) {
        var link = link()
        #expect(link.connected(user: user, at: 0) == ([0, 100, 200].contains(user) ? nil : .stranger))
    }

    @Test("without a client's user only the guard's own and root are admitted")
    func noClientUser() {
        var link = LinkPolicy(table: table, ownUser: 100, clientUser: nil)
        #expect(link.connected(user: 200, at: 0) == .stranger)
        #expect(link.connected(user: 100, at: 0) == nil)
    }

    @Test("one station at a time: the second is told so, a stranger isn't told that much")
    func oneAtATime() {
        for state in [State.greeting, .serving] {
            var link = link(state)
            #expect(link.connected(user: 0, at: 1) == .occupied)
            #expect(link.connected(user: 7, at: 1) == .stranger)
        }
    }

    /// What each packet leads to before and after the welcome.
    private static let orders: [(packet: StationMessage?, greeting: LinkPolicy.Order, serving: LinkPolicy.Order)] = {
        let request = OpenRequest(number: 1, locker: 0, pulseMilliseconds: 1, issuedAt: 0)
        let signal = LampSignal(.green, .steady)
        let no = LinkPolicy.Order.turnAway(.protocolMismatch)
        return [
            (.hello(table: table), .welcome, no),
            (.hello(table: TableDigest(of: "other")), .turnAway(.otherTable), no),
            (.open(request), no, .open(request)),
            (.lamp(place: 3, signal), no, .lamp(place: 3, signal)),
            (.heartbeat(count: 1), no, .nothing),
            (nil, no, no),
        ]
    }()

    @Test("every packet in every state leads to one order", arguments: orders.indices)
    func packets(_ index: Int) {
        let (packet, greeting, serving) = LinkPolicyTests.orders[index]
        var young = link(.greeting)
        #expect(young.received(packet?.frame, at: 1) == greeting)
        var old = link(.serving)
        #expect(old.received(packet?.frame, at: 1) == serving)
    }

    @Test("a guard's own message sent back is no message of a station")
    func reflected() {
        var link = link(.serving)
        #expect(link.received(GuardMessage.heartbeat(count: 1).frame, at: 1) == .turnAway(.protocolMismatch))
    }

    @Test("a heartbeat goes out every second, counted from one after each welcome")
    func heartbeats() {
        var link = link(.serving)
        #expect(link.deadline == second)
        #expect(link.due(at: second - 1) == nil)
        #expect(link.due(at: second) == .heartbeat(count: 1))
        #expect(link.due(at: second) == nil)
        #expect(link.deadline == 2 * second)
        link.disconnected()
        #expect(link.deadline == nil)
        _ = link.connected(user: 0, at: 5 * second)
        _ = link.received(StationMessage.hello(table: table).frame, at: 5 * second)
        #expect(link.due(at: 6 * second) == .heartbeat(count: 1))
    }

    @Test("three seconds of silence are the end, before the hello and after it; every frame puts it off")
    func silence() {
        var young = link(.greeting)
        #expect(young.due(at: 3 * second - 1) == nil)
        #expect(young.due(at: 3 * second) == .lost)
        for message in stationMessages.filter({ if case .hello = $0 { false } else { true } }) {
            var link = link(.serving)
            _ = link.received(message.frame, at: 2 * second)
            for now in [1, 2, 3, 4] { #expect(link.due(at: UInt64(now) * second) == .heartbeat(count: UInt64(now))) }
            #expect(link.due(at: 5 * second) == .lost)
        }
    }
}
