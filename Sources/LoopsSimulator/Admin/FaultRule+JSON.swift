import JSON

extension FaultRule {
    /// Reads a rule as `POST /__sim/faults` takes it:
    /// `{"name": …, "match": {"method", "path", "eventName", "email", "userId"}, "action": "respond", "stage": "before",
    /// "status": 503, "body": "html", "probability": 0.1, "nth": 3, "remaining": 5, "from_ms": 0, "until_ms": 1000}`.
    init(parsing body: JSONObject) throws(AdminError) {
        let match = body["match"]?.objectValue ?? JSONObject()
        let action = try FaultAction(parsing: body)
        let parsed = FaultMatch(
            method: match["method"]?.stringValue,
            path: match["path"]?.stringValue,
            eventName: match["eventName"]?.stringValue,
            email: match["email"]?.stringValue,
            userID: match["userId"]?.stringValue
        )
        if action.stage == .arrival, parsed.needsBody {
            throw AdminError("match: at stage arrival only method and path are known")
        }
        let probability = body["probability"]?.doubleValue ?? 1
        guard probability >= 0, probability <= 1 else { throw AdminError("probability: from 0 to 1") }
        self.init(
            body["name"]?.stringValue ?? body["action"]?.stringValue ?? "rule",
            on: parsed,
            action,
            probability: probability,
            nth: try body.number("nth").map { Int(clamping: $0) },
            remaining: try body.number("remaining").map { Int(clamping: $0) },
            activeFromMilliseconds: try body.number("from_ms"),
            activeUntilMilliseconds: try body.number("until_ms")
        )
    }
}

extension FaultAction {
    init(parsing body: JSONObject) throws(AdminError) {
        let stage = try FaultStage(parsing: body["stage"])
        switch body["action"]?.stringValue {
        case "respond":
            let status = try body.number("status") ?? 500
            guard (200...599).contains(status) else { throw AdminError("status: from 200 to 599") }
            self = .respond(status: Int(status), FaultBody(parsing: body), stage)
        case "delay":
            let low = try body.milliseconds("ms", default: try body.milliseconds("min_ms", default: 100))
            let high = try body.milliseconds("max_ms", default: low)
            self = .delay(FaultDelay(minimumMilliseconds: low, maximumMilliseconds: max(low, high)), stage)
        case "stall": self = .stall(stage)
        case "reset": self = .disconnect(reset: true, stage)
        case "close": self = .disconnect(reset: false, stage)
        case "truncate": self = .truncate(share: body["share"]?.doubleValue ?? 0.5)
        case "garbage": self = .garbage
        case "trickle":
            self = .trickle(
                bytes: try body.milliseconds("bytes", default: 1),
                everyMilliseconds: try body.milliseconds("ms", default: 100)
            )
        case "close_after": self = .closeAfterResponse(announced: body["announced"]?.boolValue ?? true)
        case "refuse": self = .refuseConnections(milliseconds: try body.milliseconds("ms", default: 1_000))
        default:
            throw AdminError(
                "action: one of respond, delay, stall, reset, close, truncate, garbage, trickle, close_after, refuse"
            )
        }
    }

    /// The word for it in JSON.
    var word: String {
        switch self {
        case .respond: "respond"
        case .delay: "delay"
        case .stall: "stall"
        case .disconnect(let reset, _): reset ? "reset" : "close"
        case .truncate: "truncate"
        case .garbage: "garbage"
        case .trickle: "trickle"
        case .closeAfterResponse: "close_after"
        case .refuseConnections: "refuse"
        }
    }
}

extension FaultStage {
    init(parsing value: JSONValue?) throws(AdminError) {
        guard let value else {
            self = .before
            return
        }
        guard let stage = value.stringValue.flatMap(FaultStage.init(rawValue:)) else {
            throw AdminError("stage: one of \(FaultStage.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = stage
    }
}

extension FaultBody {
    init(parsing body: JSONObject) {
        switch body["body"]?.stringValue {
        case "html": self = .html
        case "empty": self = .empty
        case "text": self = .text(body["message"]?.stringValue ?? "")
        default: self = .message(body["message"]?.stringValue ?? "[sim] injected")
        }
    }
}

extension FaultRules.Entry {
    var reportBody: JSONValue {
        [
            "id": .int(Int64(id)), "name": .string(rule.name), "action": .string(rule.action.word),
            "stage": .string(rule.action.stage.rawValue), "probability": .double(rule.probability),
            "matched": .int(Int64(matched)), "fired": .int(Int64(fired)),
        ]
    }
}

extension JSONObject {
    func number(_ name: String) throws(AdminError) -> Int64? {
        switch self[name] {
        case nil, .null?: return nil
        case .int(let number)?: return number
        default: throw AdminError("\(name): a whole number is needed")
        }
    }

    /// A length between 0 and a day.
    func milliseconds(_ name: String, default fallback: Int) throws(AdminError) -> Int {
        guard let number = try number(name) else { return fallback }
        guard number >= 0, number <= 86_400_000 else { throw AdminError("\(name): from 0 to 86400000") }
        return Int(number)
    }
}
