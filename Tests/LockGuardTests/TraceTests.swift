// The negative controls: made-up traces of a guard that broke a rule, each of which the checks must catch.

import Testing

@Suite("The checks of the trace")
struct TraceTests {
    /// A trace from lines of `milliseconds line value`.
    private func trace(_ text: String) -> Trace {
        var trace = Trace(Array(text.utf8))
        for index in trace.orders.indices { trace.orders[index].instant *= millisecond }
        return trace
    }

    private func findings(_ text: String, budget: Int = 1) -> [Trace.Finding] {
        trace(text).findings(caps: ["K1": 100, "K2": 100], rests: ["K1": 50], budget: budget, tolerance: 10)
    }

    @Test("a sound trace has no findings")
    func sound() {
        #expect(findings("0 K1 0\n10 K1 1\n120 K1 0\n120 K2 1\n121 L 1\n200 K2 0\n200 K1 1\n201 K1 0\n").isEmpty)
    }

    @Test("a coil on longer than its cap is found, also when it never goes off")
    func tooLong() {
        #expect(findings("10 K1 1\n121 K1 0\n") == [.tooLong("K1")])
        #expect(findings("10 K1 1\n") == [.tooLong("K1")])
        #expect(
            findings("10 K1 1\n60 K1 1\n121 K1 0\n") == [.tooLong("K1")], "an order to go on again starts nothing anew")
    }

    @Test("two coils at once are found where one is allowed")
    func tooMany() {
        let text = "10 K1 1\n20 K2 1\n30 K1 0\n30 K2 0\n"
        #expect(findings(text) == [.tooMany("K2")])
        #expect(findings(text, budget: 2).isEmpty)
    }

    @Test("a coil on again before its rest is over is found")
    func noRest() { #expect(findings("10 K1 1\n20 K1 0\n69 K1 1\n70 K1 0\n") == [.noRest("K1")]) }

    @Test("a start that switches something on before all is off, or forgets an output, is found")
    func start() {
        let outputs = ["K1", "K2", "L"]
        #expect(trace("0 K1 0\n1 K2 0\n2 L 0\n3 L 1\n").startFindings(from: 0, outputs: outputs).isEmpty)
        #expect(
            trace("0 K1 0\n1 L 0\n2 L 1\n3 K2 0\n").startFindings(from: 0, outputs: outputs) == [.onBeforeAllOff("L")])
        #expect(trace("0 K1 0\n1 L 0\n").startFindings(from: 0, outputs: outputs) == [.neverOff("K2")])
        #expect(trace("0 K1 0\n1 K2 0\n2 L 0\n3 K1 0\n").startFindings(from: 3, outputs: outputs).count == 2)
    }

    @Test("a line of the trace that was torn is left out")
    func torn() { #expect(trace("0 K1 0\n1 K1 2\n2 K1\nx K1 1\n3 K1 1").orders.count == 2) }
}
