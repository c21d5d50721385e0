//! A comparison for eyes: what changed, how many, one example a cell, in 80 columns.

use bearings_engine::{Cell, Count, Impact, Matrix, NoImpact, Ruleset, Said, Shift, Sides};

use super::super::grid::{COLUMNS, Grid, paragraph};
use super::super::respondents::{told as told_of, whose};
use super::example::Example;
use super::people::{Move, People};
use super::{Comparison, Kind, parameters};
use crate::load::not_looked_at;
use crate::report::tame;

/// The most cells of a matrix that are told one by one; the others stand in the matrix.
const TOLD: usize = 8;
/// The most answers of an example.
const ANSWERS: usize = 6;

/// The whole comparison.
pub(super) fn text(comparison: &Comparison<'_>) -> String {
    let mut text = String::new();
    sides(&mut text, comparison);
    match &comparison.exact {
        Ok(impact) => exact(&mut text, comparison, impact),
        Err(none) => unknown(&mut text, none),
    }
    if let Some(found) = &comparison.people {
        people(&mut text, comparison, found);
    }
    for verdict in &comparison.verdicts {
        let on = &verdict.on;
        let what = if comparison.people.is_some() { "respondents" } else { "sheets" };
        let line = match &verdict.found {
            None => format!("--fail-on {on}: fails, since nothing shows that no sheet moves so"),
            Some(found) if found.is_zero() => format!("--fail-on {on}: none of the {what} move so"),
            Some(found) => format!("--fail-on {on}: fails, {} {what} move so", found.rough()),
        };
        text.push('\n');
        paragraph(&mut text, &line, 0);
    }
    text
}

fn sides(text: &mut String, comparison: &Comparison<'_>) {
    let side = |ruleset: &Ruleset, typed: &str| format!("{} {} ({typed})", ruleset.id, ruleset.version);
    text.push_str(&format!("old  {}\n", tame(&side(comparison.old, &comparison.args.old))));
    text.push_str(&format!("new  {}\n", tame(&side(comparison.new, &comparison.args.new))));
    for (name, old, new) in parameters(comparison.old, comparison.new) {
        let value = |value: Option<String>| value.unwrap_or_else(|| "absent".to_owned());
        text.push_str(&format!("     {name} {} -> {}\n", value(old), value(new)));
    }
    text.push('\n');
}

fn unknown(text: &mut String, none: &NoImpact) {
    let line = match none {
        NoImpact::OverBudget(budget) => {
            format!("UNKNOWN over all answer sheets: it takes more than {budget} nodes; --budget allows more")
        }
        other => format!("UNKNOWN over all answer sheets: {other}"),
    };
    paragraph(text, &line, 0);
}

fn exact(text: &mut String, comparison: &Comparison<'_>, impact: &Impact) {
    let whose = whose(comparison.old.questionnaire(), comparison.role, comparison.form);
    let heading = format!("All answer sheets{whose}: {}", impact.sheets.rough());
    paragraph(text, &heading, 0);
    text.push_str(&not_looked_at(comparison.new.questionnaire(), comparison.role, comparison.form));
    if impact.moves.stage.is_none() && impact.moves.signal.is_none() {
        paragraph(
            text,
            "Neither side gives a stage or a signal, so no sheet can move; `score` shows what the scores do.",
            0,
        );
    } else if impact.is_none() {
        let line = "Proved: no sheet that answers everything gets another stage or reason, no sheet another signal, and \
                    no rule or overlay holds elsewhere. Scores and texts are not compared.";
        paragraph(text, line, 0);
    } else {
        paragraph(text, "Exact counts; a share of sheets is no share of people.", 0);
    }
    if impact.other_straightline {
        let line =
            "The screen for straight-lining differs; it is not looked at over all sheets. --data shows what it does.";
        paragraph(text, line, 0);
    }
    if impact.is_none() {
        return;
    }
    if let Some(stage) = &impact.moves.stage {
        let what = "sheets that answer everything, are not under 18 and have no hard flag";
        moves(text, Kind::Stage, stage, what, comparison);
    }
    if let Some(signal) = &impact.moves.signal {
        let what = if signal.of == impact.sheets { "sheets" } else { "sheets that answer everything" };
        moves(text, Kind::Signal, signal, what, comparison);
    }
    if !impact.reasons.is_empty() {
        let heading = format!("\nMixed on both sides, for another reason (of {} sheets)", impact.shown.rough());
        text.push_str(&format!("{heading}\n"));
        told(text, &impact.reasons, |cell| {
            text_of_cell(cell, &format!("{} %", cell.count.percent_of(&impact.shown)), &cell.count.rough())
        });
    }
    shifts(text, "Rules that fire elsewhere", &impact.rules, &impact.shown);
    shifts(text, "Overlays that hold elsewhere", &impact.overlays, &impact.shown);
}

