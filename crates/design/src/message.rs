use std::fmt;
use std::path::{Path, PathBuf};

use flagstone_formats::{Diagnostic, Severity};

use crate::Error;

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something worth knowing.
    Note,
    /// Something was ignored or guessed.
    Warning,
    /// The design cannot be used as it is.
    Error,
}

/// Something to be said about a file or a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How much it matters.
    pub level: Level,
    /// The file, or the name of the design.
    pub place: String,
    /// Line and column in the file, from 1.
    pub at: Option<(u32, u32)>,
    /// What was found and what was expected.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Message {
    /// `place:line:column: level: text`, and the help on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.place)?;
        if let Some((line, column)) = self.at {
            write!(f, "{line}:{column}:")?;
        }
        let level = match self.level {
            Level::Note => "",
            Level::Warning => " warning:",
            Level::Error => " error:",
        };
        write!(f, "{level} {}", self.text)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl Message {
    /// A message about a file or design as a whole.
    pub(crate) fn new(level: Level, place: impl ToString, text: impl Into<String>) -> Self {
        Self { level, place: place.to_string(), at: None, text: text.into(), help: None }
    }
}

/// A reader's diagnostics with the name of their file.
pub fn messages_of(path: &Path, diagnostics: &[Diagnostic]) -> Vec<Message> {
    let message = |diagnostic: &Diagnostic| Message {
        level: match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        },
        place: path.display().to_string(),
        at: Some((diagnostic.line, diagnostic.column)),
        text: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
    };
    diagnostics.iter().map(message).collect()
}

/// An error that counts the errors among a reader's diagnostics, if there is one.
///
/// # Errors
/// Where there is an error among the diagnostics.
pub fn first_error(path: &Path, diagnostics: &[Diagnostic]) -> Result<(), Error> {
    let n = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    if n == 0 { Ok(()) } else { Err(Error::Faulty { path: path.to_owned(), n }) }
}

/// What has been said so far.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) messages: Vec<Message>,
}

impl Log {
    pub(crate) fn note(&mut self, place: impl ToString, text: impl Into<String>) {
        self.messages.push(Message::new(Level::Note, place, text));
    }

    /// Takes diagnostics; fails where one is an error.
    pub(crate) fn file(&mut self, path: &Path, diagnostics: &[Diagnostic]) -> Result<(), Error> {
        self.messages.extend(messages_of(path, diagnostics));
        first_error(path, diagnostics)
    }

    /// Takes the diagnostics of several files; fails where one is an error.
    pub(crate) fn files<'d>(
        &mut self,
        files: impl IntoIterator<Item = (PathBuf, &'d [Diagnostic])>,
    ) -> Result<(), Error> {
        let mut first = Ok(());
        for (path, diagnostics) in files {
            first = first.and(self.file(&path, diagnostics));
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_read_like_those_of_a_compiler() {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            line: 3,
            column: 7,
            message: "no".to_owned(),
            help: Some("yes".to_owned()),
        };
        let messages = messages_of(Path::new("a.def"), &[diagnostic]);
        assert_eq!(messages[0].to_string(), "a.def:3:7: error: no\n  help: yes");
        assert_eq!(Message::new(Level::Note, "chip", "fine").to_string(), "chip: fine");
    }
}
