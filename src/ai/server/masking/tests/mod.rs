//! What the masking promises, value by value and for any text.

mod properties;
mod values;
