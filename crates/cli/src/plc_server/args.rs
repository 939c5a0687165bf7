//! Typed access to a request's arguments.

use flagstone_netlist::NodeId;
use serde_json::Value;

use super::state::{Item, State};

/// Arguments by position; every error names the argument.
pub(super) struct Args<'a> {
    values: &'a [Value],
}

/// The answer of a method, or what is wrong with the request.
pub(super) type Answer = Result<Value, String>;

impl<'a> Args<'a> {
    pub(super) fn new(values: &'a [Value]) -> Self {
        Self { values }
    }

    /// Checks how many there are.
    pub(super) fn count(&self, least: usize, most: usize) -> Result<(), String> {
        let n = self.values.len();
        if (least..=most).contains(&n) {
            return Ok(());
        }
        let expected = if least == most { least.to_string() } else { format!("{least} to {most}") };
        Err(format!("expected {expected} arguments, got {n}"))
    }

    /// Whether there is an argument at a position.
    pub(super) fn has(&self, i: usize) -> bool {
        i < self.values.len()
    }

    fn get(&self, i: usize, name: &str) -> Result<&'a Value, String> {
        self.values.get(i).ok_or_else(|| format!("argument {name} is missing"))
    }

    /// A finite number.
    pub(super) fn number(&self, i: usize, name: &str) -> Result<f64, String> {
        finite(self.get(i, name)?, name)
    }

    /// A finite number above zero.
    pub(super) fn positive(&self, i: usize, name: &str) -> Result<f64, String> {
        positive(self.number(i, name)?, name)
    }

    /// A finite number that is not negative.
    pub(super) fn amount(&self, i: usize, name: &str) -> Result<f64, String> {
        amount(self.number(i, name)?, name)
    }

    /// A whole number that is not negative.
    pub(super) fn whole(&self, i: usize, name: &str) -> Result<u32, String> {
        whole(self.get(i, name)?, name)
    }

    /// A truth value.
    pub(super) fn truth(&self, i: usize, name: &str) -> Result<bool, String> {
        let value = self.get(i, name)?;
        let number = value.as_u64().filter(|&n| n <= 1).map(|n| n == 1);
        value.as_bool().or(number).ok_or_else(|| format!("{name} must be true or false"))
    }

    /// A string.
    pub(super) fn text(&self, i: usize, name: &str) -> Result<&'a str, String> {
        self.get(i, name)?.as_str().ok_or_else(|| format!("{name} must be a string"))
    }

    /// A list.
    pub(super) fn list(&self, i: usize, name: &str) -> Result<&'a [Value], String> {
        self.get(i, name)?.as_array().map(Vec::as_slice).ok_or(format!("{name} must be a list"))
    }

    /// A list of finite numbers.
    pub(super) fn numbers(&self, i: usize, name: &str) -> Result<Vec<f64>, String> {
        self.list(i, name)?.iter().map(|value| finite(value, name)).collect()
    }

    /// A list of whole numbers.
    pub(super) fn wholes(&self, i: usize, name: &str) -> Result<Vec<u32>, String> {
        self.list(i, name)?.iter().map(|value| whole(value, name)).collect()
    }

    /// A node or pin, by index or name.
    pub(super) fn item(&self, i: usize, state: &State) -> Result<Item, String> {
        item(self.get(i, "node")?, state)
    }

    /// A macro, port or cell, by index or name.
    pub(super) fn node(&self, i: usize, state: &State) -> Result<NodeId, String> {
        match self.item(i, state)? {
            Item::Node(node) => Ok(node),
            Item::Pin(_) => Err("node is a macro pin; expected a macro, port or cell".to_owned()),
        }
    }

    /// A list of nodes or pins.
    pub(super) fn items(&self, i: usize, state: &State) -> Result<Vec<Item>, String> {
        self.list(i, "nodes")?.iter().map(|value| item(value, state)).collect()
    }
}

/// Checks that a number is above zero.
pub(super) fn positive(value: f64, name: &str) -> Result<f64, String> {
    if value > 0.0 { Ok(value) } else { Err(format!("{name} must be above 0, got {value}")) }
}

/// Checks that a number is not negative.
pub(super) fn amount(value: f64, name: &str) -> Result<f64, String> {
    if value >= 0.0 { Ok(value) } else { Err(format!("{name} must be 0 or more, got {value}")) }
}

fn finite(value: &Value, name: &str) -> Result<f64, String> {
    let number = value.as_f64().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("{name} must be a number, got {value}"))
}

fn whole(value: &Value, name: &str) -> Result<u32, String> {
    let number = value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..4e9).contains(n));
    number.map(|n| n as u32).ok_or(format!("{name} must be a whole number, got {value}"))
}

fn item(value: &Value, state: &State) -> Result<Item, String> {
    if let Some(name) = value.as_str() {
        let index = state.index_of(name).ok_or_else(|| format!("there is no node {name:?}"))?;
        return state.item(index).ok_or_else(|| format!("there is no node {name:?}"));
    }
    let index = whole(value, "node")?;
    state.item(index).ok_or_else(|| {
        format!("node {index} is out of range, the netlist has {} nodes", state.n_items())
    })
}
