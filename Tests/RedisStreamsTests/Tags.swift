import Testing

extension Tag {
    /// Starts servers or programs of its own: redis-server, Prometheus, a browser.
    @Tag static var servers: Self
    /// Needs what only Redis 7 and newer has.
    @Tag static var redis7: Self
    /// Needs a server that was built with TLS.
    @Tag static var redisTLS: Self
}
