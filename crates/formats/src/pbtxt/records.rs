//! First pass: the file's nodes as records of slices, before names are resolved.

use flagstone_geom::Orientation;
use flagstone_netlist::Side;

use crate::Diagnostics;
use crate::scanner::{Scanner, Token, describe};

/// What a record says it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Type {
    #[default]
    Unknown,
    Port,
    Macro,
    MacroPin,
    StdCell,
}

/// One `node { … }`.
#[derive(Clone, Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) part: usize,
    /// Byte offset of the name.
    pub(super) at: usize,
    pub(super) name: &'a [u8],
    pub(super) kind: Type,
    /// Range in [`Table::inputs`].
    pub(super) inputs: std::ops::Range<usize>,
    pub(super) macro_name: Option<&'a [u8]>,
    pub(super) ref_name: Option<&'a [u8]>,
    pub(super) side: Option<Side>,
    pub(super) orientation: Option<Orientation>,
    pub(super) width: Option<f64>,
    pub(super) height: Option<f64>,
    pub(super) x: Option<f64>,
    pub(super) y: Option<f64>,
    pub(super) x_offset: Option<f64>,
    pub(super) y_offset: Option<f64>,
    pub(super) weight: Option<f64>,
    bloating: Option<f64>,
}

/// All records of a netlist.
#[derive(Default)]
pub(super) struct Table<'a> {
    pub(super) records: Vec<Record<'a>>,
    /// Names of sinks with their byte offsets.
    pub(super) inputs: Vec<(&'a [u8], usize)>,
    pub(super) bloating: Option<f64>,
}

const METADATA: &[u8] = b"__metadata__";

/// The text is damaged in a way that hides where the next record begins.
struct Lost;

struct Parser<'a, 'd, 't> {
    scanner: Scanner<'a>,
    diagnostics: &'d mut Diagnostics<'t>,
}

/// Reads all records of one part.
pub(super) fn parse<'a>(
    part: usize,
    text: &'a [u8],
    table: &mut Table<'a>,
    diagnostics: &mut Diagnostics<'_>,
) {
    let mut parser = Parser { scanner: Scanner::new(text), diagnostics };
    loop {
        match parser.scanner.next() {
            Token::End => return,
            Token::Mark(b';' | b',') => {}
            Token::Word(b"node") => {
                let Ok(record) = parser.node(part, table) else { return };
                if record.name == METADATA {
                    table.bloating = record.bloating;
                } else {
                    table.records.push(record);
                }
            }
            // GraphDef has more fields than circuit_training uses.
            Token::Word(_) => {
                if parser.skip_value().is_err() {
                    return;
                }
            }
            other => {
                parser.unexpected(other, "\"node {\"");
                return;
            }
        }
        if parser.diagnostics.is_full() {
            return;
        }
    }
}

impl<'a> Parser<'a, '_, '_> {
    fn unexpected(&mut self, found: Token<'_>, expected: &str) {
        let help = match found {
            Token::End => Some("the file seems to be cut off"),
            Token::OpenText => Some("close the string with a quote on the same line"),
            _ => None,
        };
        let message = format!("found {}, expected {expected}", describe(found));
        self.diagnostics.error(self.scanner.start, message, help);
    }

    fn expect(&mut self, mark: u8) -> Result<(), Lost> {
        let token = self.scanner.next();
        if token == Token::Mark(mark) {
            return Ok(());
        }
        self.unexpected(token, &format!("{:?}", char::from(mark)));
        Err(Lost)
    }

    /// An optional colon, then `{`.
    fn open(&mut self) -> Result<(), Lost> {
        match self.scanner.next() {
            Token::Mark(b'{') => Ok(()),
            Token::Mark(b':') => self.expect(b'{'),
            other => {
                self.unexpected(other, "'{'");
                Err(Lost)
            }
        }
    }

    fn text(&mut self) -> Result<(&'a [u8], usize), Lost> {
        self.expect(b':')?;
        match self.scanner.next() {
            Token::Text(text) => Ok((text, self.scanner.start)),
            other => {
                self.unexpected(other, "a quoted string");
                Err(Lost)
            }
        }
    }

