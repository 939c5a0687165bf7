use std::fmt;

/// Errors after which a reader stops collecting.
pub const MAX_ERRORS: usize = 20;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used as it is.
    Error,
    /// Something was ignored or guessed.
    Warning,
}

/// Something wrong at a place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    /// `line:column: error: message`, and the help on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}: {severity}: {}", self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Diagnostics of one text, given by byte offset.
pub struct Diagnostics<'a> {
    text: &'a [u8],
    list: Vec<Diagnostic>,
    n_errors: usize,
    n_warnings: usize,
}

impl<'a> Diagnostics<'a> {
    /// None yet.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, list: Vec::new(), n_errors: 0, n_warnings: 0 }
    }

    /// Adds an error at a byte offset.
    pub fn error(&mut self, at: usize, message: impl Into<String>, help: Option<&str>) {
        self.n_errors += 1;
        if self.n_errors <= MAX_ERRORS {
            self.push(Severity::Error, at, message.into(), help);
        }
    }

    /// Adds a warning at a byte offset.
    pub fn warning(&mut self, at: usize, message: impl Into<String>, help: Option<&str>) {
        self.n_warnings += 1;
        if self.n_warnings <= MAX_ERRORS {
            self.push(Severity::Warning, at, message.into(), help);
        }
    }

    /// Adds a warning at the beginning that sums up others, however many there are.
    pub fn summary(&mut self, message: impl Into<String>) {
        self.push(Severity::Warning, 0, message.into(), None);
    }

    /// Whether enough errors have been found to stop reading.
    pub fn is_full(&self) -> bool {
        self.n_errors >= MAX_ERRORS
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.n_errors > 0
    }

    /// All diagnostics in order of their place.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
        self.list
    }

    fn push(&mut self, severity: Severity, at: usize, message: String, help: Option<&str>) {
        let before = &self.text[..at.min(self.text.len())];
        let line = 1 + memchr::memchr_iter(b'\n', before).count() as u32;
        let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let column = 1 + (before.len() - start) as u32;
        self.list.push(Diagnostic {
            severity,
            line,
            column,
            message,
            help: help.map(String::from),
        });
    }
}