/// One matrix, and its cells off the diagonal with an example each.
fn moves(text: &mut String, kind: Kind, matrix: &Matrix, what: &str, comparison: &Comparison<'_>) {
    let moved = matrix.moved();
    let heading = if moved.is_zero() {
        format!("{}: none of the {} {what} moves", kind.title(), matrix.of.rough())
    } else {
        let share = moved.percent_of(&matrix.of);
        format!("{}: {share} % move, of the {} {what}", kind.title(), matrix.of.rough())
    };
    text.push('\n');
    paragraph(text, &heading, 0);
    if moved.is_zero() {
        return;
    }
    text.push_str("(old down, new across; percent of these sheets)\n");
    text.push_str(&table(matrix, |count| count.percent_of(&matrix.of)));
    told(text, &matrix.cells, |cell| {
        let mut told = text_of_cell(cell, &format!("{} %", cell.count.percent_of(&matrix.of)), &cell.count.grouped());
        match cell.example.as_ref().and_then(|example| Example::of(example, comparison, kind)) {
            Some(example) => told.push_str(&example_text(&example)),
            None => paragraph(&mut told, "no example found that both sides confirm", 6),
        }
        told
    });
}

fn text_of_cell(cell: &Cell, share: &str, count: &str) -> String {
    let line = format!("  {} -> {}  {share}", cell.from, cell.to);
    if line.chars().count() + 2 + count.chars().count() <= COLUMNS {
        format!("{line}  {count}\n")
    } else {
        format!("{line}\n      {count}\n")
    }
}

/// The cells off the diagonal, the fullest first.
fn told(text: &mut String, cells: &[Cell], tell: impl Fn(&Cell) -> String) {
    let mut moved: Vec<&Cell> = cells.iter().filter(|cell| cell.from != cell.to).collect();
    moved.sort_by(|a, b| b.count.cmp(&a.count));
    for cell in moved.iter().take(TOLD) {
        text.push_str(&tell(cell));
    }
    if moved.len() > TOLD {
        text.push_str(&format!("  and {} more; --json has them all\n", moved.len() - TOLD));
    }
}

/// What both sides say of a sheet, and the answers on which they part.
fn example_text(example: &Example<'_>) -> String {
    let mut text = String::new();
    paragraph(&mut text, &format!("for example {}", change(&example.old, &example.new)), 6);
    let told = if example.turns_on.is_empty() { &example.matters } else { &example.turns_on };
    let answers: Vec<String> =
        told.iter().take(ANSWERS).map(|answer| format!("{} {}", answer.id, answer.value)).collect();
    let line = match (example.turns_on.is_empty(), example.matters.len().saturating_sub(answers.len())) {
        (_, 0) => format!("with {}", answers.join(", ")),
        (false, others) => format!("turning on {}; {others} more answers lead there (--json)", answers.join(", ")),
        (true, others) => format!("with {} and {others} more answers (--json)", answers.join(", ")),
    };
    paragraph(&mut text, &line, 6);
    text
}

