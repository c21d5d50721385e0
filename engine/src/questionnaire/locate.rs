//! Where in a JSON text a path stands, so that a semantic error can name its line.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

/// A step into a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A field of an object.
    Field(&'a str),
    /// An element of an array.
    Element(usize),
}

/// The bytes of the value at `path`; the nearest enclosing value if the path does not exist.
pub fn locate(source: &str, path: &[Step<'_>]) -> Option<Range<usize>> {
    let mut value: &RawValue = serde_json::from_str(source).ok()?;
    for step in path {
        let inner = match step {
            Step::Field(name) => serde_json::from_str::<BTreeMap<String, &RawValue>>(value.get())
                .ok()
                .and_then(|map| map.get(*name).copied()),
            Step::Element(at) => {
                serde_json::from_str::<Vec<&RawValue>>(value.get()).ok().and_then(|list| list.get(*at).copied())
            }
        };
        match inner {
            Some(inner) => value = inner,
            None => break,
        }
    }
    // Raw values borrow from the source, so their distance from its start is their offset.
    let start = (value.get().as_ptr() as usize).checked_sub(source.as_ptr() as usize)?;
    let end = start + value.get().len();
    // A whole object or list is pointed at by its first line only.
    let first_line = value.get().find('\n').map_or(end, |at| start + at);
    Some(start..first_line)
}

/// The byte offset of a line and column as serde_json counts them (both from 1, columns in bytes).
pub(crate) fn offset_of(source: &str, line: usize, column: usize) -> usize {
    let line_start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (line_start + column.saturating_sub(1)).min(source.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_in_the_text() {
        let source = r#"{"a": [1, {"b": "x"}]}"#;
        let span = locate(source, &[Step::Field("a"), Step::Element(1), Step::Field("b")]).unwrap();
        assert_eq!(source.get(span), Some("\"x\""));
    }
}
