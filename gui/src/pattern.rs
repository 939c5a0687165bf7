//! Patterns for names: a part of the name, a glob, or a regular expression between slashes.

use regex::{Regex, RegexBuilder};

/// A pattern that names are held against.
pub enum Pattern {
    /// A part of the name, in any case.
    Part(String),
    /// The whole name, with `*` for anything and `?` for one letter; or an expression.
    Expression(Regex),
}

impl Pattern {
    /// Reads a pattern; blanks around it do not count.
    ///
    /// # Errors
    /// What is wrong with an expression.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let build = |pattern: &str| {
            let mut builder = RegexBuilder::new(pattern);
            builder.case_insensitive(true).size_limit(1 << 20).build().map_err(|error| {
                error.to_string().lines().last().unwrap_or_default().trim().to_owned()
            })
        };
        if let Some(inner) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'))
            && !inner.is_empty()
        {
            return build(inner).map(Self::Expression);
        }
        if text.contains(['*', '?']) {
            let escaped = regex::escape(text).replace(r"\*", ".*").replace(r"\?", ".");
            return build(&format!("^{escaped}$")).map(Self::Expression);
        }
        Ok(Self::Part(text.to_lowercase()))
    }

    /// Whether a name fits.
    pub fn fits(&self, name: &str) -> bool {
        match self {
            Self::Part(part) => {
                let ascii = name.is_ascii() && part.is_ascii();
                if !ascii {
                    return name.to_lowercase().contains(part);
                }
                let (name, part) = (name.as_bytes(), part.as_bytes());
                part.is_empty()
                    || name.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
            }
            Self::Expression(expression) => expression.is_match(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_globs_and_expressions() {
        let fits = |pattern: &str, name: &str| Pattern::new(pattern).unwrap().fits(name);
        assert!(fits("  SRAM ", "i_cache/sram_3"));
        assert!(!fits("sram", "i_cache/ram"));
        assert!(fits("*/sram_?", "i_cache/sram_3"));
        assert!(!fits("sram_?", "i_cache/sram_3"));
        assert!(fits("/sram_[0-9]+$/", "i_cache/sram_31"));
        assert!(!fits("/^sram/", "i_cache/sram_3"));
        assert!(fits("a[3]", "a[3]"), "brackets mean themselves outside slashes");
        assert!(fits("", "anything"));
        assert!(Pattern::new("/(/").is_err());
    }
}
