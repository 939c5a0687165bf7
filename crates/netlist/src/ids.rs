use std::fmt;

/// A typed index into a column.
pub trait Id: Copy {
    /// The id of a row.
    fn from_usize(row: usize) -> Self;
    /// The row.
    fn usize(self) -> usize;
}

macro_rules! id {
    ($name:ident, $what:literal) => {
        #[doc = concat!("Row of a ", $what, ".")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of a row.
            ///
            /// # Panics
            /// If the row does not fit in 32 bits.
            pub fn from_usize(row: usize) -> Self {
                Self(u32::try_from(row).expect("more than 2^32 rows"))
            }

            /// The row.
            pub fn usize(self) -> usize {
                self.0 as usize
            }
        }

        impl Id for $name {
            fn from_usize(row: usize) -> Self {
                Self::from_usize(row)
            }
            fn usize(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(NodeId, "node: hard macro, soft macro, port or standard cell");
id!(PinId, "pin");
id!(NetId, "net");
id!(NameId, "name");
