//! An XLSForm as CSV: the sheets survey and choices, perhaps settings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bearings_engine::diagnostic::Code;
use bearings_engine::questionnaire::{Item, ItemKind};

use super::choices::{boxes, choices};
use super::draft::{self, Draft};
use super::logic::{self, Clause};
use super::sheet::{Column, Line, Sheet};
use crate::args::Delimiter;
use crate::exit::Failure;

/// The sheets of a form.
struct Sheets {
    survey: Sheet,
    choices: Option<Sheet>,
    settings: Option<Sheet>,
}

/// Where what is read stands in the sheet survey.
struct Columns {
    kind: Column,
    name: Column,
    label: Column,
    relevant: Column,
    constraint: Column,
    parameters: Column,
    disabled: Column,
}

/// The choices of each list, by its name.
type Lists = BTreeMap<String, Vec<(String, String)>>;

/// Reads the sheets.
///
/// # Errors
/// One cannot be read or is missing, or they hold nothing that could be asked.
pub(super) fn read(paths: &[PathBuf], delimiter: Option<Delimiter>) -> Result<Draft, Failure> {
    let sheets = sheets(paths, delimiter)?;
    let survey = &sheets.survey;
    let mut draft = Draft::new("an XLSForm", &survey.source.name);
    let columns = columns(survey, &mut draft)?;
    let lists = match &sheets.choices {
        Some(sheet) => lists(sheet, &mut draft)?,
        None => Lists::new(),
    };
    let mut around = Vec::new();
    let mut problems = Vec::new();
    for line in &survey.lines {
        let name = line.cell(columns.name);
        let kind = kind(line.cell(columns.kind));
        let clauses = logic::parse(line.cell(columns.relevant));
        let place =
            if name.is_empty() { format!("line {}", line.number) } else { format!("line {} `{name}`", line.number) };
        if let Some(group) = kind.strip_prefix("begin_") {
            around.push(Group { is_repeated: group == "repeat", clauses });
            draft.left_out.add("it groups what it stands around", place);
        } else if kind.starts_with("end_") {
            around.pop();
            draft.left_out.add("it groups what it stands around", place);
        } else if draft.items.iter().any(|item| item.id == name) {
            problems.push(survey.problem(Code::DuplicateId, line, format!("the question `{name}` stands there twice")));
        } else {
            match item(&kind, name, line, &columns, &lists, &around, &mut draft) {
                Ok(mut item) => {
                    let all = around.iter().map(|group| group.clauses.as_ref()).chain([clauses.as_ref()]);
                    let all: Option<Vec<Clause>> =
                        all.collect::<Option<Vec<_>>>().map(|all| all.into_iter().flatten().cloned().collect());
                    draft.ask_if(&mut item, all.as_deref());
                    draft.items.push(item);
                }
                Err(reason) => draft.left_out.add(reason, place),
            }
        }
    }
    survey.refuse(problems)?;
    draft.refuse_empty()?;
    if let Some(settings) = &sheets.settings
        && let Some(line) = settings.lines.first()
    {
        let said = |name| Some(line.cell(settings.column(&[name])).to_owned()).filter(|said| !said.is_empty());
        draft.title = said("form_title").map(|title| plain(&title));
        draft.version = said("version").map(|version| plain(&version));
        draft.form = said("form_id");
    }
    Ok(draft)
}

/// What stands around a question.
struct Group {
    is_repeated: bool,
    clauses: Option<Vec<Clause>>,
}

/// A folder with the sheets, or the sheets themselves in any order.
fn sheets(paths: &[PathBuf], delimiter: Option<Delimiter>) -> Result<Sheets, Failure> {
    let files: Vec<PathBuf> = match paths {
        [folder] if folder.is_dir() => {
            let files = ["survey", "choices", "settings"].map(|sheet| folder.join(format!("{sheet}.csv")));
            // Without the sheet survey the reader says that it is not there.
            files
                .into_iter()
                .enumerate()
                .filter(|(at, file)| *at == 0 || file.is_file())
                .map(|(_, file)| file)
                .collect()
        }
        files => files.to_vec(),
    };
    let (mut survey, mut choices, mut settings) = (None, None, None);
    for file in &files {
        let sheet = Sheet::read(file, delimiter)?;
        let place = if sheet.column(&LIST).is_some() {
            &mut choices
        } else if sheet.column(&["type"]).is_some() {
            &mut survey
        } else if sheet.column(&["form_title", "form_id"]).is_some() {
            &mut settings
        } else {
            let hint = "the sheet survey has a column `type`, choices has `list_name`, settings has `form_id`";
            return Err(sheet.no_such_list("no sheet of an XLSForm", "`type`, `list_name` or `form_id`", hint));
        };
        if place.is_some() {
            let message = format!("`{}` is a second sheet of its kind; a form has one of each", sheet.source.name);
            return Err(Failure::Usage(message));
        }
        *place = Some(sheet);
    }
    match survey {
        Some(survey) => Ok(Sheets { survey, choices, settings }),
        None => Err(Failure::Usage("the sheet survey is missing: name the folder, or all sheets".to_owned())),
    }
}

