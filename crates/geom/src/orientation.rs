use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The eight placements of a macro, in DEF's letters.
///
/// An orientation maps an offset from the macro's centre (in `N`) to the offset after turning or
/// mirroring it. `F*` are mirrored about the y axis before turning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Orientation {
    /// As drawn.
    #[default]
    N,
    /// Mirrored about the y axis.
    FN,
    /// Turned by 180°.
    S,
    /// Mirrored about the x axis.
    FS,
    /// Turned by 270° (clockwise 90°).
    E,
    /// `E` after mirroring.
    FE,
    /// Turned by 90° (counterclockwise).
    W,
    /// `W` after mirroring.
    FW,
}

/// The text is none of the eight letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseOrientationError;

impl fmt::Display for ParseOrientationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected one of N, FN, S, FS, E, FE, W, FW")
    }
}

impl std::error::Error for ParseOrientationError {}

impl Orientation {
    /// All eight, `N` first.
    pub const ALL: [Orientation; 8] =
        [Self::N, Self::FN, Self::S, Self::FS, Self::E, Self::FE, Self::W, Self::FW];

    /// Row-major 2 × 2 matrix of the map.
    fn matrix(self) -> [i8; 4] {
        match self {
            Self::N => [1, 0, 0, 1],
            Self::FN => [-1, 0, 0, 1],
            Self::S => [-1, 0, 0, -1],
            Self::FS => [1, 0, 0, -1],
            Self::E => [0, 1, -1, 0],
            Self::FE => [0, -1, -1, 0],
            Self::W => [0, -1, 1, 0],
            Self::FW => [0, 1, 1, 0],
        }
    }

    /// Where the offset `(dx, dy)` from the centre comes to lie.
    pub fn apply(self, dx: f64, dy: f64) -> (f64, f64) {
        match self {
            Self::N => (dx, dy),
            Self::FN => (-dx, dy),
            Self::S => (-dx, -dy),
            Self::FS => (dx, -dy),
            Self::E => (dy, -dx),
            Self::FE => (-dy, -dx),
            Self::W => (-dy, dx),
            Self::FW => (dy, dx),
        }
    }

    /// The orientation that undoes this one.
    pub fn inverse(self) -> Self {
        match self {
            Self::E => Self::W,
            Self::W => Self::E,
            other => other,
        }
    }

    /// The orientation that applies `self` first and `next` after it.
    pub fn then(self, next: Self) -> Self {
        let (a, b) = (next.matrix(), self.matrix());
        let product = [
            a[0] * b[0] + a[1] * b[2],
            a[0] * b[1] + a[1] * b[3],
            a[2] * b[0] + a[3] * b[2],
            a[2] * b[1] + a[3] * b[3],
        ];
        let same = |o: &&Orientation| o.matrix() == product;
        *Self::ALL.iter().find(same).expect("the eight orientations form a group")
    }

    /// The four orientations reachable from this one without turning by 90°.
    pub fn family(self) -> [Orientation; 4] {
        if self.is_turned() {
            [Self::E, Self::FE, Self::W, Self::FW]
        } else {
            [Self::N, Self::FN, Self::S, Self::FS]
        }
    }

    /// The quarter turn in this orientation, `W` or `N`, and what follows it: one of the four that
    /// leave width and height where they are.
    pub fn split_turn(self) -> (Self, Self) {
        let turn = if self.is_turned() { Self::W } else { Self::N };
        (turn, turn.inverse().then(self))
    }

    /// Whether width and height change places.
    pub fn is_turned(self) -> bool {
        matches!(self, Self::E | Self::FE | Self::W | Self::FW)
    }

    /// The DEF letters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::N => "N",
            Self::FN => "FN",
            Self::S => "S",
            Self::FS => "FS",
            Self::E => "E",
            Self::FE => "FE",
            Self::W => "W",
            Self::FW => "FW",
        }
    }
}

impl fmt::Display for Orientation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Orientation {
    type Err = ParseOrientationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|o| o.as_str() == text).ok_or(ParseOrientationError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_laws_hold() {
        for a in Orientation::ALL {
            assert_eq!(a.then(a.inverse()), Orientation::N);
            assert!(a.family().contains(&a));
            let (turn, rest) = a.split_turn();
            assert_eq!((turn.then(rest), rest.is_turned()), (a, false));
            assert!(matches!(turn, Orientation::N | Orientation::W), "{a}");
            assert_eq!(a.as_str().parse(), Ok(a));
            for b in Orientation::ALL {
                let (x, y) = a.apply(3.0, 1.0);
                assert_eq!(a.then(b).apply(3.0, 1.0), b.apply(x, y), "{a} then {b}");
            }
        }
    }

    #[test]
    fn unknown_letters_are_refused() {
        assert_eq!("R0".parse::<Orientation>(), Err(ParseOrientationError));
    }
}
