import Testing

@testable import Segment

@Suite("Liquid tags")
struct LiquidTagTests {
    @Test(
        "assign and capture hide the event's values for the rest of the template",
        arguments: [
            LiquidCase("{% assign a = 'x' %}{{ a }}", "x", event: #"{"a": 1}"#),
            LiquidCase("{% assign a = b | upcase %}{{ a }}", "Q", event: #"{"b": "q"}"#),
            LiquidCase("{% assign a-b = 1 %}{{ a-b }}", "1"),
            LiquidCase("{% assign a = 1 %}{% assign a = a | plus: 1 %}{{ a }}", "2"),
            LiquidCase("{% capture a %}<{{ b }}>{% endcapture %}{{ a }}{{ a | size }}", "<1>3", event: #"{"b": 1}"#),
            LiquidCase("{% capture 'a b' %}x{% endcapture %}{{ ['a b'] }}", "x"),
            LiquidCase("{% capture a %}{% capture b %}y{% endcapture %}x{% endcapture %}{{ b }}{{ a }}", "yx"),
        ]
    )
    func variables(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "if, elsif, else and unless take the first branch that holds",
        arguments: [
            LiquidCase("{% if a %}1{% elsif b %}2{% else %}3{% endif %}", "2", event: #"{"a": false, "b": 0}"#),
            LiquidCase("{% if a %}1{% elsif b %}2{% else %}3{% endif %}", "3", event: #"{"a": null}"#),
            LiquidCase("{% if a %}1{% endif %}", "1", event: #"{"a": ""}"#),
            LiquidCase("{% if a | size %}1{% endif %}", "1", event: #"{"a": ""}"#),
            LiquidCase("{% if a == 'x' and b > 2 %}y{% endif %}", "y", event: #"{"a": "x", "b": 3}"#),
            LiquidCase("{% if a %}{% if b %}in{% else %}no{% endif %}{% endif %}", "no", event: #"{"a": 1}"#),
            LiquidCase("{% unless a %}1{% else %}2{% endunless %}", "1"),
            LiquidCase("{% unless a %}1{% elsif b %}2{% else %}3{% endunless %}", "2", event: #"{"a": 1, "b": 1}"#),
            LiquidCase("{% unless a %}1{% else %}2{% else %}3{% elsif b %}4{% endunless %}", "2", event: #"{"a": 1}"#),
        ]
    )
    func conditions(_ row: LiquidCase) throws {
        try row.check()
    }

    @Test(
        "comments print nothing, raw prints everything",
        arguments: [
            LiquidCase("a{% comment %}{{ b }}{% for %}{% endcomment %}c", "ac"),
            LiquidCase("a{% # one line %}b", "ab"),
            LiquidCase("a{%- # one\n # two\n -%} b", "ab"),
            LiquidCase("{% raw %}{{ a }}{% if %}{% endraw %}", "{{ a }}{% if %}"),
            LiquidCase("{% raw %}\n {{ 5 | plus: 6 }} \n{% endraw %} is 11", "\n {{ 5 | plus: 6 }} \n is 11"),
            LiquidCase("x {%- raw -%} y {% endraw -%} z", "x y z"),
            LiquidCase("{% raw %}{% endraw %}", ""),
        ]
    )
    func commentsAndRaw(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "counters are apart from variables, start at the event's number and show in outputs",
        arguments: [
            LiquidCase("{% increment n %}{% increment n %}{{ n }}", "012"),
            LiquidCase("{% decrement n %}{% decrement n %}{{ n }}", "-1-2-2"),
            LiquidCase("{% increment n %}{% decrement n %}{% increment n %}", "000"),
            LiquidCase("{% increment n %}{{ n }}", "56", event: #"{"n": 5}"#),
            LiquidCase("{% increment n %}{{ n }}", "01", event: #"{"n": "5"}"#),
            LiquidCase("{% assign n = 9 %}{% increment n %}{{ n }}", "09"),
        ]
    )
    func counters(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "cycle goes round, told apart by group and by how many values it has",
        arguments: [
            LiquidCase("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}", "aba"),
            LiquidCase("{% cycle 'a', 'b' %}{% cycle 'c', 'd' %}", "ad"),
            LiquidCase("{% cycle 'x': 'a', 'b' %}{% cycle 'y': 'a', 'b' %}", "aa"),
            LiquidCase("{% cycle g: 'a', 'b' %}{% cycle g: 'a', 'b' %}", "ab", event: #"{"g": 1}"#),
            LiquidCase("{% cycle 'a', 'b', 'c' %}{% cycle 'a', 'b' %}", "aa"),
            LiquidCase("{% cycle 'a' 'b', 'c' %}{% cycle 'a' 'b', 'c' %}{% cycle 'a' 'b', 'c' %}", "abc"),
            LiquidCase("{% cycle 0, 1 %}{% cycle 0, 1 %}", "1"),
        ]
    )
    func cycles(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "liquid holds one tag a line, echo prints",
        arguments: [
            LiquidCase("{% liquid\n assign a = 1\n echo a | plus: 1\n%}", "2"),
            LiquidCase("{% liquid\n if a\n  echo 'y'\n else\n  echo 'n'\n endif\n # done\n%}!", "n!"),
            LiquidCase("{% liquid %}", ""),
            LiquidCase("{% echo a %}{% echo %}", "1", event: #"{"a": 1}"#),
            LiquidCase("{% block x %}a{% endblock %}b", "ab"),
            LiquidCase("a{% if true %}b{% break %}c{% endif %}d", "ab"),
            LiquidCase("a{% continue %}b", "a"),
        ]
    )
    func otherTags(_ row: LiquidCase) throws { try row.check() }

    @Test(
        "a hyphen trims the blanks beside it",
        arguments: [
            LiquidCase("a {{- 'b' -}} c", "abc"),
            LiquidCase("a \n {%- if true -%} \n b \n {%- endif -%} \n c", "abc"),
            LiquidCase("a {{- 'b' }} c", "ab c"),
            LiquidCase("a {%- comment -%} x {%- endcomment %} c", "a c"),
            LiquidCase(" {{- ' x ' -}} ", " x "),
            LiquidCase("a {{-5}} {{5-}} b", "a5 5b"),
        ]
    )
    func whitespace(_ row: LiquidCase) throws {
        try row.check()
    }
}