/// What the column is called that names the list of a choice.
const LIST: [&str; 2] = ["list_name", "list name"];

fn columns(survey: &Sheet, draft: &mut Draft) -> Result<Columns, Failure> {
    let columns = Columns {
        kind: survey.column(&["type"]),
        name: survey.column(&["name"]),
        label: label(survey, "label", draft),
        relevant: survey.column(&["relevant", "relevance"]),
        constraint: survey.column(&["constraint"]),
        parameters: survey.column(&["parameters"]),
        disabled: survey.column(&["disabled"]),
    };
    match [(columns.name, "`name`"), (columns.label, "`label`")].into_iter().find(|(column, _)| column.is_none()) {
        Some((_, lacks)) => Err(survey.no_such_list("no sheet survey", lacks, "each question has a name and a label")),
        None => Ok(columns),
    }
}

/// The labels: those in no language, else those in the first one, which is said.
fn label(sheet: &Sheet, name: &str, draft: &mut Draft) -> Column {
    if let Some(column) = sheet.column(&[name, "caption"]) {
        return Some(column);
    }
    let is_label =
        |column: &String| column.split("::").next().is_some_and(|start| start.trim().eq_ignore_ascii_case(name));
    let column = sheet.header.iter().position(is_label)?;
    draft.read_as(format!("the labels are those of `{}`", sheet.name(Some(column))));
    Some(column)
}

fn lists(sheet: &Sheet, draft: &mut Draft) -> Result<Lists, Failure> {
    let list = sheet.column(&LIST);
    let name = sheet.column(&["name", "value"]);
    let label = label(sheet, "label", draft);
    if let Some((_, lacks)) = [(name, "`name`"), (label, "`label`")].into_iter().find(|(column, _)| column.is_none()) {
        return Err(sheet.no_such_list("no sheet choices", lacks, "each choice has a name and a label"));
    }
    let mut lists = Lists::new();
    for line in &sheet.lines {
        let pair = (line.cell(name).to_owned(), plain(line.cell(label)));
        lists.entry(line.cell(list).to_owned()).or_default().push(pair);
    }
    let others = sheet.header.iter().enumerate().filter(|(at, _)| ![list, name, label].contains(&Some(*at)));
    let others: Vec<String> =
        others.filter(|(_, name)| !name.is_empty()).map(|(_, name)| format!("`{name}`")).collect();
    if !others.is_empty() {
        draft.read_as(format!("not carried over from {}: {}", sheet.source.name, others.join(", ")));
    }
    Ok(lists)
}

/// The first words of a type, as one: `select one` and `select_one` are the same.
fn kind(written: &str) -> String {
    let lower = written.split_whitespace().collect::<Vec<_>>().join(" ");
    ["select one", "select multiple", "begin group", "end group", "begin repeat", "end repeat"]
        .iter()
        .find_map(|start| Some(format!("{}{}", start.replace(' ', "_"), lower.strip_prefix(start)?)))
        .unwrap_or(lower)
}

