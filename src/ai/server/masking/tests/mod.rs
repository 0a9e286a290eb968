//! What the masking promises, value by value and for any text.

mod passphrases;
mod properties;
mod values;
