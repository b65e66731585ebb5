import Testing

extension Tag {
    /// Starts servers or programs of its own: redis-server.
    @Tag static var servers: Self
}
