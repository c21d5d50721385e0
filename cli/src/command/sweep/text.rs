//! A sweep for eyes: a table and a small chart, in 80 columns.

use bearings_engine::{Count, Matrix, Moves, NoImpact};

use super::super::grid::{Grid, paragraph};
use super::super::respondents::{told, whose};
use super::{Point, Sweep, Swept, number};
use crate::report::tame;

const UNKNOWN: &str = "UNKNOWN";

/// The whole sweep.
pub(super) fn text(sweep: &Sweep<'_>) -> String {
    let ruleset = sweep.ruleset;
    let mut text = String::new();
    let whose = whose(ruleset.questionnaire(), sweep.role, sweep.form);
    let heading = format!("{} {}{whose}", ruleset.id, ruleset.version);
    paragraph(&mut text, &heading, 0);
    let is_silent = |moves: &Moves| moves.stage.is_none() && moves.signal.is_none();
    let points = || sweep.swept.iter().flat_map(|swept| &swept.points);
    if sweep.swept.is_empty() {
        paragraph(&mut text, "It declares no parameter, so there is nothing to set.", 0);
    } else if points().filter_map(|point| point.exact.as_ref().ok()).any(is_silent) {
        paragraph(&mut text, "It gives neither stages nor signals, so no parameter can move them.", 0);
    } else if sweep.args.param.is_some() {
        sweep.swept.iter().for_each(|swept| values(&mut text, swept));
    } else {
        ends(&mut text, sweep);
    }
    let over = points().find_map(|point| match &point.exact {
        Err(NoImpact::OverBudget(budget)) => Some(*budget),
        _ => None,
    });
    if let Some(budget) = over {
        let line = format!("\n{UNKNOWN}: it takes more than {budget} nodes; --budget allows more");
        paragraph(&mut text, &line, 0);
    }
    if let Some(people) = &sweep.people {
        let line = format!(
            "\nRespondents of {}: {} read, {} rejected; {} get no reading whatever the value (a hard flag, or under 18)",
            tame(&people.name),
            people.tally.read,
            people.tally.rejected,
            told(people.unread)
        );
        paragraph(&mut text, &line, 0);
    }
    if points().any(|point| point.exact.is_ok()) {
        paragraph(&mut text, "\nCounts over sheets are exact; a share of sheets is no share of people.", 0);
    }
    text
}

/// What a matrix is about.
type Pick = fn(&Moves) -> &Option<Matrix>;

const KINDS: [(&str, Pick); 2] = [("Signal", |moves| &moves.signal), ("Stage", |moves| &moves.stage)];

/// A parameter at several values.
fn values(text: &mut String, swept: &Swept<'_>) {
    let parameter = swept.parameter;
    let line = format!("{}, in force {}: {}", parameter.name, number(&parameter.value), parameter.description);
    paragraph(text, &line, 0);
    for (name, pick) in KINDS {
        let sheets: Vec<Option<&Matrix>> =
            swept.points.iter().map(|point| point.exact.as_ref().ok().and_then(|moves| pick(moves).as_ref())).collect();
        let of = sheets.iter().flatten().next().map_or(String::new(), |matrix| format!(" {}", matrix.of.rough()));
        shares(text, swept, &format!("{name}, percent of the{of} answer sheets"), &sheets);
        let people: Vec<Option<&Matrix>> =
            swept.points.iter().map(|point| point.people.as_ref().and_then(|moves| pick(moves).as_ref())).collect();
        if let Some(matrix) = people.iter().flatten().next() {
            shares(text, swept, &format!("{name}, percent of the {} respondents with a reading", matrix.of), &people);
        }
    }
    paragraph(text, "\n*: the value in force; changed: another one than with the value in force", 0);
}

