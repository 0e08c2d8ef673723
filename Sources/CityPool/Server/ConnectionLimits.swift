// Bounds what one connection may cost in time. A request has to be there, head and body, within a fixed time from its
// first moment on, however busily its bytes drip in (a *slow loris*); a client that does not fetch its answer is cut off; a
// client that goes on sending what was refused is cut off. Nothing here looks into what is sent.

import NIOCore
import NIOHTTPTypes

/// How long things on a connection may take.
struct ConnectionTimes: Sendable {
    /// From the start of the connection, or of the waiting for the next request, to the end of a request's body. One
    /// that came whole within this time may take as long to answer as it needs.
    var request: TimeAmount = .seconds(15)
    /// From an answer to the next request on the same connection.
    var rest: TimeAmount = .seconds(60)
    /// How long an answer may wait for its client to take the next part.
    var stall: TimeAmount = .seconds(30)
    /// How long a client may go on sending a body after it was answered.
    var linger: TimeAmount = .seconds(2)
}

/// Closes a connection that takes too long.
final class ConnectionLimits: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let times: ConnectionTimes
    private var deadline: Scheduled<Void>?
    private var stall: Scheduled<Void>?
    private var isReading = false
    private var unanswered = 0
    /// Whether what came was no HTTP: then the connection ends, whatever comes next.
    private var isBroken = false

    init(times: ConnectionTimes) { self.times = times }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { allow(times.request, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    func channelActive(context: ChannelHandlerContext) {
        allow(times.request, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReading = true
            unanswered += 1
            allow(times.request, context)
        case .body:
            break
        case .end:
            isReading = false
            deadline?.cancel()
            deadline = nil
            if unanswered == 0 { allow(times.rest, context) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            // What is no HTTP is answered without having been a request.
            unanswered = max(0, unanswered - 1)
            if isReading {
                allow(times.linger, context)
            } else if unanswered == 0 {
                allow(times.rest, context)
            }
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isBroken { allow(times.linger, context) }
        isBroken = true
        context.fireErrorCaught(error)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // The last answer is said; the client gets the time that any answer has to be fetched.
        if mode == .output { allow(times.stall, context) }
        context.close(mode: mode, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = context.channel.isWritable ? nil : cut(after: times.stall, context)
        context.fireChannelWritabilityChanged()
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        guard !isBroken else { return }
        deadline?.cancel()
        deadline = cut(after: time, context)
    }

    private func cut(after time: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
    }

    private func cancel() {
        deadline?.cancel()
        stall?.cancel()
        (deadline, stall) = (nil, nil)
    }
}

@available(*, unavailable)
extension ConnectionLimits: Sendable {}
