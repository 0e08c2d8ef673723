// Errors as the pool answers them: problem documents (RFC 9457), in plain words, with what to do about it.

import Glibc
import Groundwork
import Hummingbird
import Logging
import NIOCore
import StationCore

/// An answer that says what went wrong.
struct Problem: Error, HTTPResponseError {
    /// The kinds of problems, by the last part of their type. The contract lists them.
    enum Kind: String, CaseIterable {
        case adminsOnly = "admins-only"
        case bookingClosed = "booking-closed"
        case bookingMistaken = "booking-mistaken"
        case bookingTaken = "booking-taken"
        case busy
        case caseClosed = "case-closed"
        case fault
        case foreignSource = "foreign-source"
        case fork
        case full
        case impossibleAction = "impossible-action"
        case joinRefused = "join-refused"
        case methodNotAllowed = "method-not-allowed"
        case noRegister = "no-register"
        case noSuchBooking = "no-such-booking"
        case noSuchStation = "no-such-station"
        case noToken = "no-token"
        case notFound = "not-found"
        case otherStation = "other-station"
        case registerMistakes = "register-mistakes"
        case tooLarge = "too-large"
        case unavailable
        case unreadable
        case wrongMediaType = "wrong-media-type"
    }

    var status: HTTPResponse.Status
    var kind: Kind
    /// What kind of problem it is: the same each time.
    var title: String
    /// What is wrong this time, and what to do.
    var detail: String
    /// Fields to send along.
    var headers: HTTPFields = [:]
    /// Further members of the document.
    var members: [String: JSON] = [:]

    /// What all types of problems begin with (a tag URI, RFC 4151: it names, it leads nowhere).
    static let typePrefix = "tag:milastation.org,2026:problem:"

    /// The answer.
    var response: Response {
        var object = members
        object["type"] = .string(Self.typePrefix + kind.rawValue)
        object["title"] = .string(title)
        object["status"] = .integer(Int64(status.code))
        object["detail"] = .string(detail)
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: JSON.object(object).canonical)))
    }

    func response(from request: Request, context: some RequestContext) throws -> Response { response }
}

extension Problem {
    static let noToken = Problem(
        status: .unauthorized, kind: .noToken, title: "A valid token is missing",
        detail: "Send 'Authorization: Bearer TOKEN' with a token that this pool made and that was not replaced.",
        headers: [.wwwAuthenticate: "Bearer"])

    static let otherStation = Problem(
        status: .forbidden, kind: .otherStation, title: "The token belongs to another station",
        detail: "A token opens only its own station's address.")

    static let adminsOnly = Problem(
        status: .forbidden, kind: .adminsOnly, title: "Only admins may do this",
        detail: "This is a station's token; make an admin's with 'city-pool admin-token'.")

    static let noSuchStation = Problem(
        status: .notFound, kind: .noSuchStation, title: "There is no such station",
        detail: "Add it with 'city-pool station add'.")

    /// It does not say which of these it was: who tries codes is to learn nothing.
    static let joinRefused = Problem(
        status: .forbidden, kind: .joinRefused, title: "The join code is not good here",
        detail: "It was mistyped, is over, was used, or belongs to another station. Have another one made with "
            + "'city-pool station invite', and see that station and city domain are those of the configuration.")

    static func noRegister(_ detail: String) -> Problem {
        Problem(status: .notFound, kind: .noRegister, title: "There is no register for this station", detail: detail)
    }

    static func notFound(_ detail: String) -> Problem {
        Problem(status: .notFound, kind: .notFound, title: "There is nothing here", detail: detail)
    }

    static func methodNotAllowed(_ allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        return Problem(
            status: .methodNotAllowed, kind: .methodNotAllowed, title: "This address does not take that method",
            detail: "It takes \(list).", headers: [.allow: list])
    }

    static func tooLarge(_ most: Int) -> Problem {
        Problem(
            status: .contentTooLarge, kind: .tooLarge, title: "The body is too large",
            detail: "At most \(most) bytes are taken, and at most \(EntryBatch.maximumEntries) entries.")
    }

    static func wrongMediaType(_ right: String) -> Problem {
        Problem(
            status: .unsupportedMediaType, kind: .wrongMediaType,
            title: "The body has another form than this address takes", detail: "Send it as \(right).")
    }

