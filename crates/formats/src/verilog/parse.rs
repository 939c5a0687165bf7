use super::tokens::{Token, Tokens};
use super::{Direction, Inst, Module, Term, Terms};
use crate::Diagnostics;
use crate::lef::short;

/// Widest bus; wider ones are mistakes.
const MOST_BITS: i64 = 1 << 16;
/// Deepest nesting of braces.
const MOST_NESTED: usize = 64;

/// Why a statement was given up; the error has been said.
struct Bad;

type Read<T> = Result<T, Bad>;

/// Reads all modules.
pub(super) fn modules<'a>(text: &'a [u8], diagnostics: &mut Diagnostics<'_>) -> Vec<Module<'a>> {
    let mut parser = Parser { tokens: Tokens::new(text), diagnostics };
    let mut modules = Vec::new();
    loop {
        match parser.tokens.next() {
            Token::Name("module" | "macromodule") => match parser.module() {
                Ok(module) => modules.push(module),
                Err(Bad) => break,
            },
            Token::End => break,
            found => {
                parser.unexpected(found, "module");
                break;
            }
        }
    }
    if modules.is_empty() && !parser.diagnostics.has_errors() {
        parser.diagnostics.error(0, "found no module, expected a Verilog netlist", None);
    }
    modules
}

struct Parser<'a, 'd, 't> {
    tokens: Tokens<'a>,
    diagnostics: &'d mut Diagnostics<'t>,
}

impl<'a> Parser<'a, '_, '_> {
    fn unexpected(&mut self, found: Token<'_>, expected: &str) -> Bad {
        let found = match found {
            Token::Name(text) | Token::Number(text) => format!("{:?}", short(text)),
            Token::Mark(mark) => format!("{:?}", char::from(mark)),
            Token::End => "the end of the file".to_owned(),
        };
        let what = format!("found {found}, expected {expected}");
        self.diagnostics.error(self.tokens.start, what, None);
        Bad
    }

    fn expect(&mut self, mark: u8) -> Read<()> {
        match self.tokens.next() {
            Token::Mark(found) if found == mark => Ok(()),
            found => Err(self.unexpected(found, &format!("{:?}", char::from(mark)))),
        }
    }

