//! What the masking promises, value by value and for any text.

mod gaps;
mod passphrases;
mod properties;
mod values;
