import Testing

extension Tag {
    /// Starts servers or programs of its own: redis-server, Prometheus, a browser.
    @Tag static var servers: Self
}
