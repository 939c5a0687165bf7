//! Names short enough for a column that still tell the rows apart.

use std::collections::HashMap;

/// The shortest end of each name, in whole parts of its path, that no other name has; `…` stands
/// for what is left out.
pub(super) fn tails(names: &[&str]) -> Vec<String> {
    let mut found = vec![None; names.len()];
    let mut parts = 1;
    while found.iter().any(Option::is_none) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for name in names {
            *seen.entry(tail(name, parts)).or_default() += 1;
        }
        for (found, name) in found.iter_mut().zip(names).filter(|row| row.0.is_none()) {
            let end = tail(name, parts);
            if end.len() == name.len() {
                *found = Some(end.to_owned());
            } else if seen[end] == 1 {
                *found = Some(format!("…/{end}"));
            }
        }
        parts += 1;
    }
    found.into_iter().flatten().collect()
}

/// The last parts of a path.
fn tail(name: &str, parts: usize) -> &str {
    let start = name.rmatch_indices('/').nth(parts - 1).map_or(0, |slash| slash.0 + 1);
    &name[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_of_a_path_is_kept_as_tells_it_apart() {
        let names = ["a/i/mem[0]/ram_6", "a/n/mem[0]/ram_6", "a/n/mem[1]/ram_6", "a/n/ram_7", "x"];
        let short = ["…/i/mem[0]/ram_6", "…/n/mem[0]/ram_6", "…/mem[1]/ram_6", "…/ram_7", "x"];
        assert_eq!(tails(&names), short);
    }

    #[test]
    fn a_name_that_ends_others_and_equal_names_stand_whole() {
        assert_eq!(tails(&["b", "a/b", "c/", "c/"]), ["b", "a/b", "c/", "c/"]);
        assert_eq!(tails(&[]), [""; 0]);
    }
}