    /// Skips the value of a field that is not used.
    fn skip_value(&mut self) -> Result<(), Lost> {
        let mut token = self.scanner.next();
        if token == Token::Mark(b':') {
            token = self.scanner.next();
        }
        match token {
            Token::Word(_) | Token::Text(_) => return Ok(()),
            Token::Mark(b'{' | b'<' | b'[') => {}
            other => {
                self.unexpected(other, "a value");
                return Err(Lost);
            }
        }
        let mut depth = 1_u32;
        while depth > 0 {
            match self.scanner.next() {
                Token::Mark(b'{' | b'<' | b'[') => depth += 1,
                Token::Mark(b'}' | b'>' | b']') => depth -= 1,
                found @ (Token::End | Token::OpenText) => {
                    self.unexpected(found, "the end of a value");
                    return Err(Lost);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn node(&mut self, part: usize, table: &mut Table<'a>) -> Result<Record<'a>, Lost> {
        self.open()?;
        let first = table.inputs.len();
        let mut record = Record { part, at: self.scanner.start, ..Record::default() };
        loop {
            match self.scanner.next() {
                Token::Word(b"name") => (record.name, record.at) = self.text()?,
                Token::Word(b"input") => {
                    let input = self.text()?;
                    table.inputs.push(input);
                }
                Token::Word(b"attr") => self.attribute(&mut record)?,
                Token::Word(_) => self.skip_value()?,
                Token::Mark(b';' | b',') => {}
                Token::Mark(b'}') => break,
                other => {
                    self.unexpected(other, "name, input, attr or '}'");
                    return Err(Lost);
                }
            }
        }
        record.inputs = first..table.inputs.len();
        if record.name.is_empty() {
            self.diagnostics.error(record.at, "node without a name", None);
        }
        Ok(record)
    }

    /// `attr { key: "…" value { … } }`.
    fn attribute(&mut self, record: &mut Record<'a>) -> Result<(), Lost> {
        self.open()?;
        let mut key: &[u8] = b"";
        let mut value = Value { text: b"", at: 0 };
        loop {
            match self.scanner.next() {
                Token::Word(b"key") => key = self.text()?.0,
                Token::Word(b"value") => value = self.value()?,
                Token::Mark(b';' | b',') => {}
                Token::Mark(b'}') => break,
                other => {
                    self.unexpected(other, "key, value or '}'");
                    return Err(Lost);
                }
            }
        }
        self.set(record, key, &value);
        Ok(())
    }

    /// `{ f: 1.5 }`, `{ placeholder: "…" }` and their kin: the text of the last field.
    fn value(&mut self) -> Result<Value<'a>, Lost> {
        self.open()?;
        let mut value = Value { text: b"", at: self.scanner.start };
        loop {
            match self.scanner.next() {
                Token::Word(_) => {
                    self.expect(b':')?;
                    match self.scanner.next() {
                        Token::Word(text) | Token::Text(text) => {
                            value = Value { text, at: self.scanner.start };
                        }
                        other => {
                            self.unexpected(other, "a number or a string");
                            return Err(Lost);
                        }
                    }
                }
                Token::Mark(b';' | b',') => {}
                Token::Mark(b'}') => return Ok(value),
                other => {
                    self.unexpected(other, "f, placeholder or '}'");
                    return Err(Lost);
                }
            }
        }
    }

    fn set(&mut self, record: &mut Record<'a>, key: &[u8], value: &Value<'a>) {
        match key {
            b"type" => record.kind = self.kind(value),
            b"macro_name" => record.macro_name = Some(value.text),
            b"ref_name" => record.ref_name = Some(value.text),
            b"side" => record.side = self.side(value),
            b"orientation" => record.orientation = self.orientation(value),
            b"width" => record.width = self.number(key, value),
            b"height" => record.height = self.number(key, value),
            b"x" => record.x = self.number(key, value),
            b"y" => record.y = self.number(key, value),
            b"x_offset" => record.x_offset = self.number(key, value),
            b"y_offset" => record.y_offset = self.number(key, value),
            b"weight" => record.weight = self.number(key, value),
            b"soft_macro_area_bloating_ratio" => record.bloating = self.number(key, value),
            _ => {}
        }
    }

    fn bad_value(&mut self, value: &Value<'_>, expected: &str) {
        let found = String::from_utf8_lossy(value.text);
        self.diagnostics.error(value.at, format!("found {found:?}, expected {expected}"), None);
    }

    fn kind(&mut self, value: &Value<'_>) -> Type {
        let kinds: [(&str, Type); 4] = [
            ("macro_pin", Type::MacroPin),
            ("macro", Type::Macro),
            ("port", Type::Port),
            ("stdcell", Type::StdCell),
        ];
        let kind = kinds.iter().find(|(name, _)| value.text.eq_ignore_ascii_case(name.as_bytes()));
        if kind.is_none() {
            self.bad_value(value, "one of the types macro, macro_pin, port, stdcell");
        }
        kind.map_or(Type::Unknown, |kind| kind.1)
    }

    fn side(&mut self, value: &Value<'_>) -> Option<Side> {
        let sides: [(&str, Side); 4] = [
            ("left", Side::Left),
            ("right", Side::Right),
            ("top", Side::Top),
            ("bottom", Side::Bottom),
        ];
        let side = sides.iter().find(|(name, _)| value.text.eq_ignore_ascii_case(name.as_bytes()));
        if side.is_none() {
            self.bad_value(value, "one of the sides LEFT, RIGHT, TOP, BOTTOM");
        }
        side.map(|side| side.1)
    }

    fn orientation(&mut self, value: &Value<'_>) -> Option<Orientation> {
        let text = std::str::from_utf8(value.text).unwrap_or_default();
        let orientation = text.parse().ok();
        if orientation.is_none() {
            self.bad_value(value, "one of the orientations N, FN, S, FS, E, FE, W, FW");
        }
        orientation
    }

    fn number(&mut self, key: &[u8], value: &Value<'_>) -> Option<f64> {
        let text = std::str::from_utf8(value.text).unwrap_or_default();
        // Text format allows a C float suffix.
        let number = text.strip_suffix(['f', 'F']).unwrap_or(text);
        // The format's field has 32 bits.
        let in_range = |number: &f64| (*number as f32).is_finite();
        let number = number.parse::<f64>().ok().filter(in_range);
        if number.is_none() {
            let key = String::from_utf8_lossy(key);
            self.bad_value(value, &format!("a finite number for {key}"));
        }
        number
    }
}

/// The text of an attribute's value.
struct Value<'a> {
    text: &'a [u8],
    at: usize,
}
