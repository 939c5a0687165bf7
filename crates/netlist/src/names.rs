use std::collections::HashMap;

use crate::NameId;

/// Interned names in one buffer.
#[derive(Clone, Debug, Default)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends
    }
}

impl Names {
    /// Adds a name without looking for an equal one.
    pub fn push(&mut self, name: &str) -> NameId {
        let id = NameId::from_usize(self.ends.len());
        self.text.push_str(name);
        self.ends.push(u32::try_from(self.text.len()).expect("more than 4 GB of names"));
        id
    }

    /// The name of an id.
    pub fn get(&self, id: NameId) -> &str {
        let start = if id.0 == 0 { 0 } else { self.ends[id.usize() - 1] as usize };
        &self.text[start..self.ends[id.usize()] as usize]
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A lookup table from name to id; of equal names the first.
    pub fn lookup(&self) -> HashMap<&str, NameId> {
        let mut table = HashMap::with_capacity(self.len());
        for id in (0..self.len()).map(NameId::from_usize) {
            table.entry(self.get(id)).or_insert(id);
        }
        table
    }
}
