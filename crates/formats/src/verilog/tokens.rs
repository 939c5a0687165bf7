//! Tokens of Verilog.

/// One token and where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A name, escaped or not, or a keyword.
    Name(&'a str),
    /// A number, with its width and base.
    Number(&'a str),
    /// Anything else, one character.
    Mark(u8),
    /// The end of the text.
    End,
}

/// Cuts a text into tokens.
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    peeked: Option<(Token<'a>, usize)>,
    /// Where the last token began.
    pub(super) start: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, peeked: None, start: 0 }
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        if let Some((token, start)) = self.peeked.take() {
            self.start = start;
            return token;
        }
        self.skip_space();
        self.start = self.at;
        let rest = &self.text[self.at..];
        let bytes = rest.as_bytes();
        let Some(&first) = bytes.first() else { return Token::End };
        let run = |inside: fn(u8) -> bool| {
            bytes.iter().skip(1).position(|&b| !inside(b)).map_or(bytes.len(), |n| n + 1)
        };
        let (token, length) = match first {
            b'\\' => {
                let length = run(|b| !b.is_ascii_whitespace());
                (Token::Name(&rest[1..length]), length)
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let length = run(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$');
                (Token::Name(&rest[..length]), length)
            }
            b'0'..=b'9' | b'\'' => {
                let length = run(|b| b.is_ascii_alphanumeric() || b"'_?.".contains(&b));
                (Token::Number(&rest[..length]), length)
            }
            b'"' => {
                let length = run(|b| b != b'"');
                (Token::Mark(b'"'), (length + 1).min(bytes.len()))
            }
            mark => (Token::Mark(mark), rest.chars().next().map_or(1, char::len_utf8)),
        };
        self.at += length;
        token
    }

    /// The next token, which stays the next.
    pub(super) fn peek(&mut self) -> Token<'a> {
        let before = self.start;
        let token = self.next();
        self.peeked = Some((token, self.start));
        self.start = before;
        token
    }

    /// Takes the next token if it is this mark.
    pub(super) fn take(&mut self, mark: u8) -> bool {
        let found = self.peek() == Token::Mark(mark);
        if found {
            self.next();
        }
        found
    }

    /// White space, comments, attributes and compiler directives.
    fn skip_space(&mut self) {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let until = |end: &[u8], from: usize| {
                memchr::memmem::find(&rest[from.min(rest.len())..], end)
                    .map_or(rest.len(), |n| from + n + end.len())
            };
            self.at += match rest {
                [b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c, ..] => 1,
                [b'/', b'/', ..] | [b'`', ..] => until(b"\n", 1),
                [b'/', b'*', ..] => until(b"*/", 2),
                // `(*)` is a sensitivity list.
                [b'(', b'*', next, ..] if *next != b')' => until(b"*)", 2),
                _ => return,
            };
        }
    }
}