/// The item that a question is; an error is the reason why it is none.
fn item(
    kind: &str,
    name: &str,
    line: &Line,
    columns: &Columns,
    lists: &Lists,
    around: &[Group],
    draft: &mut Draft,
) -> Result<Item, String> {
    if around.iter().any(|group| group.is_repeated) {
        return Err("it may be asked several times".to_owned());
    }
    if matches!(line.cell(columns.disabled), "yes" | "true" | "TRUE") {
        return Err("it is disabled".to_owned());
    }
    let label = plain(line.cell(columns.label));
    let (first, rest) = kind.split_once(' ').unwrap_or((kind, ""));
    let has_text = if label.is_empty() { Err("it has no label".to_owned()) } else { Ok(()) };
    match (first, rest.split_whitespace().collect::<Vec<_>>().as_slice()) {
        ("select_one" | "select_multiple", [_, _, ..]) => Err("it offers more than the choices of its list".to_owned()),
        ("select_one" | "select_multiple", [list]) => {
            has_text?;
            let pairs = lists.get(*list).ok_or_else(|| "its list stands in no sheet choices".to_owned())?.clone();
            match first {
                "select_one" => {
                    let choices = choices(pairs)?;
                    Ok(draft.choice(name, &label, choices))
                }
                _ => Ok(draft::item(name, &label, ItemKind::Multi(boxes(pairs)?))),
            }
        }
        ("integer", []) => {
            has_text?;
            let (min, max) = range(line.cell(columns.constraint))?;
            Ok(draft::item(name, &label, draft::number(min, max)))
        }
        ("range", []) => {
            has_text?;
            let (min, max) = steps(line.cell(columns.parameters))?;
            Ok(draft::item(name, &label, draft::number(min, max)))
        }
        ("note", []) => Err("it only shows a text".to_owned()),
        ("text", []) => Err("it is free text, which nothing scores".to_owned()),
        ("calculate", []) => Err("it is computed by the form".to_owned()),
        _ => Err("it is no choice and no whole number".to_owned()),
    }
}

/// `. >= 0 and . <= 52`, in either order.
fn range(constraint: &str) -> Result<(i64, i64), String> {
    let unsaid = || "it is a number without a lowest and a highest value".to_owned();
    let (mut min, mut max) = (None, None);
    for part in constraint.split(" and ") {
        let part: String = part.split_whitespace().collect();
        if let Some(number) = part.strip_prefix(".>=") {
            min = number.parse().ok();
        } else if let Some(number) = part.strip_prefix(".<=") {
            max = number.parse().ok();
        } else {
            return Err(unsaid());
        }
    }
    let (min, max) = (min.ok_or_else(unsaid)?, max.ok_or_else(unsaid)?);
    if min < max { Ok((min, max)) } else { Err("its lowest value is not below its highest".to_owned()) }
}

/// `start=0 end=10 step=1`; what is not said is as ODK has it.
fn steps(parameters: &str) -> Result<(i64, i64), String> {
    // The defaults of a range question in ODK's documentation.
    let (mut start, mut end, mut step) = (0, 10, 1);
    let spaced = parameters.replace([',', ';'], " ");
    for part in spaced.split_whitespace() {
        let whole =
            |number: &str| number.parse::<i64>().map_err(|_| "its range is not one of whole numbers".to_owned());
        match part.split_once('=') {
            Some(("start", number)) => start = whole(number)?,
            Some(("end", number)) => end = whole(number)?,
            Some(("step", number)) => step = whole(number)?,
            _ => {}
        }
    }
    match (start < end, step) {
        (true, 1) => Ok((start, end)),
        (true, _) => Err("its range has steps other than 1".to_owned()),
        (false, _) => Err("its lowest value is not below its highest".to_owned()),
    }
}

/// A label in one line, without the spaces of no width that `export` puts where ODK or a spreadsheet would read more.
fn plain(label: &str) -> String {
    label.replace('\u{200b}', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_needs_both_ends_and_nothing_else() {
        for text in [". >= 0 and . <= 52", ".>=0 and .<=52", ". <= 52 and . >= 0"] {
            assert_eq!(range(text), Ok((0, 52)), "{text}");
        }
        for text in ["", ". >= 0", ". > 0 and . <= 52", ". >= 0 and . <= 52 or . = 99", ". >= 5 and . <= 5"] {
            assert!(range(text).is_err(), "{text}");
        }
        assert_eq!(steps("start=1 end=7 step=1"), Ok((1, 7)));
        assert_eq!(steps("end=5;start=1"), Ok((1, 5)));
        for text in ["start=1.5", "end=10 step=2", "start=10 end=1"] {
            assert!(steps(text).is_err(), "{text}");
        }
    }

    #[test]
    fn types_are_written_in_two_ways() {
        for (written, read) in
            [("select one yes_no", "select_one yes_no"), ("begin  group", "begin_group"), ("text", "text")]
        {
            assert_eq!(kind(written), read);
        }
    }
}
