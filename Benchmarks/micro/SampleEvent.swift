/// Events as a shop's page would send them.
enum SampleEvent {
    static let track = Array(
        #"""
        {"type":"track","messageId":"ajs-7f3c9b1e0d2a4c5f8e6b","userId":"user-4711","anonymousId":"2f1d7c3a-9b4e-4f6a","event":"Order Completed","timestamp":"2026-11-23T10:11:12.345Z","context":{"library":{"name":"analytics.js","version":"2.11.1"},"ip":"203.0.113.7","locale":"en-US","page":{"path":"/checkout","url":"https://shop.example.com/checkout"}},"properties":{"email":"ann@example.com","total":129.95,"currency":"EUR","items":3,"coupon":null}}
        """#.utf8
    )

    static let identify = Array(
        #"""
        {"type":"identify","messageId":"ajs-1c4e8d7b2a9f4b6c8d0e","userId":"user-4711","anonymousId":"2f1d7c3a-9b4e-4f6a","timestamp":"2026-11-23T10:11:12.345Z","context":{"library":{"name":"analytics.js","version":"2.11.1"},"ip":"203.0.113.7","locale":"en-US","page":{"path":"/account","url":"https://shop.example.com/account"}},"traits":{"email":"ann@example.com","firstName":"Ann","lastName":"Example","plan":"pro","seats":3,"trial":false}}
        """#.utf8
    )
}
