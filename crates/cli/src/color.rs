//! Whether words of messages are colored, and which.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{ColorChoice, ValueEnum};

/// When to color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb; everywhere if CLICOLOR_FORCE is set.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

static ON: AtomicBool = AtomicBool::new(false);

/// Words that are colored, with their colors in ANSI's numbers.
const WORDS: [(&str, &str); 3] = [("error:", "1;31"), ("warning:", "1;33"), ("help:", "1;36")];

/// Decides once for the whole program.
pub(crate) fn set(choice: ColorArg) {
    let variable = |name: &str| std::env::var(name).ok();
    ON.store(wanted(choice, variable, std::io::stderr().is_terminal()), Ordering::Relaxed);
}

/// What the parser of arguments is to do, which speaks before they are known.
pub(crate) fn of_arguments(arguments: impl Iterator<Item = String>) -> ColorChoice {
    let mut choice = ColorChoice::Auto;
    let mut named = false;
    for argument in arguments {
        let value = if named { Some(argument.as_str()) } else { argument.strip_prefix("--color=") };
        choice = match value {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => choice,
        };
        named = argument == "--color";
    }
    choice
}

fn wanted(choice: ColorArg, variable: impl Fn(&str) -> Option<String>, on_terminal: bool) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    match choice {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        ColorArg::Auto if set("CLICOLOR_FORCE") => true,
        ColorArg::Auto => on_terminal && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// A message as a terminal is to show it.
pub(crate) fn painted(text: &str) -> Cow<'_, str> {
    if ON.load(Ordering::Relaxed) { Cow::Owned(paint(text)) } else { Cow::Borrowed(text) }
}

/// Colors the first of the words in each line, where a word begins.
fn paint(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let found = WORDS.iter().filter_map(|&(word, color)| {
            let at = line.find(word)?;
            let begins = line[..at].chars().next_back().is_none_or(char::is_whitespace);
            begins.then_some((at, word, color))
        });
        match found.min() {
            Some((at, word, color)) => {
                let (before, after) = (&line[..at], &line[at + word.len()..]);
                format!("{before}\x1b[{color}m{word}\x1b[0m{after}")
            }
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_come_before_the_environment_and_that_before_the_terminal() {
        let none = |_: &str| None;
        let with = |name: &'static str, value: &'static str| {
            move |asked: &str| (asked == name).then(|| value.to_owned())
        };
        assert!(wanted(ColorArg::Auto, none, true) && !wanted(ColorArg::Auto, none, false));
        assert!(wanted(ColorArg::Always, with("NO_COLOR", "1"), false));
        assert!(!wanted(ColorArg::Never, with("CLICOLOR_FORCE", "1"), true));
        assert!(!wanted(ColorArg::Auto, with("NO_COLOR", "1"), true));
        assert!(wanted(ColorArg::Auto, with("CLICOLOR_FORCE", "1"), false));
        assert!(!wanted(ColorArg::Auto, with("CLICOLOR_FORCE", "0"), false));
        assert!(!wanted(ColorArg::Auto, with("TERM", "dumb"), true));
    }

    #[test]
    fn the_parser_of_arguments_is_told_early() {
        let of = |arguments: &[&str]| of_arguments(arguments.iter().map(|&text| text.to_owned()));
        assert_eq!(of(&["info", "--color", "always"]), ColorChoice::Always);
        assert_eq!(of(&["--color=never", "info"]), ColorChoice::Never);
        assert_eq!(of(&["info", "always"]), ColorChoice::Auto);
    }

    #[test]
    fn words_are_colored_where_they_begin() {
        assert_eq!(
            paint("error: no\n  help: yes"),
            "\x1b[1;31merror:\x1b[0m no\n  \x1b[1;36mhelp:\x1b[0m yes"
        );
        assert_eq!(paint("a.plc:1:2: error: b"), "a.plc:1:2: \x1b[1;31merror:\x1b[0m b");
        assert_eq!(paint("terror: none"), "terror: none");
    }
}
