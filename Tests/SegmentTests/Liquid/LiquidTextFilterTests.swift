import Testing

@testable import Segment

@Suite("Liquid filters over text")
struct LiquidTextFilterTests {
    @Test(
        "changing text",
        arguments: [
            LiquidCase("{{ 'a' | append: 'b' | prepend: 'c' }}", "cab"),
            LiquidCase("{{ n | append: nope }}", "5", event: #"{"n": 5}"#),
            LiquidCase("{{ 'hELLO wORLD' | capitalize }}", "Hello world"),
            LiquidCase("{{ 'straße' | upcase }} {{ 'ÉΑΣ' | downcase }}", "STRASSE éας"),
            LiquidCase("{{ '  a b ' | lstrip }}|{{ '  a b ' | rstrip }}|{{ '  a b ' | strip }}|", "a b |  a b|a b|"),
            LiquidCase("{{ 'xxaxx' | strip: 'x' }}{{ 'xyaxy' | lstrip: 'yx' }}{{ 'axy' | rstrip: 'xy' }}", "aaxya"),
            LiquidCase("{{ v | strip_newlines }}", "ab\rc", event: #"{"v": "a\r\nb\n\rc\n"}"#),
            LiquidCase("{{ v | normalize_whitespace }}", " a b ", event: #"{"v": "  a \n\t b  "}"#),
            LiquidCase(
                "{{ 'aXbXc' | remove: 'X' }}{{ 'aXbXc' | remove_first: 'X' }}{{ 'aXbXc' | remove_last: 'X' }}",
                "abcabXcaXbc"
            ),
            LiquidCase("{{ 'a.b.c' | replace: '.', '$&' }}", "a$&b$&c"),
            LiquidCase(
                "{{ 'a.b.c' | replace_first: '.', '$&' }} {{ 'a.b.c' | replace_last: '.', '-' }}",
                "a$&b.c a.b-c"
            ),
            LiquidCase("{{ 'abc' | replace: '', '-' }} {{ 'abc' | replace: 'b' }}", "a-b-c ac"),
        ]
    )
    func changing(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "cutting text",
        arguments: [
            LiquidCase("{{ 'Ground control to Major Tom.' | truncate: 20 }}", "Ground control to..."),
            LiquidCase(
                "{{ 'Ground control to Major Tom.' | truncate: 25, ', and so on' }}",
                "Ground control, and so on"
            ),
            LiquidCase("{{ 'Ground control to Major Tom.' | truncate: 20, '' }}", "Ground control to Ma"),
            LiquidCase("{{ 'abc' | truncate: 2 }}{{ 'abc' | truncate: 3 }}", "...abc"),
            LiquidCase("{{ 'Ground control to Major Tom.' | truncatewords: 3 }}", "Ground control to..."),
            LiquidCase(
                "{{ 'Ground control' | truncatewords: 3, '--' }}{{ 'a b' | truncatewords: 2 }}",
                "Ground controla b..."
            ),
            LiquidCase("{{ 'Liquid' | slice: 0 }}{{ 'Liquid' | slice: 2, 3 }}{{ 'Liquid' | slice: -3, 2 }}", "Lquiui"),
            LiquidCase("[{{ 'Liquid' | slice: 9, 2 }}{{ 'Liquid' | slice: -9, 2 }}{{ nil | slice: 1 }}]", "[ui]"),
            LiquidCase("{{ 'a,b,,c,,' | split: ',' | json }}", #"["a","b","","c"]"#),
            LiquidCase(
                "{{ 'a b' | split: ' ' | last }}{{ 'abc' | split: '' | join: '-' }}{{ '' | split: ',' | size }}",
                "ba-b-c0"
            ),
            LiquidCase(
                "{{ '😀!' | split: '' | size }}{{ '😀!' | split: '' | join: '' }}{{ '😀' | slice: 0 }}",
                "3😀!\u{FFFD}"
            ),
        ]
    )
    func cutting(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "counting",
        arguments: [
            LiquidCase("{{ 'Ground control to' | number_of_words }}{{ ' ' | number_of_words }}", "30"),
            LiquidCase("{{ '你好hello世界world' | number_of_words }}", "1"),
            LiquidCase("{{ '你好hello世界world' | number_of_words: 'cjk' }}", "6"),
            LiquidCase("{{ 'hello world' | number_of_words: 'auto' }}", "2"),
            LiquidCase("{{ 'abc' | size }}{{ '😀' | size }}{{ 5 | size }}{{ nope | size }}", "3200"),
        ]
    )
    func counting(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "HTML",
        arguments: [
            LiquidCase(
                "{{ v | escape }}",
                "&lt;a href=&#34;x&#34;&gt;Tom &amp; &#39;J&#39;",
                event: #"{"v": "<a href=\"x\">Tom & 'J'"}"#
            ),
            LiquidCase("{{ '1 < 2 &amp; 3' | escape_once }}{{ '&' | xml_escape }}", "1 &lt; 2 &amp; 3&amp;"),
            LiquidCase("{{ 'a<b>c</b><!-- <d> -->e<br\n/>f' | strip_html }}", "acef"),
            LiquidCase("{{ 'a<script>if (1 < 2) x()</script>b<style>p>q{}</style>c' | strip_html }}", "abc"),
            LiquidCase(
                "{{ 'a < b' | strip_html }}{{ '<script>x' | strip_html }}{{ '<!-- a > b' | strip_html }}",
                "a < bx b"
            ),
        ]
    )
    func html(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "URLs, base64 and slugs",
        arguments: [
            LiquidCase("{{ 'john@x.com a+b é' | url_encode }}", "john%40x.com+a%2Bb+%C3%A9"),
            LiquidCase("{{ '%27a+b%C3%A9' | url_decode }}", "'a bé"),
            LiquidCase("{{ \"foo, bar; !'()*\" | cgi_escape }}", "foo%2C+bar%3B+%21%27%28%29%2A"),
            LiquidCase("{{ 'http://x.com/?q=foo, \\\\bar?[1]' | uri_escape }}", #"http://x.com/?q=foo,%20%5Cbar?[1]"#),
            LiquidCase("{{ 'one two é' | base64_encode }}", "b25lIHR3byDDqQ=="),
            LiquidCase(
                "{{ 'b25lIHR3bw==' | base64_decode }}{{ 'w6k' | base64_decode }}{{ '_w' | base64_decode }}",
                "one twoé\u{FFFD}"
            ),
            LiquidCase("{{ 'The _config.yml file' | slugify }}", "the-config-yml-file"),
            LiquidCase("{{ 'The _config.yml file' | slugify: 'pretty' }}", "the-_config.yml-file"),
            LiquidCase("{{ 'The _cönfig.yml file' | slugify: 'ascii' }}", "the-c-nfig-yml-file"),
            LiquidCase("{{ 'The cönfig.yml file' | slugify: 'latin' }}", "the-config-yml-file"),
            LiquidCase("{{ 'The  cönfig' | slugify: 'default', true }}{{ 'A b' | slugify: 'none' }}", "The-cönfiga b"),
            LiquidCase("{{ '  A  b  ' | slugify: 'raw' }}", "a-b"),
        ]
    )
    func encodings(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "what cannot be decoded or encoded is an error with the filter's name",
        arguments: [
            ("{{ '%' | url_decode }}", "url_decode"), ("{{ '%zz' | url_decode }}", "url_decode"),
            ("{{ '%ff' | url_decode }}", "url_decode"), ("{{ '😀' | slice: 0 | url_encode }}", "url_encode"),
        ]
    )
    func failures(_ template: String, _ filter: String) throws {
        #expect(try liquidRenderError(template)?.kind == .filterFailed(filter))
    }
}
