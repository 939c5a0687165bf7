use std::marker::PhantomData;

use crate::Id;

/// Rows of `V`, one per `K`, stored flat: row `k` is `items[starts[k]..starts[k + 1]]`.
///
/// `starts` has one entry more than there are rows; the last is the number of items.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr<K, V> {
    starts: Vec<u32>,
    items: Vec<V>,
    key: PhantomData<K>,
}

impl<K, V> Default for Csr<K, V> {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new(), key: PhantomData }
    }
}

impl<K: Id, V: Copy> Csr<K, V> {
    /// Rows in order.
    pub fn from_rows<R: IntoIterator<Item = V>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut csr = Self::default();
        for row in rows {
            csr.push_row(row);
        }
        csr
    }

    /// Groups `(key, value)` pairs into `n_rows` rows, keeping the order within a row.
    pub fn from_pairs(n_rows: usize, pairs: impl Iterator<Item = (K, V)> + Clone) -> Self {
        let mut starts = vec![0_u32; n_rows + 1];
        for (key, _) in pairs.clone() {
            starts[key.usize() + 1] += 1;
        }
        for row in 0..n_rows {
            starts[row + 1] += starts[row];
        }
        let Some((_, first)) = pairs.clone().next() else {
            return Self { starts, items: Vec::new(), key: PhantomData };
        };
        let mut next = starts.clone();
        let mut items = vec![first; starts[n_rows] as usize];
        for (key, value) in pairs {
            items[next[key.usize()] as usize] = value;
            next[key.usize()] += 1;
        }
        Self { starts, items, key: PhantomData }
    }

    /// Appends a row.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = V>) {
        self.items.extend(row);
        self.starts.push(u32::try_from(self.items.len()).expect("more than 2^32 items"));
    }

    /// The values of a key.
    pub fn row(&self, key: K) -> &[V] {
        let k = key.usize();
        &self.items[self.starts[k] as usize..self.starts[k + 1] as usize]
    }

    /// All rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[V]> {
        self.starts.windows(2).map(|w| &self.items[w[0] as usize..w[1] as usize])
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// All values, row after row.
    pub fn items(&self) -> &[V] {
        &self.items
    }

    /// Where each row begins in [`items`](Self::items); one entry more than there are rows.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::NodeId;

    proptest! {
        #[test]
        fn grouping_is_a_stable_permutation(pairs in prop::collection::vec((0_u32..7, any::<u16>()), 0..60)) {
            let csr = Csr::from_pairs(7, pairs.iter().map(|&(k, v)| (NodeId(k), v)));
            prop_assert_eq!(csr.items().len(), pairs.len());
            for key in 0..7 {
                let expected: Vec<u16> =
                    pairs.iter().filter(|p| p.0 == key).map(|p| p.1).collect();
                prop_assert_eq!(csr.row(NodeId(key)), &expected[..]);
            }
        }
    }
}
