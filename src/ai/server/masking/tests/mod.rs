//! What the masking promises, value by value and for any text.

mod gaps;
mod properties;
mod values;
