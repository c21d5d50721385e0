//! What was tried, for eyes.

use bearings_engine::covered::{Covered, Gap, PartKind, Reach, Shows, Target, Tried};
use bearings_engine::questionnaire::{Form, Role};
use comfy_table::{CellAlignment, Table, presets};

use super::Findings;

/// A target in words: "the rule `x` fires".
pub(super) fn shown(covered: &Covered, target: Target) -> Option<String> {
    let Tried { part, .. } = covered.parts.get(target.part)?;
    let (kind, id) = (part.kind, &part.id);
    let what = match kind {
        PartKind::Condition => format!("the condition `{id}`"),
        PartKind::Adjust => format!("the condition of `adjust {id}` ({})", part.at),
        PartKind::ZeroWhen => format!("`zero_when` of `{id}`"),
        PartKind::Stage | PartKind::Signal | PartKind::Reason if target.shows != Shows::Reached => {
            format!("the condition of {} `{id}`", kind.as_str())
        }
        _ => format!("{} `{id}`", kind.as_str()),
    };
    let does = match (kind, target.shows) {
        (PartKind::Rule, Shows::Holds) => "fires",
        (PartKind::Rule, Shows::Fails) => "does not fire",
        (_, Shows::Holds) => "holds",
        (_, Shows::Fails) => "does not hold",
        (_, Shows::Undecided) => "is undecided",
        (_, Shows::Reached) => "is what comes out",
        (_, Shows::Pivotal) => "is pivotal",
    };
    Some(format!("{what} {does}"))
}

/// The whole text.
pub(super) fn render(findings: &Findings<'_>) -> String {
    let Findings { looked, args, gaps, share, written } = findings;
    let (ruleset, covered) = (&looked.ruleset, &looked.covered);
    let what = match (&args.data, covered.sheets) {
        (Some(_), 1) => "1 row of the survey".to_owned(),
        (Some(_), rows) => format!("{rows} rows of the survey"),
        (None, 1) => "1 case".to_owned(),
        (None, cases) => format!("{cases} cases"),
    };
    let mut text = format!("{} {} by {what} ({})\n", ruleset.id, ruleset.version, in_words(&covered.variants));
    if covered.withheld + covered.other_path > 0 {
        let (withheld, other_path) = looked.unseen(args.data.as_deref());
        text.push_str(&format!("Nothing is seen of those withheld ({withheld}) or on another path ({other_path}).\n"));
    }
    match looked.todo {
        0 => {}
        1 => text.push_str("1 of them is marked todo: it tries its part, and tests nothing yet.\n"),
        todo => text.push_str(&format!("{todo} of them are marked todo: they try their part, and test nothing yet.\n")),
    }
    for kind in [Section::Rules, Section::Conditions, Section::Outcomes] {
        text.push_str(&table(covered, kind));
    }
    let undecided = covered
        .parts
        .iter()
        .filter(|tried| tried.part.kind == PartKind::Rule && tried.ways.is_some_and(|ways| ways.undecided > 0));
    let rules = covered.parts.iter().filter(|tried| tried.part.kind == PartKind::Rule).count();
    if rules > 0 {
        text.push_str(&format!("\n{} of {rules} rules were undecided at least once.\n", undecided.count()));
    }
    for (reach, heading) in LISTS {
        let lines: Vec<String> =
            gaps.iter().filter(|gap| gap.verdict == reach).filter_map(|gap| line(covered, gap)).collect();
        if !lines.is_empty() {
            text.push_str(&format!("\n{heading}\n{}", lines.concat()));
        }
    }
    if gaps.iter().any(|gap| gap.verdict == Reach::Unknown) {
        text.push_str(&format!("  (within {} nodes; --budget allows more)\n", args.budget));
    }
    for (path, sheet) in written {
        let count = sheet.covers.len();
        let things = if count == 1 { "1 thing".to_owned() } else { format!("{count} things") };
        text.push_str(&format!("\nwrote {}: {things}\n", path.display()));
    }
    if !written.is_empty() {
        text.push_str("\nEach of them still needs a person to say what must come out.\n");
    }
    text.push_str(&format!("\n{} of {} are tried: {} %", share.tried, share.of, share.percent()));
    match looked.todo {
        0 => {}
        1 => text.push_str(", by 1 case that tests nothing yet among others"),
        todo => text.push_str(&format!(", by {todo} cases that test nothing yet among others")),
    }
    match args.threshold {
        Some(least) if share.percent() < least => text.push_str(&format!(", below {least} %\n")),
        _ => text.push('\n'),
    }
    text
}

/// What is missing, in the order in which it is told.
const LISTS: [(Reach, &str); 4] = [
    (Reach::Possible, "Not tried:"),
    (Reach::OnlyIncomplete, "Not tried, and only a sheet with a missing answer could:"),
    (Reach::Unknown, "Not tried, and UNKNOWN whether any sheet could:"),
    (Reach::Never, "Cannot occur on a sheet that answers every question, and left out:"),
];

fn line(covered: &Covered, gap: &Gap) -> Option<String> {
    let at = &covered.parts.get(gap.target.part)?.part.at;
    let what = shown(covered, gap.target)?;
    Some(if what.contains(at.as_str()) { format!("  {what}\n") } else { format!("  {what} ({at})\n") })
}

/// The tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Rules,
    Conditions,
    Outcomes,
}

impl Section {
    fn header(self) -> &'static [&'static str] {
        match self {
            Section::Rules => &["rule", "fired", "not fired", "undecided", "pivotal"],
            Section::Conditions => &["condition", "held", "did not", "undecided"],
            Section::Outcomes => &["outcome", "came out"],
        }
    }

    /// The cells of a part; none if it does not stand in this table.
    fn cells(self, tried: &Tried) -> Option<Vec<String>> {
        let ways = |names: String| {
            let ways = tried.ways?;
            Some([names].into_iter().chain([ways.holds, ways.fails, ways.undecided].map(|count| count.to_string())))
        };
        let (kind, id) = (tried.part.kind, &tried.part.id);
        match self {
            Section::Rules if kind == PartKind::Rule => {
                let pivotal = tried.pivotal.map_or("note".to_owned(), |count| count.to_string());
                Some(ways(id.clone())?.chain([pivotal]).collect())
            }
            Section::Conditions if kind != PartKind::Rule => {
                let name = if kind == PartKind::Condition { id.clone() } else { format!("{} {id}", kind.as_str()) };
                Some(ways(name)?.collect())
            }
            Section::Outcomes => tried.reached.map(|count| vec![format!("{} {id}", kind.as_str()), count.to_string()]),
            Section::Rules | Section::Conditions => None,
        }
    }
}

fn table(covered: &Covered, section: Section) -> String {
    let rows: Vec<Vec<String>> = covered.parts.iter().filter_map(|tried| section.cells(tried)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(section.header());
    table.add_rows(rows);
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 1));
    });
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("\n{table}\n")
}

/// "hurt and broke, short and full form".
fn in_words(variants: &[(Role, Form)]) -> String {
    let mut roles: Vec<&str> = variants.iter().map(|(role, _)| role.as_str()).collect();
    let mut forms: Vec<&str> = variants.iter().map(|(_, form)| form.as_str()).collect();
    roles.dedup();
    forms.sort_unstable_by_key(|form| *form != Form::Short.as_str());
    forms.dedup();
    match variants {
        [] => "none was read".to_owned(),
        _ => format!("{}, {} form", roles.join(" and "), forms.join(" and ")),
    }
}
