/// The role of a shape; a [`Theme`](crate::Theme) gives it colours and a line width.
///
/// Its number indexes tables of colours: see [`Style::index`] and [`Style::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Style {
    /// The area to place on.
    Canvas,
    /// A grid line.
    Grid,
    /// An area to keep free.
    Blockage,
    /// A soft macro.
    Soft,
    /// A single standard cell.
    StdCell,
    /// A hard macro that may move.
    Hard,
    /// A node that must stay.
    Fixed,
    /// The cut corner that shows a macro's orientation.
    Mark,
    /// A port.
    Port,
    /// A pin of a hard macro.
    Pin,
    /// A connection between two macros, drawn for all.
    Flyline,
    /// A connection into a chosen node.
    FanIn,
    /// A connection out of a chosen node.
    FanOut,
    /// The outline of a chosen node.
    Selected,
    /// The outline of the node under the pointer.
    Hovered,
    /// Highlight group 1.
    Group1,
    /// Highlight group 2.
    Group2,
    /// Highlight group 3.
    Group3,
    /// Highlight group 4.
    Group4,
    /// Highlight group 5.
    Group5,
    /// Highlight group 6.
    Group6,
    /// Highlight group 7.
    Group7,
    /// Highlight group 8.
    Group8,
    /// Where a node is in the placement compared with.
    Ghost,
    /// The way from there to here.
    Arrow,
    /// Something found wrong, or worth a look.
    Marker,
}

impl Style {
    /// Every style, in the order of their numbers.
    pub const ALL: [Self; 26] = [
        Self::Canvas,
        Self::Grid,
        Self::Blockage,
        Self::Soft,
        Self::StdCell,
        Self::Hard,
        Self::Fixed,
        Self::Mark,
        Self::Port,
        Self::Pin,
        Self::Flyline,
        Self::FanIn,
        Self::FanOut,
        Self::Selected,
        Self::Hovered,
        Self::Group1,
        Self::Group2,
        Self::Group3,
        Self::Group4,
        Self::Group5,
        Self::Group6,
        Self::Group7,
        Self::Group8,
        Self::Ghost,
        Self::Arrow,
        Self::Marker,
    ];

    /// Number of highlight groups.
    pub const N_GROUPS: usize = 8;

    /// Highlight group `k`, counted from 0; there are eight, more begin again with the first.
    pub fn group(k: usize) -> Self {
        Self::ALL[Self::Group1.index() + k % Self::N_GROUPS]
    }

    /// Its number, below `Style::ALL.len()`.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Its name, also the class in an SVG.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; Style::ALL.len()] = [
            "canvas", "gridline", "blockage", "soft", "cell", "hard", "fixed", "mark", "port",
            "pin", "fly", "fanin", "fanout", "selected", "hovered", "group1", "group2", "group3",
            "group4", "group5", "group6", "group7", "group8", "ghost", "arrow", "marker",
        ];
        NAMES[self.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_list() {
        for (i, style) in Style::ALL.into_iter().enumerate() {
            assert_eq!(style.index(), i, "{style:?}");
        }
        assert_eq!(Style::group(7), Style::Group8);
        assert_eq!(Style::group(8), Style::Group1);
    }
}