    fn name(&mut self) -> Read<&'a str> {
        match self.tokens.next() {
            Token::Name(name) => Ok(name),
            found => Err(self.unexpected(found, "a name")),
        }
    }

    fn integer(&mut self) -> Read<i64> {
        let negative = self.tokens.take(b'-');
        match self.tokens.next() {
            Token::Number(text) => match text.replace('_', "").parse::<i32>() {
                Ok(value) => Ok(if negative { -i64::from(value) } else { i64::from(value) }),
                Err(_) => Err(self.unexpected(Token::Number(text), "a whole number")),
            },
            found => Err(self.unexpected(found, "a whole number")),
        }
    }

    fn module(&mut self) -> Read<Module<'a>> {
        let mut module = Module { at: self.tokens.start, name: self.name()?, ..Module::default() };
        if self.tokens.take(b'#') {
            self.skip_parentheses()?;
        }
        if self.tokens.take(b'(') {
            self.header(&mut module)?;
        }
        self.expect(b';')?;
        loop {
            match self.tokens.next() {
                Token::Name("endmodule") => return Ok(module),
                Token::Name(word) => self.statement(word, &mut module)?,
                Token::Mark(b';') => {}
                found => return Err(self.unexpected(found, "a statement or endmodule")),
            }
        }
    }

    /// Ports up to the closing parenthesis, plain or with their declarations.
    fn header(&mut self, module: &mut Module<'a>) -> Read<()> {
        let (mut direction, mut range) = (None, None);
        loop {
            match self.tokens.next() {
                Token::Mark(b')') => return Ok(()),
                Token::Mark(b',') => {}
                Token::Name(word @ ("input" | "output" | "inout")) => {
                    (direction, range) = (Some(self::direction(word)), self.range()?);
                }
                Token::Name("wire" | "reg" | "logic" | "signed" | "tri") => {
                    range = self.range()?.or(range);
                }
                Token::Name(name) => {
                    module.ports.push(name);
                    module.directions.extend(direction.map(|direction| (name, direction)));
                    module.ranges.extend(range.map(|range| (name, range)));
                }
                found => return Err(self.unexpected(found, "a port")),
            }
        }
    }

    /// `[msb:lsb]`, where one stands.
    fn range(&mut self) -> Read<Option<(i64, i64)>> {
        while matches!(self.tokens.peek(), Token::Name("wire" | "reg" | "logic" | "signed" | "tri"))
        {
            self.tokens.next();
        }
        if !self.tokens.take(b'[') {
            return Ok(None);
        }
        let msb = self.integer()?;
        self.expect(b':')?;
        let lsb = self.integer()?;
        self.expect(b']')?;
        self.checked(msb, lsb).map(Some)
    }

    fn checked(&mut self, msb: i64, lsb: i64) -> Read<(i64, i64)> {
        if (msb - lsb).abs() < MOST_BITS {
            return Ok((msb, lsb));
        }
        let what = format!("a bus of {} bits, expected at most {MOST_BITS}", (msb - lsb).abs() + 1);
        self.diagnostics.error(self.tokens.start, what, None);
        Err(Bad)
    }

    fn statement(&mut self, word: &'a str, module: &mut Module<'a>) -> Read<()> {
        match word {
            "input" | "output" | "inout" => self.declare(module, Some(direction(word)), false),
            "wire" | "tri" | "wand" | "wor" | "logic" | "reg" => self.declare(module, None, false),
            "supply0" | "supply1" => self.declare(module, None, true),
            "assign" => self.assign(module),
            "parameter" | "localparam" | "specparam" | "timeunit" | "timeprecision" => {
                self.skip_past(b';')
            }
            "specify" => {
                while self.tokens.next() != Token::Name("endspecify") {
                    if self.tokens.peek() == Token::End {
                        return Err(self.unexpected(Token::End, "endspecify"));
                    }
                }
                Ok(())
            }
            "always" | "always_comb" | "always_ff" | "initial" | "function" | "task"
            | "generate" | "for" | "if" | "case" | "genvar" | "integer" => {
                let what = format!("{word:?} describes behaviour, expected a structural netlist");
                let help = Some("synthesise the design first");
                self.diagnostics.error(self.tokens.start, what, help);
                Err(Bad)
            }
            master => self.instances(master, module),
        }
    }

    fn declare(
        &mut self,
        module: &mut Module<'a>,
        direction: Option<Direction>,
        supply: bool,
    ) -> Read<()> {
        let range = self.range()?;
        loop {
            let name = self.name()?;
            module.directions.extend(direction.map(|direction| (name, direction)));
            module.ranges.extend(range.map(|range| (name, range)));
            if supply {
                module.supplies.push(name);
            }
            if self.tokens.take(b'=') {
                let at = self.tokens.start;
                let right = self.expression(0)?;
                module.assigns.push((vec![Term::Net(name, None)], right, at));
            }
            match self.tokens.next() {
                Token::Mark(b',') => {}
                Token::Mark(b';') => return Ok(()),
                found => return Err(self.unexpected(found, "',' or ';'")),
            }
        }
    }

    fn assign(&mut self, module: &mut Module<'a>) -> Read<()> {
        loop {
            let at = self.tokens.start;
            let left = self.expression(0)?;
            self.expect(b'=')?;
            let right = self.expression(0)?;
            module.assigns.push((left, right, at));
            match self.tokens.next() {
                Token::Mark(b',') => {}
                Token::Mark(b';') => return Ok(()),
                found => {
                    let bad = self.unexpected(found, "',' or ';'");
                    return Err(bad);
                }
            }
        }
    }

    /// `MASTER #(...) name (...), name (...);`.
    fn instances(&mut self, master: &'a str, module: &mut Module<'a>) -> Read<()> {
        if self.tokens.take(b'#') {
            self.skip_parentheses()?;
        }
        loop {
            let at = self.tokens.start;
            let name = self.name()?;
            let array = self.range()?;
            if array.is_some() {
                let what = "an array of instances, expected single ones";
                self.diagnostics.error(self.tokens.start, what, None);
                return Err(Bad);
            }
            self.expect(b'(')?;
            let connections = self.connections()?;
            module.instances.push(Inst { master, name: name.into(), connections, at });
            match self.tokens.next() {
                Token::Mark(b',') => {}
                Token::Mark(b';') => return Ok(()),
                found => return Err(self.unexpected(found, "',' or ';'")),
            }
        }
    }

    fn connections(&mut self) -> Read<Vec<(Option<&'a str>, Terms<'a>)>> {
        let mut list = Vec::new();
        if self.tokens.take(b')') {
            return Ok(list);
        }
        loop {
            if self.tokens.take(b'.') {
                let pin = self.name()?;
                self.expect(b'(')?;
                let empty = self.tokens.peek() == Token::Mark(b')');
                let terms = if empty { Vec::new() } else { self.expression(0)? };
                self.expect(b')')?;
                list.push((Some(pin), terms));
            } else if matches!(self.tokens.peek(), Token::Mark(b',' | b')')) {
                list.push((None, Vec::new()));
            } else {
                list.push((None, self.expression(0)?));
            }
            match self.tokens.next() {
                Token::Mark(b',') => {}
                Token::Mark(b')') => return Ok(list),
                found => return Err(self.unexpected(found, "',' or ')'")),
            }
        }
    }

    /// A net, some of its bits, a constant, or a concatenation or replication of such.
    fn expression(&mut self, depth: usize) -> Read<Terms<'a>> {
        match self.tokens.next() {
            Token::Mark(b'{') if depth < MOST_NESTED => {
                let terms = self.part(depth + 1)?;
                self.concatenation(terms, depth + 1)
            }
            Token::Number(text) => {
                let width = text.split_once('\'').map_or("32", |(width, _)| width);
                let width = width.parse::<usize>().unwrap_or(1);
                Ok(vec![Term::Constant(width.min(MOST_BITS as usize))])
            }
            Token::Name(name) => {
                if !self.tokens.take(b'[') {
                    return Ok(vec![Term::Net(name, None)]);
                }
                let msb = self.integer()?;
                let lsb = if self.tokens.take(b':') { self.integer()? } else { msb };
                self.expect(b']')?;
                let select = self.checked(msb, lsb)?;
                Ok(vec![Term::Net(name, Some(select))])
            }
            found => Err(self.unexpected(found, "a net, a constant or '{'")),
        }
    }

    /// What follows in braces after `terms`, up to the closing one.
    fn concatenation(&mut self, mut terms: Terms<'a>, depth: usize) -> Read<Terms<'a>> {
        loop {
            match self.tokens.next() {
                Token::Mark(b',') => terms.extend(self.part(depth)?),
                Token::Mark(b'}') => return Ok(terms),
                found => return Err(self.unexpected(found, "',' or '}'")),
            }
        }
    }

    /// A part of a concatenation: an expression, or `count {...}`, which repeats one.
    fn part(&mut self, depth: usize) -> Read<Terms<'a>> {
        let Token::Number(text) = self.tokens.peek() else { return self.expression(depth) };
        let terms = self.expression(depth)?;
        if self.tokens.peek() != Token::Mark(b'{') {
            return Ok(terms);
        }
        let count = self.count(text)?;
        Ok(vec![Term::Repeat(count, self.expression(depth)?)])
    }

    /// The count of a replication, the token read last.
    fn count(&mut self, text: &'a str) -> Read<usize> {
        let count = text.replace('_', "").parse::<usize>().ok();
        count.filter(|&count| count <= MOST_BITS as usize).ok_or_else(|| {
            let expected = format!("a whole number of at most {MOST_BITS}");
            self.unexpected(Token::Number(text), &expected)
        })
    }

    fn skip_past(&mut self, mark: u8) -> Read<()> {
        loop {
            match self.tokens.next() {
                Token::Mark(found) if found == mark => return Ok(()),
                Token::End => return Err(self.unexpected(Token::End, "';'")),
                _ => {}
            }
        }
    }

    fn skip_parentheses(&mut self) -> Read<()> {
        self.expect(b'(')?;
        let mut depth = 1_usize;
        while depth > 0 {
            match self.tokens.next() {
                Token::Mark(b'(') => depth += 1,
                Token::Mark(b')') => depth -= 1,
                Token::End => return Err(self.unexpected(Token::End, "')'")),
                _ => {}
            }
        }
        Ok(())
    }
}

fn direction(word: &str) -> Direction {
    match word {
        "input" => Direction::Input,
        "output" => Direction::Output,
        _ => Direction::Inout,
    }
}
