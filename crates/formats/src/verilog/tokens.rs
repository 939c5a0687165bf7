//! Tokens of Verilog. Comments and strings may hold bytes of any encoding.

use crate::BYTE_ORDER_MARK;

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
    text: &'a [u8],
    at: usize,
    peeked: Option<(Token<'a>, usize)>,
    /// Where the last token began.
    pub(super) start: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { text, at, peeked: None, start: 0 }
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        if let Some((token, start)) = self.peeked.take() {
            self.start = start;
            return token;
        }
        self.skip_space();
        self.start = self.at;
        let bytes = &self.text[self.at..];
        let Some(&first) = bytes.first() else { return Token::End };
        let run = |inside: fn(u8) -> bool| {
            bytes.iter().skip(1).position(|&b| !inside(b)).map_or(bytes.len(), |n| n + 1)
        };
        let length = match first {
            b'\\' => run(|b| !b.is_ascii_whitespace()),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                run(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$')
            }
            b'0'..=b'9' | b'\'' => run(|b| b.is_ascii_alphanumeric() || b"'_?.".contains(&b)),
            b'"' => (run(|b| b != b'"') + 1).min(bytes.len()),
            _ => 1,
        };
        self.at += length;
        match (first, std::str::from_utf8(&bytes[..length])) {
            (b'\\', Ok(text)) => Token::Name(&text[1..]),
            (b'0'..=b'9' | b'\'', Ok(text)) => Token::Number(text),
            (b'a'..=b'z' | b'A'..=b'Z' | b'_', Ok(text)) => Token::Name(text),
            (b'\\', Err(error)) => {
                self.start += error.valid_up_to();
                Token::Mark(self.text[self.start])
            }
            _ => Token::Mark(first),
        }
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
            let rest = &self.text[self.at..];
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
