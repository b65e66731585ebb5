/// Texts that a parser of RFC 8259 has to take, has to refuse, or may read as it likes. Each begins from one sentence of the grammar.
enum ConformanceVectors {
    struct Vector: Sendable {
        let bytes: [UInt8]
        let about: String

        init(_ text: String, _ about: String) {
            self.bytes = Array(text.utf8)
            self.about = about
        }

        init(bytes: [UInt8], _ about: String) {
            self.bytes = bytes
            self.about = about
        }
    }

    static let accepted: [Vector] =
        ([
            ("null", "a lone null"), ("true", "a lone true"), ("false", "a lone false"), ("42", "a lone number"),
            (#""text""#, "a lone text"), (#""""#, "an empty text"), ("[]", "an empty array"), ("{}", "an empty object"),
            (" \t\r\n[ ]\n", "white space around an array"), ("{ }", "white space in an object"),
            ("[[[]]]", "nested arrays"),
            (#"{"a":{"b":{}}}"#, "nested objects"), (#"[1,"a",null,true,{},[]]"#, "all kinds in an array"),
            ("[\n1\n,\n2\n]", "line ends between tokens"), (#"{"":0}"#, "an empty key"),
            (#"{"a":1,"a":2}"#, "a key that comes twice"),
            (#"{"a":1,"a":1}"#, "the same member twice"), (#"{"\u0000":1}"#, "a key of one escaped NUL"),
            (#"{"a\tb":1}"#, "an escape in a key"), (#"{"é":1}"#, "a key beyond ASCII"), ("[0]", "zero"),
            ("[-0]", "minus zero"),
            ("[-1]", "a negative number"), ("[10]", "two digits"), ("[0.5]", "a fraction below one"),
            ("[-0.0]", "a fraction of minus zero"),
            ("[1.50]", "a fraction that ends in zero"), ("[1e5]", "an exponent"), ("[1E5]", "a large E"),
            ("[1e+5]", "an exponent with plus"),
            ("[1e-5]", "an exponent with minus"), ("[1e05]", "an exponent that begins with zero"),
            ("[0e0]", "zero with an exponent"),
            ("[0e+1]", "zero with a signed exponent"), ("[1.5e3]", "a fraction with an exponent"),
            ("[123456789012345678901234567890]", "more digits than fit"),
            ("[0.00000000000000000000000000000000000001]", "many zeros"),
            ("[-123123]", "a negative integer"), ("[1 ]", "a space behind a number"), (#"["\""]"#, "an escaped quote"),
            (#"["\\"]"#, "an escaped backslash"), (#"["\/"]"#, "an escaped slash"), (#"["/"]"#, "a plain slash"),
            (#"["\b\f\n\r\t"]"#, "the short escapes"), (#"["\u0041"]"#, "an escape of a letter"),
            (#"["\u00e9\u00E9"]"#, "both cases of digits"),
            (#"["\ud83d\ude00"]"#, "a pair of surrogates"), (#"["\uD83D\uDE00"]"#, "a pair in capitals"),
            (#"["\u2028\u2029"]"#, "escaped line ends"),
            ("[\"\u{2028}\u{2029}\"]", "plain line ends of Unicode"), ("[\"\u{7f}\"]", "DEL"),
            ("[\"\u{10ffff}\"]", "the last character"),
            ("[\"\u{fffe}\"]", "a character that is none"), ("[\"\u{feff}\"]", "a mark of byte order inside a text"),
            (#"["\u0000"]"#, "an escaped NUL"),
            (#"["\uFFFF"]"#, "the last of the basic plane"),
            (#"["\\u0041"]"#, "a backslash before what looks like an escape"),
            (#"["\\\""]"#, "a backslash and a quote"), (#"["a/*b*/c"]"#, "what looks like a comment in a text"),
            (#"["[1,2]"]"#, "JSON in a text"),
            (#"["日本語"]"#, "three-byte characters"), (#"["😀"]"#, "a four-byte character"),
            ("[1,\t2,\r3]", "each kind of white space"),
        ] as [(String, String)]).map { Vector($0, $1) }

    static let refused: [Vector] =
        ([
            ("", "nothing"), (" ", "white space only"), ("\n", "a line end only"), ("[", "an array without end"),
            ("]", "an end without beginning"),
            ("{", "an object without end"), ("}", "an object's end alone"), ("[1", "an array cut off behind a number"),
            ("[1,", "cut off behind a comma"),
            (#"["a"#, "cut off in a text"), (#"["a""#, "cut off behind a text"), (#"{"a""#, "cut off behind a key"),
            (#"{"a":"#, "cut off behind a colon"),
            (#"{"a":1"#, "cut off behind a member"), (#"{"a":1,"#, "cut off behind a member's comma"),
            ("[1,]", "a comma at the end"),
            ("[,1]", "a comma at the beginning"), ("[1,,2]", "two commas"), ("[,]", "a comma alone"),
            ("[1 2]", "no comma"), ("[1;2]", "a semicolon"),
            (#"["a" "b"]"#, "texts without a comma"), (#"{"a":1,}"#, "a comma before the brace"),
            (#"{,"a":1}"#, "a comma behind the brace"),
            (#"{"a":1,,"b":2}"#, "two commas between members"), (#"{"a" 1}"#, "no colon"), (#"{"a"::1}"#, "two colons"),
            (#"{"a":}"#, "no value"),
            (#"{:1}"#, "no key"), ("{1:1}", "a number as key"), ("{a:1}", "a key without quotes"),
            ("{'a':1}", "a key in single quotes"),
            ("{null:1}", "null as key"), ("{[]:1}", "an array as key"), (#"{"a"}"#, "a key alone"),
            (#"{"a","b":1}"#, "a key without value"),
            ("[1}", "the wrong end of an array"), (#"{"a":1]"#, "the wrong end of an object"),
            ("[1]]", "an end too many"), (#"{"a":1}}"#, "a brace too many"),
            ("[1] 2", "a second value"), ("{}{}", "two objects"), ("1 2", "two numbers"), ("nul", "half a null"),
            ("nulll", "more than null"),
            ("NULL", "null in capitals"), ("True", "true with a capital"), ("TRUE", "true in capitals"),
            ("tru", "half a true"), ("falsee", "more than false"),
            ("undefined", "undefined"), ("NaN", "NaN"), ("[NaN]", "NaN in an array"), ("[Infinity]", "infinity"),
            ("[-Infinity]", "minus infinity"),
            ("[+1]", "a plus"), ("[-]", "a minus alone"), ("[--1]", "two minus"), ("[- 1]", "a space behind the minus"),
            ("[01]", "a zero in front"),
            ("[-01]", "a zero behind the minus"), ("[00]", "two zeros"), ("[.5]", "no digit before the point"),
            ("[5.]", "no digit behind the point"),
            ("[-.5]", "minus and point"), ("[1.2.3]", "two points"), ("[1e]", "no exponent"),
            ("[1e+]", "a sign without exponent"), ("[1e1.5]", "a fraction as exponent"),
            ("[1ee1]", "two exponents"), ("[e1]", "an exponent alone"), ("[0x10]", "hexadecimal"), ("[0o7]", "octal"),
            ("[0b1]", "binary"), ("[1_000]", "a separator"),
            ("[1a]", "a letter behind a number"), ("[1\u{00a0}]", "a no-break space"), ("[１]", "a full-width digit"),
            ("[1,000.5.]", "a number for people"),
            ("['a']", "single quotes"), ("[`a`]", "back quotes"), (#"["a]"#, "no closing quote"),
            (#"["\x41"]"#, "an escape of C"), (#"["\a"]"#, "an unknown escape"),
            (#"["\'"]"#, "an escaped single quote"), (#"["\u004"]"#, "three digits"), (#"["\u"]"#, "no digits"),
            (#"["\u00g1"]"#, "a digit that is none"),
            (#"["\U0041"]"#, "a large U"), (#"["\"#, "cut off behind a backslash"),
            (#"["\u00"#, "cut off in an escape"), (#"["\0"]"#, "an octal escape"),
            (#"["\ "]"#, "an escaped space"), ("[\"\n\"]", "a line end in a text"), ("[\"\t\"]", "a tab in a text"),
            ("[\"\u{0}\"]", "a NUL in a text"),
            ("[\"\u{1f}\"]", "a control character in a text"), ("[\"a\rb\"]", "a return in a text"),
            ("\u{feff}{}", "a mark of byte order"),
            ("[1]\u{0}", "a NUL at the end"), ("\u{0}", "a NUL alone"), ("[\u{c}1]", "a form feed"),
            ("[\u{b}1]", "a vertical tab"), ("[\u{2028}1]", "a line end of Unicode"),
            ("/* c */ {}", "a comment in front"), ("{} // c", "a comment behind"),
            (#"{"a":/**/1}"#, "a comment inside"), ("# c\n{}", "a comment of shells"),
            ("<a/>", "XML"), ("a: 1", "YAML"), ("a=1", "a form"), ("b'{}'", "bytes as Python prints them"),
            ("{'a': True}", "a dictionary as Python prints it"),
            (#"{"a":1}x"#, "a letter at the end"), (#"x{"a":1}"#, "a letter in front"),
            ("[1,\n,2]", "a comma on a line of its own"), ("[a]", "a bare word"),
            (#"["a",b]"#, "a bare word behind a text"), ("*", "a star"), ("[*]", "a star in an array"),
            ("{\"a\":*}", "a star as value"), ("[\\n]", "an escape outside of texts"),
            (#"[\u0031]"#, "an escaped digit outside of texts"), ("(1)", "parentheses"),
            ("[1)", "a parenthesis as end"), ("\"", "a quote alone"), ("\\", "a backslash alone"),
            ("-", "a minus as text"), ("{{}}", "an object as key"), ("[{]}", "crossed ends"),
            (#"{"a":[}"#, "an array that the object ends"), ("…", "three dots"),
        ] as [(String, String)]).map { Vector($0, $1) }
        + [
            Vector(bytes: [0x5b, 0x22, 0xff, 0x22, 0x5d], "a byte that no UTF-8 has"),
            Vector(bytes: [0x5b, 0x22, 0xc3, 0x22, 0x5d], "a character cut short"),
            Vector(bytes: [0x5b, 0x22, 0xc0, 0xaf, 0x22, 0x5d], "a character in too many bytes"),
            Vector(bytes: [0x5b, 0x22, 0xe0, 0x80, 0xaf, 0x22, 0x5d], "one in three bytes too many"),
            Vector(bytes: [0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d], "half a surrogate pair in UTF-8"),
            Vector(bytes: [0x5b, 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22, 0x5d], "beyond the last character"),
            Vector(bytes: [0x5b, 0x22, 0xf8, 0x88, 0x80, 0x80, 0x80, 0x22, 0x5d], "five bytes"),
            Vector(bytes: [0x5b, 0x22, 0x80, 0x22, 0x5d], "a byte that only follows"),
            Vector(bytes: [0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00], "UTF-16"),
            Vector(bytes: [0x00, 0x5b, 0x00, 0x5d], "UTF-16 without a mark"),
            Vector(bytes: [0x5b, 0xe9, 0x5d], "Latin-1 outside of a text"), Vector(bytes: [0xe9], "Latin-1 alone"),
        ]

    /// RFC 8259 leaves these to the parser: they must come back, either way.
    static let free: [Vector] =
        ([
            ("[1e400]", "a number beyond all"), ("[-1e400]", "a number below all"),
            ("[1e-400]", "a number too near to zero"),
            ("[1e99999999999999999999]", "an exponent beyond all"), (#"["\ud800"]"#, "the first half of a pair"),
            (#"["\udc00"]"#, "the second half"),
            (#"["\ud800\u0041"]"#, "a half before a letter"), (#"["\ud800\ud800"]"#, "two first halves"),
            (#"["\udc00\ud800"]"#, "halves the wrong way round"),
            (#"{"\ud800":1}"#, "half a pair in a key"),
            (String(repeating: "[", count: 400) + String(repeating: "]", count: 400), "400 arrays within each other"),
            (String(repeating: "[", count: 100_000), "100,000 beginnings"),
            (String(repeating: #"{"a":"#, count: 50_000), "50,000 objects that begin"),
        ] as [(String, String)]).map { Vector($0, $1) }
}
