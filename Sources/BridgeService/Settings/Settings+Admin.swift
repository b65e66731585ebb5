import Bridge
import StreamGroups

/// Under which names the admin endpoints answer, and which of them is told to others.
extension Settings {
    static func publicAddress(
        _ reader: inout SettingsReader,
        _ configuration: ServiceConfiguration
    ) -> PublicAddress? {
        guard let text = configuration.httpPublicURL else { return nil }
        if let address = PublicAddress(text) { return address }
        reader.report(
            .malformed(
                key: Setting.httpPublicURL.key,
                source: reader.value(.httpPublicURL)?.source ?? .fallback,
                value: "\"\(EffectiveSetting.withoutPassword(text))\"",
                allowed: PublicAddress.form
            )
        )
        return nil
    }

    /// The machine's own name is known to nobody who could let another's name lead here, and the published one is ours.
    static func hosts(
        _ reader: inout SettingsReader,
        _ configuration: ServiceConfiguration,
        hostName: String,
        address: PublicAddress?
    ) -> HostRule {
        let names = configuration.httpAllowedHosts
        if let wrong = names.first(where: { !HostRule.isName($0) }) {
            reader.report(
                .malformed(
                    key: Setting.httpAllowedHosts.key,
                    source: reader.value(.httpAllowedHosts)?.source ?? .fallback,
                    value: "\"\(wrong)\"",
                    allowed: "a host name without a port, *.example.com for those of a domain, or * for any"
                )
            )
        }
        return HostRule(names + [configuration.httpHost, hostName] + [address?.host].compactMap(\.self))
    }
}
