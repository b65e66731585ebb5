import Testing

@testable import BridgeService

@Suite("The address that the admin endpoints listen on")
struct ListenAddressTests {
    @Test(":: is every address of IPv4 where the kernel has no IPv6")
    func withoutIPv6() {
        #if os(Linux)
            #expect(ListenAddress.bound("::", ipv6: "/nowhere") == "0.0.0.0")
        #endif
        #expect(ListenAddress.bound("::", ipv6: "/dev/null") == "::")
        #expect(ListenAddress.bound("::1", ipv6: "/nowhere") == "::1", "an address of its own is never replaced")
    }

    @Test("An address of IPv6 stands in brackets")
    func brackets() {
        #expect(ListenAddress.shown("::", port: 9464) == "[::]:9464")
        #expect(ListenAddress.shown("0.0.0.0", port: 9464) == "0.0.0.0:9464")
    }
}
