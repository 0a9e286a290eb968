//! Follows the JSON of a block far enough to know what is a string and where the first value is complete.
//!
//! It counts brackets instead of matching them, so depth costs nothing, and takes whatever it is given.

use super::is_blank;

/// Where in a block's payload we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing of the JSON yet; a code fence may have begun.
    Before,
    /// In a value, `depth` brackets deep.
    Inside { depth: usize },
    /// In a string of a value.
    String { depth: usize, escaped: bool },
    /// After a complete value; since then only white space, fences and stray punctuation.
    After,
    /// Other text has followed a complete value, from this place on.
    Tail(usize),
}

impl Shape {
    pub const fn is_string(self) -> bool {
        matches!(self, Self::String { .. })
    }

    /// Takes the byte that stands `at` this place.
    pub const fn step(self, byte: u8, at: usize) -> Self {
        match (self, byte) {
            (Self::String { depth, escaped: true }, _) => Self::String { depth, escaped: false },
            (Self::String { depth, .. }, b'\\') => Self::String { depth, escaped: true },
            (Self::String { depth, .. }, b'"') => Self::Inside { depth },
            (Self::Inside { depth }, b'"') => Self::String { depth, escaped: false },
            (Self::Inside { depth }, b'[' | b'{') => Self::Inside { depth: depth + 1 },
            (Self::Inside { depth: 1 }, b']' | b'}') => Self::After,
            (Self::Inside { depth }, b']' | b'}') => Self::Inside { depth: depth - 1 },
            (Self::Before | Self::After, b'[' | b'{') => Self::Inside { depth: 1 },
            (Self::After, b'`' | b']' | b'}' | b',' | b';') => Self::After,
            (Self::After, _) if !is_blank(byte) => Self::Tail(at),
            _ => self,
        }
    }
}
