// What every event leads to in every stage of the desk: the kinds of entries, the lockers to OPEN, the ‘messages’, and
// after the arrow the state the desk is in then. Read it with the transitions above `Opening` at hand.

extension DeskTable {
    /// The desk as it ought to be.
    static let expected = DeskTable(
        """
        unguarded
            scanned: refused ‘refused-guard-absent’ → idle unguarded
            inputEnded: → idle unguarded
            tickEarly: → idle unguarded
            tickDue: → idle unguarded
            guardJoined: guard-joined ‘station-ready’ → idle
            guardLost: → idle unguarded
            accepted: → idle unguarded
            refusedLater: → idle unguarded
            refusedForGood: → idle unguarded
            releasedComplete: → idle unguarded
            releasedCutShort: → idle unguarded
            doorOpened: door-opened-unasked → idle unguarded stands-open-4 in-doubt-4
            doorLatched: → idle unguarded
            lockerFault: locker-out-of-service → idle unguarded faulty-4
            lockerWorks: → idle unguarded
            foundEmpty: content-checked → idle unguarded
            foundHolding: content-checked → idle unguarded
            foundUnclear: content-checked → idle unguarded in-doubt-4
            openingOrdered: refused → idle unguarded
            suspensionOrdered: service-suspended → idle unguarded suspended-4
            resumptionOrdered: service-resumed → idle unguarded
            sensorUnsteady: sensor-distrusted → idle unguarded distrusted-4
            sensorSteady: → idle unguarded
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → idle unguarded stopped
            stopReleased: → idle unguarded
        ready
            scanned: ‘item-available’ → idle
            inputEnded: → idle
            tickEarly: → idle
            tickDue: → idle
            guardJoined: → idle
            guardLost: guard-lost ‘station-out-of-order’ → idle unguarded
            accepted: → idle
            refusedLater: → idle
            refusedForGood: → idle
            releasedComplete: → idle
            releasedCutShort: → idle
            doorOpened: door-opened-unasked → idle stands-open-4 in-doubt-4
            doorLatched: → idle
            lockerFault: locker-out-of-service → idle faulty-4
            lockerWorks: → idle
            foundEmpty: content-checked → idle
            foundHolding: content-checked → idle
            foundUnclear: content-checked → idle in-doubt-4
            openingOrdered: service-begun OPEN 4 → idle requested-4
            suspensionOrdered: service-suspended → idle suspended-4
            resumptionOrdered: service-resumed → idle
            sensorUnsteady: sensor-distrusted → idle distrusted-4
            sensorSteady: → idle
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → idle stopped
            stopReleased: → idle
        serving
            scanned: checkout-begun OPEN 4 → serving requested-4
            inputEnded: ‘session-ended’ → idle
            tickEarly: → serving
            tickDue: ‘session-timed-out’ → idle
            guardJoined: → serving
            guardLost: guard-lost ‘station-out-of-order’ → serving unguarded
            accepted: → serving
            refusedLater: → serving
            refusedForGood: → serving
            releasedComplete: → serving
            releasedCutShort: → serving
            doorOpened: door-opened-unasked → serving stands-open-4 in-doubt-4
            doorLatched: → serving
            lockerFault: locker-out-of-service → serving faulty-4
            lockerWorks: → serving
            foundEmpty: content-checked → serving
            foundHolding: content-checked → serving
            foundUnclear: content-checked → serving in-doubt-4
            openingOrdered: service-begun OPEN 4 → serving requested-4
            suspensionOrdered: service-suspended → serving suspended-4
            resumptionOrdered: service-resumed → serving
            sensorUnsteady: sensor-distrusted → serving distrusted-4
            sensorSteady: → serving
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving stopped
            stopReleased: → serving
        queued
            scanned: ‘already-yours’ → serving queued-4
            inputEnded: ‘session-ended’ → idle queued-4
            tickEarly: → serving queued-4
            tickDue: OPEN 4 → serving requested-4
            guardJoined: → serving queued-4
            guardLost: guard-lost checkout-failed ‘did-not-open’ ‘station-out-of-order’ → serving unguarded
            accepted: → serving queued-4
            refusedLater: → serving queued-4
            refusedForGood: → serving queued-4
            releasedComplete: → serving queued-4
            releasedCutShort: → serving queued-4
            doorOpened: door-opened-unasked outcome-unknown ‘outcome-unknown-taken’ → serving stands-open-4 in-doubt-4
            doorLatched: → serving queued-4
            lockerFault: locker-out-of-service → serving queued-4 faulty-4
            lockerWorks: → serving queued-4
            foundEmpty: content-checked → serving queued-4
            foundHolding: content-checked → serving queued-4
            foundUnclear: content-checked → serving queued-4 in-doubt-4
            openingOrdered: refused → serving queued-4
            suspensionOrdered: service-suspended → serving queued-4 suspended-4
            resumptionOrdered: service-resumed → serving queued-4
            sensorUnsteady: sensor-distrusted → serving queued-4 distrusted-4
            sensorSteady: → serving queued-4
            stopPressed: emergency-stop-pressed checkout-failed ‘did-not-open’ ‘emergency-stopped’ → serving stopped
            stopReleased: → serving queued-4
        requested
            scanned: ‘already-yours’ → serving requested-4
            inputEnded: ‘session-ended’ → idle requested-4
            tickEarly: → serving requested-4
            tickDue: outcome-unknown ‘outcome-unknown-taken’ → serving in-doubt-4
            guardJoined: → serving requested-4
            guardLost: guard-lost outcome-unknown ‘outcome-unknown-taken’ ‘station-out-of-order’ → serving unguarded in-doubt-4
            accepted: ‘locker-opens’ → serving pulsing-4
            refusedLater: → serving queued-4
            refusedForGood: checkout-failed ‘did-not-open’ → serving
            releasedComplete: → serving released-4
            releasedCutShort: → serving released-4
            doorOpened: door-opened-unasked outcome-unknown ‘outcome-unknown-taken’ → serving stands-open-4 in-doubt-4
            doorLatched: → serving requested-4
            lockerFault: locker-out-of-service → serving requested-4 faulty-4
            lockerWorks: → serving requested-4
            foundEmpty: content-checked → serving requested-4
            foundHolding: content-checked → serving requested-4
            foundUnclear: content-checked → serving requested-4 in-doubt-4
            openingOrdered: refused → serving requested-4
            suspensionOrdered: service-suspended → serving requested-4 suspended-4
            resumptionOrdered: service-resumed → serving requested-4
            sensorUnsteady: sensor-distrusted → serving requested-4 distrusted-4
            sensorSteady: → serving requested-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving requested-4 stopped
            stopReleased: → serving requested-4
        pulsing
            scanned: ‘already-yours’ → serving pulsing-4
            inputEnded: ‘session-ended’ → idle pulsing-4
            tickEarly: → serving pulsing-4
            tickDue: outcome-unknown ‘outcome-unknown-taken’ → serving in-doubt-4
            guardJoined: → serving pulsing-4
            guardLost: guard-lost outcome-unknown ‘outcome-unknown-taken’ ‘station-out-of-order’ → serving unguarded in-doubt-4
            accepted: → serving pulsing-4
            refusedLater: → serving pulsing-4
            refusedForGood: → serving pulsing-4
            releasedComplete: → serving released-4
            releasedCutShort: → serving released-4
            doorOpened: → serving ajar-4
            doorLatched: → serving pulsing-4
            lockerFault: locker-out-of-service → serving pulsing-4 faulty-4
            lockerWorks: → serving pulsing-4
            foundEmpty: content-checked → serving pulsing-4
            foundHolding: content-checked → serving pulsing-4
            foundUnclear: content-checked → serving pulsing-4 in-doubt-4
            openingOrdered: refused → serving pulsing-4
            suspensionOrdered: service-suspended → serving pulsing-4 suspended-4
            resumptionOrdered: service-resumed → serving pulsing-4
            sensorUnsteady: sensor-distrusted → serving pulsing-4 distrusted-4
            sensorSteady: → serving pulsing-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving pulsing-4 stopped
            stopReleased: → serving pulsing-4
        pulsingUnsensed
            scanned: ‘already-yours’ → serving pulsing-6
            inputEnded: ‘session-ended’ → idle pulsing-6
            tickEarly: → serving pulsing-6
            tickDue: outcome-unknown ‘outcome-unknown-taken’ → serving in-doubt-6
            guardJoined: → serving pulsing-6
            guardLost: guard-lost outcome-unknown ‘outcome-unknown-taken’ ‘station-out-of-order’ → serving unguarded in-doubt-6
            accepted: → serving pulsing-6
            refusedLater: → serving pulsing-6
            refusedForGood: → serving pulsing-6
            releasedComplete: checkout-completed ‘taken’ → serving
            releasedCutShort: outcome-unknown ‘outcome-unknown-taken’ → serving in-doubt-6
            doorOpened: → serving ajar-6
            doorLatched: → serving pulsing-6
            lockerFault: locker-out-of-service → serving pulsing-6 faulty-6
            lockerWorks: → serving pulsing-6
            foundEmpty: content-checked → serving pulsing-6
            foundHolding: content-checked → serving pulsing-6
            foundUnclear: content-checked → serving pulsing-6 in-doubt-6
            openingOrdered: refused → serving pulsing-6
            suspensionOrdered: service-suspended → serving pulsing-6 suspended-6
            resumptionOrdered: service-resumed → serving pulsing-6
            sensorUnsteady: sensor-distrusted → serving pulsing-6 distrusted-6
            sensorSteady: → serving pulsing-6
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving pulsing-6 stopped
            stopReleased: → serving pulsing-6
        released
            scanned: ‘already-yours’ → serving released-4
            inputEnded: ‘session-ended’ → idle released-4
            tickEarly: → serving released-4
            tickDue: checkout-failed ‘did-not-open’ → serving in-doubt-4
            guardJoined: → serving released-4
            guardLost: guard-lost ‘station-out-of-order’ → serving released-4 unguarded
            accepted: → serving released-4
            refusedLater: → serving released-4
            refusedForGood: → serving released-4
            releasedComplete: → serving released-4
            releasedCutShort: → serving released-4
            doorOpened: → serving ajar-4
            doorLatched: → serving released-4
            lockerFault: locker-out-of-service → serving released-4 faulty-4
            lockerWorks: → serving released-4
            foundEmpty: content-checked → serving released-4
            foundHolding: content-checked → serving released-4
            foundUnclear: content-checked → serving released-4 in-doubt-4
            openingOrdered: refused → serving released-4
            suspensionOrdered: service-suspended → serving released-4 suspended-4
            resumptionOrdered: service-resumed → serving released-4
            sensorUnsteady: sensor-distrusted outcome-unknown ‘outcome-unknown-taken’ → serving distrusted-4 in-doubt-4
            sensorSteady: → serving released-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving released-4 stopped
            stopReleased: → serving released-4
        ajar
            scanned: ‘already-yours’ → serving ajar-4
            inputEnded: ‘session-ended’ → idle ajar-4
            tickEarly: → serving ajar-4
            tickDue: ‘please-shut’ → serving reminded-4
            guardJoined: → serving ajar-4
            guardLost: guard-lost ‘station-out-of-order’ → serving ajar-4 unguarded
            accepted: → serving ajar-4
            refusedLater: → serving ajar-4
            refusedForGood: → serving ajar-4
            releasedComplete: → serving ajar-4
            releasedCutShort: → serving ajar-4
            doorOpened: → serving ajar-4
            doorLatched: checkout-completed ‘taken’ → serving
            lockerFault: locker-out-of-service → serving ajar-4 faulty-4
            lockerWorks: → serving ajar-4
            foundEmpty: content-checked → serving ajar-4
            foundHolding: content-checked → serving ajar-4
            foundUnclear: content-checked → serving ajar-4 in-doubt-4
            openingOrdered: refused → serving ajar-4
            suspensionOrdered: service-suspended → serving ajar-4 suspended-4
            resumptionOrdered: service-resumed → serving ajar-4
            sensorUnsteady: sensor-distrusted outcome-unknown ‘outcome-unknown-taken’ → serving distrusted-4 in-doubt-4
            sensorSteady: → serving ajar-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving ajar-4 stopped
            stopReleased: → serving ajar-4
        reminded
            scanned: ‘already-yours’ → serving reminded-4
            inputEnded: ‘session-ended’ → idle reminded-4
            tickEarly: → serving reminded-4
            tickDue: checkout-completed ‘left-open-taken’ → serving stands-open-4 in-doubt-4
            guardJoined: → serving reminded-4
            guardLost: guard-lost ‘station-out-of-order’ → serving reminded-4 unguarded
            accepted: → serving reminded-4
            refusedLater: → serving reminded-4
            refusedForGood: → serving reminded-4
            releasedComplete: → serving reminded-4
            releasedCutShort: → serving reminded-4
            doorOpened: → serving reminded-4
            doorLatched: checkout-completed ‘taken’ → serving
            lockerFault: locker-out-of-service → serving reminded-4 faulty-4
            lockerWorks: → serving reminded-4
            foundEmpty: content-checked → serving reminded-4
            foundHolding: content-checked → serving reminded-4
            foundUnclear: content-checked → serving reminded-4 in-doubt-4
            openingOrdered: refused → serving reminded-4
            suspensionOrdered: service-suspended → serving reminded-4 suspended-4
            resumptionOrdered: service-resumed → serving reminded-4
            sensorUnsteady: sensor-distrusted outcome-unknown ‘outcome-unknown-taken’ → serving distrusted-4 in-doubt-4
            sensorSteady: → serving reminded-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving reminded-4 stopped
            stopReleased: → serving reminded-4
        leftOpen
            scanned: ‘already-yours’ → serving stands-open-4 in-doubt-4
            inputEnded: ‘session-ended’ → idle stands-open-4 in-doubt-4
            tickEarly: → serving stands-open-4 in-doubt-4
            tickDue: ‘session-timed-out’ → idle stands-open-4 in-doubt-4
            guardJoined: → serving stands-open-4 in-doubt-4
            guardLost: guard-lost ‘station-out-of-order’ → serving unguarded stands-open-4 in-doubt-4
            accepted: → serving stands-open-4 in-doubt-4
            refusedLater: → serving stands-open-4 in-doubt-4
            refusedForGood: → serving stands-open-4 in-doubt-4
            releasedComplete: → serving stands-open-4 in-doubt-4
            releasedCutShort: → serving stands-open-4 in-doubt-4
            doorOpened: → serving stands-open-4 in-doubt-4
            doorLatched: door-latched-late → serving in-doubt-4
            lockerFault: locker-out-of-service → serving faulty-4 stands-open-4 in-doubt-4
            lockerWorks: → serving stands-open-4 in-doubt-4
            foundEmpty: content-checked → serving stands-open-4
            foundHolding: content-checked → serving stands-open-4
            foundUnclear: content-checked → serving stands-open-4 in-doubt-4
            openingOrdered: service-begun OPEN 4 → serving requested-4 stands-open-4 in-doubt-4
            suspensionOrdered: service-suspended → serving suspended-4 stands-open-4 in-doubt-4
            resumptionOrdered: service-resumed → serving stands-open-4 in-doubt-4
            sensorUnsteady: sensor-distrusted → serving distrusted-4 in-doubt-4
            sensorSteady: → serving stands-open-4 in-doubt-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving stands-open-4 stopped in-doubt-4
            stopReleased: → serving stands-open-4 in-doubt-4
        faulty
            scanned: refused ‘refused-locker-out-of-service’ → serving faulty-4
            inputEnded: ‘session-ended’ → idle faulty-4
            tickEarly: → serving faulty-4
            tickDue: ‘session-timed-out’ → idle faulty-4
            guardJoined: locker-in-service → serving
            guardLost: guard-lost ‘station-out-of-order’ → serving unguarded faulty-4
            accepted: → serving faulty-4
            refusedLater: → serving faulty-4
            refusedForGood: → serving faulty-4
            releasedComplete: → serving faulty-4
            releasedCutShort: → serving faulty-4
            doorOpened: door-opened-unasked → serving faulty-4 stands-open-4 in-doubt-4
            doorLatched: → serving faulty-4
            lockerFault: → serving faulty-4
            lockerWorks: locker-in-service → serving
            foundEmpty: content-checked → serving faulty-4
            foundHolding: content-checked → serving faulty-4
            foundUnclear: content-checked → serving faulty-4 in-doubt-4
            openingOrdered: service-begun OPEN 4 → serving requested-4 faulty-4
            suspensionOrdered: service-suspended → serving faulty-4 suspended-4
            resumptionOrdered: service-resumed → serving faulty-4
            sensorUnsteady: sensor-distrusted → serving faulty-4 distrusted-4
            sensorSteady: → serving faulty-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving faulty-4 stopped
            stopReleased: → serving faulty-4
        returning
            scanned: ‘locker-opens-for-return’ → serving ajar-4
            inputEnded: ‘session-ended’ → idle ajar-4
            tickEarly: → serving ajar-4
            tickDue: ‘please-shut’ → serving reminded-4
            guardJoined: → serving ajar-4
            guardLost: guard-lost ‘station-out-of-order’ → serving ajar-4 unguarded
            accepted: → serving ajar-4
            refusedLater: → serving ajar-4
            refusedForGood: → serving ajar-4
            releasedComplete: → serving ajar-4
            releasedCutShort: → serving ajar-4
            doorOpened: → serving ajar-4
            doorLatched: return-completed ‘returned’ → serving
            lockerFault: locker-out-of-service → serving ajar-4 faulty-4
            lockerWorks: → serving ajar-4
            foundEmpty: content-checked → serving ajar-4
            foundHolding: content-checked → serving ajar-4
            foundUnclear: content-checked → serving ajar-4 in-doubt-4
            openingOrdered: refused → serving ajar-4
            suspensionOrdered: service-suspended → serving ajar-4 suspended-4
            resumptionOrdered: service-resumed → serving ajar-4
            sensorUnsteady: sensor-distrusted outcome-unknown ‘outcome-unknown-returned’ → serving distrusted-4 in-doubt-4
            sensorSteady: → serving ajar-4
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving ajar-4 stopped
            stopReleased: → serving ajar-4
        holding
            scanned: ‘already-yours’ → serving held-8
            inputEnded: ‘session-ended’ → idle held-8
            tickEarly: → serving held-8
            tickDue: ‘session-timed-out’ → idle held-8
            guardJoined: → serving held-8
            guardLost: guard-lost hold-ended ‘station-out-of-order’ → serving unguarded
            accepted: → serving held-8
            refusedLater: → serving held-8
            refusedForGood: → serving held-8
            releasedComplete: hold-ended → serving
            releasedCutShort: hold-ended → serving
            doorOpened: → serving held-8
            doorLatched: → serving held-8
            lockerFault: locker-out-of-service → serving held-8 faulty-8
            lockerWorks: → serving held-8
            foundEmpty: content-checked → serving held-8
            foundHolding: content-checked → serving held-8
            foundUnclear: content-checked → serving held-8 in-doubt-8
            openingOrdered: refused → serving held-8
            suspensionOrdered: CLOSE 8 service-suspended → serving held-8 suspended-8
            resumptionOrdered: service-resumed → serving held-8
            sensorUnsteady: sensor-distrusted → serving held-8 distrusted-8
            sensorSteady: → serving held-8
            stopPressed: emergency-stop-pressed ‘emergency-stopped’ → serving held-8 stopped
            stopReleased: → serving held-8
        """)
}