/// `stage a -> b, signal c`.
fn change(old: &Said<'_>, new: &Said<'_>) -> String {
    let both = |old: String, new: String| if old == new { old } else { format!("{old} -> {new}") };
    let signal = |said: &Said<'_>| match said.reason {
        Some(reason) => format!("{} ({reason})", said.signal),
        None => said.signal.to_owned(),
    };
    let stage = |said: &Said<'_>| said.stage.unwrap_or("none").to_owned();
    format!("stage {}, signal {}", both(stage(old), stage(new)), both(signal(old), signal(new)))
}

fn shifts(text: &mut String, heading: &str, shifts: &[Shift], of: &Count) {
    if shifts.is_empty() {
        return;
    }
    text.push_str(&format!("\n{heading} (of {} sheets)\n", of.rough()));
    for shift in shifts {
        let on = match shift.on {
            Sides::Both => "",
            Sides::OldOnly => " (removed)",
            Sides::NewOnly => " (added)",
        };
        let part = |what: &str, count: &Count| format!("{what} {} %", count.percent_of(of));
        let line =
            format!("{}{on}: {}, {}", shift.id, part("now also on", &shift.gained), part("no more on", &shift.lost));
        paragraph(text, &line, 2);
    }
}

fn people(text: &mut String, comparison: &Comparison<'_>, people: &People<'_>) {
    let tally = &people.tally;
    let unread = told_of(people.unread);
    let heading = format!(
        "\nRespondents of {}: {} read, {} rejected; {unread} get no reading on either side (a hard flag, or under 18)",
        tame(&people.name),
        tally.read,
        tally.rejected
    );
    paragraph(text, &heading, 0);
    for (kind, matrix) in [(Kind::Stage, &people.moves.stage), (Kind::Signal, &people.moves.signal)] {
        let Some(matrix) = matrix else { continue };
        let moved = matrix.moved();
        text.push_str(&format!("\n{}: {moved} of {} move (old down, new across)\n", kind.title(), matrix.of));
        if !moved.is_zero() {
            text.push_str(&table(matrix, Count::grouped));
        }
    }
    if people.other_reason > 0 {
        text.push_str(&format!("\n{} who do not move have another reason\n", people.other_reason));
    }
    if people.moved == 0 {
        return;
    }
    text.push_str(&format!("\nWho moves: {} of {}\n", people.moved, people.compared));
    for one in &people.first {
        paragraph(text, &who(one), 2);
    }
    let more = people.moved - people.first.len() as u64;
    match &comparison.args.moved {
        Some(path) => paragraph(text, &format!("all of them are in {}", path.display()), 2),
        None if more > 0 => paragraph(text, &format!("and {more} more; --moved FILE writes them all"), 2),
        None => {}
    }
    text.push_str("\nWhich rules and overlays say something else of them\n");
    for (cause, rows) in &people.causes {
        text.push_str(&format!("  {} {}: {rows}\n", cause.kind, cause.id));
    }
    if people.without_cause > 0 {
        let line = format!(
            "none: {} (other conditions of stages, signals or reasons, or one step away)",
            people.without_cause
        );
        paragraph(text, &line, 2);
    }
}

fn who(one: &Move<'_>) -> String {
    format!("{}: {}", one.id, change(&one.old, &one.new))
}

/// The rows and columns that hold anything.
fn table(matrix: &Matrix, cell: impl Fn(&Count) -> String) -> String {
    let used = |side: fn(&Cell) -> &String| -> Vec<String> {
        matrix.ids.iter().filter(|id| matrix.cells.iter().any(|cell| side(cell) == *id)).cloned().collect()
    };
    let (rows, columns) = (used(|cell| &cell.from), used(|cell| &cell.to));
    let find = |from: &String, to: &String| matrix.cells.iter().find(|cell| cell.from == *from && cell.to == *to);
    let shown = |from: &String, to: &String| find(from, to).map_or(".".to_owned(), |found| cell(&found.count));
    let rows = rows.into_iter().map(|from| {
        let cells = columns.iter().map(|to| shown(&from, to)).collect();
        (from, cells)
    });
    Grid { corner: String::new(), rows: rows.collect(), columns: columns.clone() }.text()
}
