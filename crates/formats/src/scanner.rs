//! Tokens of protobuf text format, as slices of the input.

use std::borrow::Cow;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    /// A name, a number, `true`, ...: a run of characters that ends at white space or punctuation.
    Word(&'a [u8]),
    /// The inside of a quoted string, escapes still in place.
    Text(&'a [u8]),
    /// One of `{ } : ; , < > [ ]`.
    Mark(u8),
    /// A quote without its end.
    OpenText,
    /// The end of the input.
    End,
}

/// Cuts a text into tokens.
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the last token began.
    pub(crate) start: usize,
}

/// White space, punctuation, quotes and `#` end a word.
const ENDS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b" \t\r\n\x0b\x0c{}:;,<>[]\"'#";
    let mut i = 0;
    while i < ends.len() {
        table[ends[i] as usize] = true;
        i += 1;
    }
    table
};

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, start: 0 }
    }

    /// The next token.
    #[inline]
    pub(crate) fn next(&mut self) -> Token<'a> {
        loop {
            let Some(&byte) = self.text.get(self.at) else {
                self.start = self.text.len();
                return Token::End;
            };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => self.at += 1,
                b'#' => {
                    let rest = &self.text[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ => break,
            }
        }
        self.start = self.at;
        match self.text[self.at] {
            quote @ (b'"' | b'\'') => self.quoted(quote),
            byte if ENDS_WORD[byte as usize] => {
                self.at += 1;
                Token::Mark(byte)
            }
            _ => {
                let rest = &self.text[self.at..];
                let length = rest.iter().position(|&b| ENDS_WORD[b as usize]).unwrap_or(rest.len());
                self.at += length;
                Token::Word(&rest[..length])
            }
        }
    }

    fn quoted(&mut self, quote: u8) -> Token<'a> {
        let first = self.at + 1;
        let mut at = first;
        loop {
            let Some(found) = memchr::memchr3(quote, b'\\', b'\n', &self.text[at..]) else {
                self.at = self.text.len();
                return Token::OpenText;
            };
            at += found;
            match self.text[at] {
                b'\\' => at = (at + 2).min(self.text.len()),
                b'\n' => {
                    self.at = at;
                    return Token::OpenText;
                }
                _ => {
                    self.at = at + 1;
                    return Token::Text(&self.text[first..at]);
                }
            }
        }
    }
}

/// What a token is called in a message.
pub(crate) fn describe(token: Token<'_>) -> String {
    match token {
        Token::Word(word) => format!("{:?}", String::from_utf8_lossy(word)),
        Token::Text(text) => format!("the string {:?}", String::from_utf8_lossy(text)),
        Token::Mark(mark) => format!("{:?}", char::from(mark)),
        Token::OpenText => "a string without its closing quote".to_owned(),
        Token::End => "the end of the file".to_owned(),
    }
}

/// The characters a quoted string stands for.
pub(crate) fn unescape(text: &[u8]) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text).is_none() {
        return String::from_utf8_lossy(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b't') => out.push(b'\t'),
            Some(b'r') => out.push(b'\r'),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                while let Some(&next @ b'0'..=b'7') = bytes.peek() {
                    if value > 31 {
                        break;
                    }
                    value = value * 8 + u32::from(next - b'0');
                    bytes.next();
                }
                out.push(value as u8);
            }
            Some(other) => out.push(other),
            None => out.push(b'\\'),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// The string as it is written between quotes.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['"', '\\', '\n', '\r', '\t']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}
