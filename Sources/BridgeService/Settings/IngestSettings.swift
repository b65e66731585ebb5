package import Ingest

/// What the intake over HTTP is told. A property's initial value is the default of the setting that goes to it.
package struct IngestSettings: Sendable {
    package var host = "127.0.0.1"
    package var port = 8080
    /// The file of write keys; nil where there is no intake.
    package var keys: String?
    /// Where events of a key go that names no stream.
    package var stream = "segment:events"
    /// Over how many streams each is spread.
    package var shards = 1
    /// 0 for any number.
    package var maxLength = 0
    package var waitReplicas = 0
    package var drop: [IngestFilter.Word] = []
    package var maxBodyBytes = IngestLimits().bodyBytes
    package var maxConnections = 1000
    /// 0 for any number.
    package var maxConnectionsPerAddress = 0
    package var trustedProxies: [AddressRange] = []
    package var storesAddress = false
    package var acceptsPixels = false
    package var apiHost: String?
    package var tlsCertificate: String?
    package var tlsKey: String?
    /// Joined by commas while one replaces another; nil for no webhooks.
    package var loopsWebhookSecret: String?
    package var loopsWebhookSecretFile: String?
    package var loopsWebhookStream = LoopsWebhook.defaultStream

    package init() {}

    /// What is wrong with them together; nil for nothing.
    var conflict: String? {
        if (tlsCertificate == nil) != (tlsKey == nil) {
            return "ingest.tlsCertificate and ingest.tlsKey go together; one of them is not set"
        }
        return loopsWebhookSecret == nil || loopsWebhookSecretFile == nil
            ? nil : "ingest.loopsWebhookSecret and ingest.loopsWebhookSecretFile are both set; keep one"
    }
}
