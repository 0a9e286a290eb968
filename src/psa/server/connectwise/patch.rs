//! Changes to a record as ConnectWise wants them: a JSON array of operations on bare property names.

use serde::Serialize;
use serde_json::{Value, json};

/// Operations on one record, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Patch(Vec<Operation>);

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Operation {
    op: &'static str,
    /// A property without slash: deeper paths answer 200 and change nothing.
    path: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

/// Another record as a value.
pub fn reference(id: i64) -> Value {
    json!({ "id": id })
}

impl Patch {
    /// Puts a value in the place of the old one; references go whole.
    #[must_use]
    pub fn replace(mut self, path: &'static str, value: impl Into<Value>) -> Self {
        self.0.push(Operation { op: "replace", path, value: Some(value.into()) });
        self
    }

    #[must_use]
    pub fn remove(mut self, path: &'static str) -> Self {
        self.0.push(Operation { op: "remove", path, value: None });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_an_array_of_operations_on_bare_names() {
        let patch = Patch::default().replace("status", reference(512)).replace("summary", "Printer").remove("owner");
        assert_eq!(
            serde_json::to_value(patch).unwrap(),
            json!([
                { "op": "replace", "path": "status", "value": { "id": 512 } },
                { "op": "replace", "path": "summary", "value": "Printer" },
                { "op": "remove", "path": "owner" },
            ])
        );
    }
}
