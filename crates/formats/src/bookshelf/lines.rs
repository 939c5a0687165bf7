//! Lines of words: the common ground of the Bookshelf family of formats.

use crate::Diagnostics;

/// A word and where it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Word<'a> {
    /// Whether the word is `keyword`, in any case.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.text.eq_ignore_ascii_case(keyword.as_bytes())
    }

    /// The word for a message, cut where it is very long.
    pub(crate) fn show(&self) -> String {
        const LONGEST: usize = 60;
        let cut = &self.text[..self.text.len().min(LONGEST)];
        format!("{:?}", String::from_utf8_lossy(cut))
    }

    /// A finite number, written as an integer or a float.
    pub(crate) fn number(&self) -> Option<f64> {
        let text = std::str::from_utf8(self.text).ok()?;
        text.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// A count.
    pub(crate) fn count(&self) -> Option<usize> {
        std::str::from_utf8(self.text).ok()?.parse().ok()
    }

    /// The word as a name.
    pub(crate) fn name(&self) -> Option<&'a str> {
        std::str::from_utf8(self.text).ok().filter(|name| is_name(name))
    }
}

/// Words that begin lines of their own.
const KEYWORDS: [&str; 9] = [
    "UCLA",
    "UCSC",
    "NumNodes",
    "NumTerminals",
    "NumNets",
    "NumPins",
    "NetDegree",
    "NumSoftRectangularBlocks",
    "NumHardRectilinearBlocks",
];

/// Whether a text can begin a line as a name: one word, no keyword, no control characters.
pub(crate) fn is_name(text: &str) -> bool {
    let odd = |byte: u8| byte <= b' ';
    let keyword = |word: &str| text.eq_ignore_ascii_case(word);
    !text.is_empty()
        && !text.bytes().any(odd)
        && !text.starts_with(['#', ':'])
        && !text.ends_with(':')
        && !KEYWORDS.iter().any(|word| keyword(word))
}

/// The words of one line; `:` at the border of a word is a word of its own.
pub(crate) struct Words<'a> {
    text: &'a [u8],
    at: usize,
    end: usize,
    /// Where the line's first word begins.
    pub(crate) start: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)
}

impl<'a> Words<'a> {
    fn skip_space(&mut self) {
        while self.at < self.end && is_space(self.text[self.at]) {
            self.at += 1;
        }
        if self.at < self.end && self.text[self.at] == b'#' {
            self.at = self.end;
        }
    }

    /// Every line of a text, empty ones too.
    pub(crate) fn lines_with_empty(text: &'a [u8]) -> impl Iterator<Item = Words<'a>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
            let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let words = Words { text, at, end, start: at };
            at = end + 1;
            Some(words)
        })
    }

    /// Whether the line's first character is `mark`.
    pub(crate) fn begins_with(&self, mark: u8) -> bool {
        self.text[self.at..self.end].trim_ascii_start().first() == Some(&mark)
    }

    /// Whether the line holds white space only.
    pub(crate) fn is_blank(&self) -> bool {
        self.text[self.start..self.end].trim_ascii().is_empty()
    }

    /// The rest of the line without the comment, and where it begins.
    pub(crate) fn rest(&mut self) -> Word<'a> {
        self.skip_space();
        let at = self.at;
        let line = &self.text[at..self.end];
        self.at = self.end;
        let text = &line[..memchr::memchr(b'#', line).unwrap_or(line.len())];
        Word { text: text.trim_ascii_end(), at }
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        self.skip_space();
        let at = self.at;
        let rest = &self.text[at..self.end];
        let first = *rest.first()?;
        let mut length = 1;
        if first != b':' {
            length = rest.iter().position(|&byte| is_space(byte)).unwrap_or(rest.len());
            if length > 1 && rest[length - 1] == b':' {
                length -= 1;
            }
        }
        self.at += length;
        Some(Word { text: &rest[..length], at })
    }
}

/// The lines of a text that are neither empty nor only a comment.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Words<'a>;

    fn next(&mut self) -> Option<Words<'a>> {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let end = self.at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let mut words = Words { text: self.text, at: self.at, end, start: self.at };
            self.at = end + 1;
            words.skip_space();
            if words.at < words.end {
                words.start = words.at;
                return Some(words);
            }
        }
        None
    }
}

/// Whether the line was the format's title (`UCLA nodes 1.0`); a title of another format is an error.
pub(crate) fn title(
    first: Word<'_>,
    words: &mut Words<'_>,
    format: &str,
    diagnostics: &mut Diagnostics<'_>,
) -> bool {
    if !(first.is("UCLA") || first.is("UCSC")) {
        return false;
    }
    if let Some(found) = words.next().filter(|found| !found.is(format)) {
        let message = format!("a file of {} where one of {format:?} was expected", found.show());
        diagnostics.error(found.at, message, Some("are the files given in the right order?"));
    }
    true
}

/// The number behind `Keyword :`.
pub(crate) fn counted(
    first: Word<'_>,
    words: &mut Words<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<usize> {
    let word = words.find(|word| word.text != b":");
    let count = word.and_then(|word| word.count());
    if count.is_none() {
        let at = word.map_or(first.at, |word| word.at);
        let keyword = String::from_utf8_lossy(first.text);
        diagnostics.error(at, format!("{keyword} needs a number"), None);
    }
    count
}

/// Compares a count in a file's head with what the file holds.
pub(crate) fn compare(
    what: &str,
    stated: Option<(usize, usize)>,
    found: usize,
    diagnostics: &mut Diagnostics<'_>,
) {
    let Some((stated, at)) = stated else { return };
    if diagnostics.has_errors() || stated == found {
        return;
    }
    let message = format!("the file states {stated} {what} and holds {found}");
    if found < stated {
        diagnostics.error(at, message, Some("is the file complete?"));
    } else {
        diagnostics.warning(at, message, None);
    }
}

/// A name as text, or an error.
pub(crate) fn named<'a>(word: Word<'a>, diagnostics: &mut Diagnostics<'_>) -> Option<&'a str> {
    let name = word.name();
    if name.is_none() {
        let message = format!("found {}, expected a name", word.show());
        let help = "a word of text without a colon at its border, no keyword";
        diagnostics.error(word.at, message, Some(help));
    }
    name
}

/// The next word as a number, or an error that says what is missing.
pub(crate) fn number(
    words: &mut Words<'_>,
    what: &str,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<f64> {
    let start = words.start;
    match words.next() {
        Some(word) => {
            let number = word.number();
            if number.is_none() {
                let message = format!("expected {what}, found {}", word.show());
                diagnostics.error(word.at, message, None);
            }
            number
        }
        None => {
            diagnostics.error(start, format!("the line ends before {what}"), None);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        let line =
            |words: Words<'_>| words.map(|w| String::from_utf8_lossy(w.text).into()).collect();
        Lines::new(text.as_bytes()).map(line).collect()
    }

    #[test]
    fn lines_are_cut_into_words() {
        let text = "# c\r\n\r\nNumNets: 12\r\n a[1]/x#y\tB : -40 # c\n p :N";
        let expected =
            [vec!["NumNets", ":", "12"], vec!["a[1]/x#y", "B", ":", "-40"], vec!["p", ":", "N"]];
        assert_eq!(words(text), expected);
    }

    #[test]
    fn infinite_numbers_are_refused() {
        for text in ["inf", "nan", "1e999", "1x", ""] {
            assert_eq!(Word { text: text.as_bytes(), at: 0 }.number(), None, "{text}");
        }
        assert_eq!(Word { text: b"-4.5e1", at: 0 }.number(), Some(-45.0));
    }
}
