/// Number of single-letter changes between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, &y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The candidate most like a word, if any is like it at all.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let best = candidates.min_by_key(|candidate| distance(word, candidate))?;
    (distance(word, best) <= word.chars().count().max(best.chars().count()) / 2).then_some(best)
}

/// Adds the nearest name to a reader's "unknown field `x`, expected one of `a`, `b`".
pub(crate) fn with_hint(message: &str) -> String {
    let mut quoted = message.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let unknown = message.contains("unknown field") || message.contains("unknown variant");
    let Some(word) = quoted.next().filter(|_| unknown) else {
        return message.trim_end().to_owned();
    };
    let text = message.trim_end();
    match nearest(word, quoted) {
        Some(near) => format!("{text}\n  help: did you mean `{near}`?"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_find_their_word() {
        assert_eq!(distance("colums", "columns"), 1);
        assert_eq!(nearest("colums", ["rows", "columns"].into_iter()), Some("columns"));
        assert_eq!(nearest("zzzzzz", ["rows", "columns"].into_iter()), None);
        let message = "unknown field `wdth`, expected one of `width`, `height`";
        assert!(with_hint(message).ends_with("did you mean `width`?"), "{}", with_hint(message));
    }
}