/// The share of each outcome at each value, and a chart of those that vary.
fn shares(text: &mut String, swept: &Swept<'_>, heading: &str, matrices: &[Option<&Matrix>]) {
    let is_there = |id: &String| matrices.iter().flatten().any(|matrix| !matrix.now(id).is_zero());
    let mut ids: Vec<String> = Vec::new();
    for id in matrices.iter().flatten().flat_map(|matrix| &matrix.ids) {
        if !ids.contains(id) && is_there(id) {
            ids.push(id.clone());
        }
    }
    text.push_str(&format!("\n{heading}\n"));
    let columns: Vec<String> = ids.iter().cloned().chain(["changed".to_owned()]).collect();
    let rows = swept.points.iter().zip(matrices).map(|(point, matrix)| {
        let mark = if point.value == swept.parameter.value { "*" } else { "" };
        let cells = match matrix {
            None => vec![UNKNOWN.to_owned(); ids.len() + 1],
            Some(matrix) => {
                let now = ids.iter().map(|id| matrix.now(id).percent_of(&matrix.of));
                now.chain([matrix.moved().percent_of(&matrix.of)]).collect()
            }
        };
        (format!("{mark}{}", number(&point.value)), cells)
    });
    text.push_str(&Grid { corner: swept.parameter.name.clone(), columns, rows: rows.collect() }.text());
    let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
    for id in &ids {
        let counts: Vec<Option<(Count, &Count)>> =
            matrices.iter().map(|matrix| matrix.map(|matrix| (matrix.now(id), &matrix.of))).collect();
        let known = || counts.iter().flatten();
        let (Some(least), Some(most)) =
            (known().min_by_key(|(count, _)| count), known().max_by_key(|(count, _)| count))
        else {
            continue;
        };
        if least.0 == most.0 {
            text.push_str(&format!("  {id:width$}  the same at each value\n"));
            continue;
        }
        let bars: String = counts.iter().map(|count| bar(count.as_ref(), &least.0, &most.0)).collect();
        let percent = |(count, of): &(Count, &Count)| count.percent_of(of);
        let range = match (percent(least), percent(most)) {
            (least, most) if least == most => format!("{least} %, by less than is shown"),
            (least, most) => format!("{least} to {most} %"),
        };
        text.push_str(&format!("  {id:width$}  {bars}  {range}\n"));
    }
}

fn bar(count: Option<&(Count, &Count)>, least: &Count, most: &Count) -> char {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let Some((count, _)) = count else { return '?' };
    BLOCKS.get(count.step_between(least, most, 7) as usize).copied().unwrap_or('?')
}

/// Every parameter at both ends of its range: what matters most comes first.
fn ends(text: &mut String, sweep: &Sweep<'_>) {
    let whose =
        if sweep.people.is_some() { "answer sheets, and of the respondents with a reading," } else { "answer sheets" };
    let line = format!(
        "Each parameter at both ends of its range: percent of the {whose} that get another signal or stage than with the \
         value in force"
    );
    paragraph(text, &line, 0);
    let mut rows: Vec<(Weight, &Swept<'_>, &Point)> = Vec::new();
    for swept in &sweep.swept {
        for point in &swept.points {
            rows.push((weight(point), swept, point));
        }
    }
    // What nobody knows comes first, since it could be anything.
    rows.sort_by(|(one, ..), (other, ..)| other.cmp(one));
    let has_people = sweep.people.is_some();
    let mut columns: Vec<String> = ["in_force", "set_to", "signal", "stage"].map(str::to_owned).to_vec();
    if has_people {
        columns.extend(["people's_signal", "people's_stage"].map(str::to_owned));
    }
    let table = rows.iter().filter(|(_, swept, _)| !is_idle(swept)).map(|(_, swept, point)| {
        let mut cells = vec![number(&swept.parameter.value), number(&point.value)];
        for (_, pick) in KINDS {
            cells.push(match &point.exact {
                Ok(moves) => moved(pick(moves)),
                Err(_) => UNKNOWN.to_owned(),
            });
        }
        for (_, pick) in KINDS.iter().filter(|_| has_people) {
            cells.push(point.people.as_ref().map_or(String::new(), |moves| moved(pick(moves))));
        }
        (swept.parameter.name.clone(), cells)
    });
    let table: Vec<(String, Vec<String>)> = table.collect();
    if !table.is_empty() {
        text.push_str(&Grid { corner: String::new(), columns, rows: table }.text());
    }
    for swept in sweep.swept.iter().filter(|swept| is_idle(swept)) {
        paragraph(text, &format!("{} changes nothing at either end of its range", swept.parameter.name), 0);
    }
}

fn moved(matrix: &Option<Matrix>) -> String {
    matrix.as_ref().map_or("-".to_owned(), |matrix| matrix.moved().percent_of(&matrix.of))
}

/// How much a value matters: whether that is unknown, and how many sheets and people get another signal and stage.
type Weight = (bool, [Count; 4]);

fn weight(point: &Point) -> Weight {
    let count = |moves: Option<&Moves>, pick: Pick| {
        moves.and_then(|moves| pick(moves).as_ref()).map_or(Count::default(), Matrix::moved)
    };
    let [signal, stage] = KINDS.map(|(_, pick)| pick);
    let (sheets, people) = (point.exact.as_ref().ok(), point.people.as_ref());
    (sheets.is_none(), [count(sheets, signal), count(sheets, stage), count(people, signal), count(people, stage)])
}

/// Whether it is known that no value changes anything.
fn is_idle(swept: &Swept<'_>) -> bool {
    swept.points.iter().map(weight).all(|(is_unknown, counts)| !is_unknown && counts.iter().all(Count::is_zero))
}
