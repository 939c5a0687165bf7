/// A text as one Tcl word: in braces, which protect `[ ]`, `$` and `\`, or, where braces cannot hold
/// it, with a backslash before every special character.
pub fn word(text: &str) -> String {
    if braces_hold(text) {
        return format!("{{{text}}}");
    }
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' | '{' | '}' | '[' | ']' | '$' | '"' | ';' | ' ' | '#' => {
                out.push('\\');
                out.push(c);
            }
            other => out.push(other),
        }
    }
    out
}

/// Whether the braces in the text come in pairs and no backslash meets the closing brace or a
/// newline. A brace behind a backslash does not count.
fn braces_hold(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                None | Some('\n' | '\r') => return false,
                Some(_) => {}
            },
            '{' => depth += 1,
            '}' if depth == 0 => return false,
            '}' => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}
