//! What was tried, for programs: `bearings/coverage@1`.

use bearings_engine::covered::{Covered, Gap, PartKind, Reach, Tried};
use serde_json::{Value, json};

use super::Findings;

/// The object, with a line end.
pub(super) fn render(findings: &Findings<'_>) -> String {
    let Findings { looked, args, gaps, share, written } = findings;
    let (ruleset, covered) = (&looked.ruleset, &looked.covered);
    let (withheld, other_path) = looked.unseen(args.data.as_deref());
    let variants: Vec<Value> =
        covered.variants.iter().map(|(role, form)| json!({ "role": role.as_str(), "form": form.as_str() })).collect();
    let rules = covered.parts.iter().filter(|tried| tried.part.kind == PartKind::Rule);
    let others = covered.parts.iter().filter(|tried| tried.part.kind != PartKind::Rule);
    let list = |reach: Reach| -> Vec<Value> {
        gaps.iter().filter(|gap| gap.verdict == reach).filter_map(|gap| target(covered, gap)).collect()
    };
    let files: Vec<Value> = written.iter().map(|(path, _)| Value::from(path.display().to_string())).collect();
    let object = json!({
        "format": "bearings/coverage@1",
        "ruleset": { "id": ruleset.id, "version": ruleset.version, "sha256": ruleset.sha256 },
        "by": if args.data.is_some() { "data" } else { "cases" },
        "variants": variants,
        "sheets": covered.sheets.to_string(),
        "withheld": withheld,
        "other_path": other_path,
        "rejected": looked.tally.rejected.to_string(),
        "todo": looked.todo.to_string(),
        "rules": rules.map(part).collect::<Vec<_>>(),
        "parts": others.map(part).collect::<Vec<_>>(),
        "not_tried": list(Reach::Possible),
        "only_with_a_missing_answer": list(Reach::OnlyIncomplete),
        "unknown": list(Reach::Unknown),
        "cannot_occur": list(Reach::Never),
        "tried": share.tried.to_string(),
        "of": share.of.to_string(),
        "percent": share.percent(),
        "written": files,
    });
    let mut text = serde_json::to_string_pretty(&object).unwrap_or_default();
    text.push('\n');
    text
}

/// A part and its counts; what it cannot do is left out.
fn part(tried: &Tried) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("kind".into(), tried.part.kind.as_str().into());
    object.insert("id".into(), tried.part.id.clone().into());
    object.insert("at".into(), tried.part.at.clone().into());
    let mut add = |name: &str, count: Option<u64>| {
        if let Some(count) = count {
            object.insert(name.into(), count.to_string().into());
        }
    };
    add("holds", tried.ways.map(|ways| ways.holds));
    add("fails", tried.ways.map(|ways| ways.fails));
    add("undecided", tried.ways.map(|ways| ways.undecided));
    add("reached", tried.reached);
    add("pivotal", tried.pivotal);
    object.into()
}

fn target(covered: &Covered, gap: &Gap) -> Option<Value> {
    let part = &covered.parts.get(gap.target.part)?.part;
    Some(json!({
        "kind": part.kind.as_str(),
        "id": part.id,
        "at": part.at,
        "shows": gap.target.shows.as_str(),
    }))
}