    static func unreadable(_ detail: String) -> Problem {
        Problem(status: .badRequest, kind: .unreadable, title: "The request can't be read", detail: detail)
    }

    static func fork(_ number: EntryNumber, count: Int, receipt: String?) -> Problem {
        var members: [String: JSON] = ["entry": .string(number.description)]
        // The pool's signed word, so that nobody else can make a station give its journal up.
        if let receipt { members["receipt"] = .string(receipt) }
        return Problem(
            status: .conflict, kind: .fork, title: "The journal shows another history",
            detail: "Entry \(number) differs from what is stored here (\(count) such entries in the batch); nothing of "
                + "the batch was applied. A cloned or restored memory card does this: the station opens a new epoch.",
            members: members)
    }

    static func foreignSource(_ source: String, account: StationAccount) -> Problem {
        Problem(
            status: .conflict, kind: .foreignSource, title: "The entries name another station as their source",
            detail: "This address takes entries of '\(account.source)'; these name '\(LogText.safe(source))'. "
                + "Correct city domain and station in the station's configuration.")
    }

    /// Why a booking is not as somebody wants it.
    init(_ refusal: BookingRefusal) {
        let (status, kind, title): (HTTPResponse.Status, Kind, String) =
            switch refusal.reason {
            case .unknown: (.notFound, .noSuchBooking, "There is no such booking")
            case .mistaken: (.unprocessableContent, .bookingMistaken, "The booking has a mistake")
            case .taken: (.conflict, .bookingTaken, "It is taken at that time")
            case .closed: (.conflict, .bookingClosed, "The booking can't be changed any more")
            }
        self.init(status: status, kind: kind, title: title, detail: "\(refusal).")
    }

    static let busy = Problem(
        status: .tooManyRequests, kind: .busy, title: "The pool is busy",
        detail: "Too many requests are under way; send it again in a moment.", headers: [.retryAfter: "2"])

    static let full = Problem(
        status: .serviceUnavailable, kind: .full, title: "The pool has no room left",
        detail: "Nothing was taken. Make room on its disk, and send it again.", headers: [.retryAfter: "60"])

    static let unavailable = Problem(
        status: .serviceUnavailable, kind: .unavailable, title: "The pool's database is out of reach",
        detail: "Send it again in a moment; what was stored already is found, and counts once.",
        headers: [.retryAfter: "2"])

    static let fault = Problem(
        status: .internalServerError, kind: .fault, title: "The pool failed", detail: "Its log says more.")
}

/// Turns whatever a handler throws into a problem document.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    let logger: Logger
    let methods: MethodTable

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return problem.response
        } catch is NIOTooManyBytesError {
            return Problem.tooLarge(EntryBatch.maximumBytes).response
        } catch let error as any HTTPResponseError {
            let allowed = methods.allowed(at: request.uri.path)
            var problem =
                allowed.isEmpty
                ? Problem.notFound("The pool has no such address.") : Problem.methodNotAllowed(allowed)
            if error.status != .notFound {
                problem = Problem.unreadable(error.status.reasonPhrase)
                problem.status = error.status
            }
            return problem.response
        } catch let refusal as BookingRefusal {
            return Problem(refusal).response
        } catch StoreFailure.full {
            logger.critical("ALARM: the disk is full: nothing is taken until there is room")
            return Problem.full.response
        } catch StoreFailure.broken(let reason) {
            logger.critical("ALARM: the database can't be written, so the pool ends", metadata: ["error": "\(reason)"])
            exit(ExitCode.fault)
        } catch StoreFailure.unavailable(let reason) {
            logger.error("the database is out of reach", metadata: ["error": "\(reason)"])
            return Problem.unavailable.response
        } catch StoreFailure.uncertain(let reason) {
            logger.error(
                "the connection was lost in the midst of a commit; whoever sent it sends it again",
                metadata: ["error": "\(reason)"])
            return Problem.unavailable.response
        } catch is CancellationError {
            return Problem.busy.response
        } catch {
            logger.error("a request failed", metadata: ["error": "\(error)"])
            return Problem.fault.response
        }
    }
}
