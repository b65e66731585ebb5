import Bridge
package import Destination
package import Loops

extension ConnectionCheck {
    /// What the team has at Loops: two requests.
    package func account(_ client: LoopsClient) async -> Result<LoopsAccount, LoopsAccountError> {
        do throws(LoopsAccountError) {
            let properties = try await client.contactProperties()
            return .success(LoopsAccount(properties: properties, lists: try await client.mailingLists()))
        } catch {
            return .failure(error)
        }
    }

    /// How what the mappings name compares with what the team has.
    package func account(_ account: Result<LoopsAccount, LoopsAccountError>, _ destination: Destination)
        -> [CheckResult]
    {
        switch account {
        case .failure(let error):
            return [
                CheckResult(
                    .warning,
                    "loops",
                    "it is unknown which contact properties and lists the team has: \(error)",
                    advice: "Check again; what the mappings name was not compared."
                )
            ]
        case .success(let account):
            let findings = destination.findings(in: account)
            if findings.isEmpty {
                let text =
                    "the team has \(account.properties.count) contact properties and \(account.lists.count) mailing lists"
                return [CheckResult(.ok, "loops", "\(text), and all that the mappings name is among them")]
            }
            return findings.map { CheckResult(.warning, "loops", $0.text, advice: $0.advice) }
        }
    }
}
