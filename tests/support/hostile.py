"""Names and texts that try to act on a screen."""

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "line\nbreak\r\x00\x85\u2028",
    "a" * 10_000,
    "'; DROP TABLE jobs; --",
    "</bdi></td></table>&amp;&#60;b&#62;",
]
