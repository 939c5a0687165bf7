//! Several texts in one input.

/// The text before and after the first line of `%%`.
pub(crate) fn parts(text: &[u8]) -> (&[u8], &[u8]) {
    match text.windows(3).position(|three| three == b"%%\n") {
        Some(at) => (&text[..at], &text[at + 3..]),
        None => (text, &[]),
    }
}
