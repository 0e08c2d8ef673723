// The life of one run of the station. A death between two effects comes when so many effects are done: what the program
// would have done after that reaches nobody.

final class Lifeline {
    enum Death: Equatable { case killed, powerCut }

    private(set) var isAlive = true
    private(set) var death: Death?
    private var effectsLeft = Int.max

    /// Lets it die after so many more effects; at once with none.
    func die(after effects: Int, of death: Death) {
        guard isAlive else { return }
        self.death = death
        effectsLeft = effects
        if effects == 0 { isAlive = false }
    }

    /// Whether one more effect comes about.
    func spend() -> Bool {
        guard isAlive else { return false }
        if effectsLeft == 0 {
            isAlive = false
            return false
        }
        if effectsLeft != .max { effectsLeft -= 1 }
        return true
    }
}
