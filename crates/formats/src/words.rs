//! Words of LEF and DEF: runs of characters between white space, with `;` and parentheses cut off.
//!
//! Comments and strings may hold bytes of any encoding; a word is UTF-8.

use crate::BYTE_ORDER_MARK;

/// A word and where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

/// Cuts a text into words.
pub(crate) struct Words<'a> {
    text: &'a [u8],
    pub(crate) at: usize,
    peeked: Option<Word<'a>>,
    /// The first byte of a word that is not text.
    pub(crate) no_text: Option<usize>,
}

impl<'a> Words<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { text, at, peeked: None, no_text: None }
    }

    /// The next word; `None` at the end of the text.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<Word<'a>> {
        if let Some(word) = self.peeked.take() {
            return Some(word);
        }
        let bytes = self.text;
        loop {
            match *bytes.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => self.at += 1,
                b'#' => {
                    let rest = &bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ => break,
            }
        }
        let start = self.at;
        if bytes[start] == b'"' {
            let end =
                memchr::memchr(b'"', &bytes[start + 1..]).map_or(bytes.len(), |n| start + n + 2);
            self.at = end;
            let inside = &bytes[start + 1..end];
            let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
            return Some(Word { text: valid(inside), at: start });
        }
        let mut end = start;
        while end < bytes.len() && !bytes[end].is_ascii_whitespace() && bytes[end] != 0x0b {
            end += 1;
        }
        if end - start > 1 {
            end = start + cut(&bytes[start..end]);
        }
        self.at = end;
        let text = valid(&bytes[start..end]);
        if text.len() < end - start {
            self.no_text.get_or_insert(start + text.len());
        }
        Some(Word { text, at: start })
    }

    /// The next word, which stays the next.
    pub(crate) fn peek(&mut self) -> Option<Word<'a>> {
        if self.peeked.is_none() {
            self.peeked = self.next();
        }
        self.peeked
    }

    /// Goes past the next `;`.
    pub(crate) fn skip_statement(&mut self) {
        while let Some(word) = self.next() {
            if word.text == ";" {
                return;
            }
        }
    }

    /// Goes past `END` followed by `name`; false where the text ends first.
    pub(crate) fn skip_block(&mut self, name: &str) -> bool {
        while let Some(word) = self.next() {
            if word.text == "END" && self.peek().is_some_and(|next| next.text == name) {
                self.next();
                return true;
            }
        }
        false
    }
}

/// The text that some bytes begin with.
fn valid(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_else(|error| {
        std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
    })
}

/// Length of the first word of a run that may have `;` or a parenthesis glued to it.
///
/// Names may hold parentheses, so those are cut off from numbers and `*` only.
fn cut(run: &[u8]) -> usize {
    let number = |part: &[u8]| {
        part == b"*"
            || !part.is_empty() && part.iter().all(|b| b.is_ascii_digit() || b"+-.".contains(b))
    };
    if run[0] == b';' {
        return 1;
    }
    if run[0] == b'(' && number(run[1..].strip_suffix(b")").unwrap_or(&run[1..])) {
        return 1;
    }
    let body = run.strip_suffix(b";").unwrap_or(run);
    if body.len() > 1
        && let Some(inner) = body.strip_suffix(b")")
        && number(inner)
    {
        return inner.len();
    }
    body.len().max(1)
}

/// A text of the first 256 characters in an encoding of one byte each.
#[cfg(test)]
pub(crate) fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| c as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        let mut words = Words::new(text.as_bytes());
        std::iter::from_fn(|| words.next()).map(|word| word.text).collect()
    }

    #[test]
    fn marks_are_cut_off_and_names_kept_whole() {
        assert_eq!(all("SIZE 1.5 BY 2;"), ["SIZE", "1.5", "BY", "2", ";"]);
        assert_eq!(all("( 1 2) (* 3)"), ["(", "1", "2", ")", "(", "*", "3", ")"]);
        assert_eq!(
            all("a[3]/b\\[1\\] c(x) # gone\n\"two words\" ;"),
            ["a[3]/b\\[1\\]", "c(x)", "two words", ";"]
        );
    }
}
