import Segment

extension EntryError {
    /// A word for the kind of fault, so that a table of cases can name it.
    var code: String {
        switch self {
        case .emptyEntry: "emptyEntry"
        case .noEventField: "noEventField"
        case .tooLarge: "tooLarge"
        case .notJSON: "notJSON"
        case .notUTF8: "notUTF8"
        case .notAnObject: "notAnObject"
        case .missingType: "missingType"
        case .typeIsNotText: "typeIsNotText"
        case .batchIsNotAnArray: "batchIsNotAnArray"
        case .emptyBatch: "emptyBatch"
        case .tooManyEvents: "tooManyEvents"
        case .mixedBatch: "mixedBatch"
        case .roundedUserId: "roundedUserId"
        case .foreign(_, let fault): fault.code
        case .inBatch(_, let fault): fault.code
        }
    }
}
