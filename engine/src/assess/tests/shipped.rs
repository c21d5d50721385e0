//! The shipped ruleset on random sheets. `BEARINGS_SHEETS` sets how many; the continuous check uses 40,000, the release check 100,000.

use super::*;

fn shipped(role: Role, form: Form) -> Pair {
    let (questionnaire, files) = crate::tests::trust_repair();
    Pair::new(&questionnaire, &files, role, form)
}

/// A sheet between very bad and very good, with some answers missing.
fn draw(pair: &Pair, draw: &mut Draw) -> Vec<Answer> {
    let questionnaire = pair.questionnaire();
    let quality = draw.below(101);
    let missing = [0, 0, 3, 10, 40][draw.below(5) as usize];
    let mut sheet = vec![Answer::Missing(Missing::NotShown); questionnaire.slots.len()];
    for (at, slot) in questionnaire.slots.iter().enumerate() {
        if !pair.variant().asked[at] {
            continue;
        }
        let item = questionnaire.item_of(slot).unwrap();
        let levels = slot.levels.count() as u64;
        let best = match item.direction {
            Some(crate::questionnaire::Direction::Supports) => Some(levels - 1),
            Some(crate::questionnaire::Direction::Concern) => Some(0),
            _ => None,
        };
        let level = match best {
            Some(best) if draw.below(100) < 70 => {
                if draw.below(100) < quality {
                    best
                } else {
                    levels - 1 - best
                }
            }
            _ => draw.below(levels),
        };
        sheet[at] = if item.block || item.id == crate::questionnaire::MINOR_ITEM {
            Answer::Level(u16::from(draw.below(200) == 0))
        } else if draw.below(100) < missing {
            Answer::Missing(if item.offers_not_applicable && draw.below(3) == 0 {
                Missing::NotApplicable
            } else {
                Missing::Skipped
            })
        } else {
            Answer::Level(level as u16)
        };
    }
    sheet
}

fn sheets() -> u64 {
    std::env::var("BEARINGS_SHEETS").ok().and_then(|text| text.parse().ok()).unwrap_or(800)
}

fn compare(role: Role, form: Form, seed: u64, count: u64) {
    let pair = shipped(role, form);
    let mut random = Draw(seed);
    let (mut conditions, mut complete, mut filled) = (0, 0, 0);
    for _ in 0..count {
        let sheet = draw(&pair, &mut random);
        let assessed = pair.block(std::slice::from_ref(&sheet));
        let RowView::Assessed(row) = assessed.row(0) else { continue };
        if row.is_other_path() {
            continue;
        }
        conditions += pair.compare(&sheet, row, 500);
        // The signal: by the interpreter on every fill.
        let unknown = sheet.iter().any(|answer| answer.is_unknown());
        let Some(signals) = pair.signals_of_fills(&sheet, if unknown { 60 } else { 1 }) else { continue };
        *(if unknown { &mut filled } else { &mut complete }) += 1;
        let diagram = pair.variant().complete.as_ref().unwrap();
        let openings: Vec<_> = diagram.variables.iter().map(|v| v.opening(sheet[v.slot])).collect();
        let found = crate::diagram::Walker::default().outcomes(&diagram.diagram, diagram.signal, &openings, u32::MAX);
        assert_eq!(found, signals.iter().fold(0, |set, signal| set | 1 << signal), "{}", pair.show(&sheet));
    }
    assert!(conditions as u64 > count * 5, "{conditions} conditions compared on {count} sheets");
    assert!(complete > count / 5 && filled > count / 40, "{complete} complete and {filled} filled sheets of {count}");
}

#[test]
fn tables_and_diagram_equal_the_interpreter_for_the_hurt_one() {
    compare(Role::Hurt, Form::Short, 7, sheets() / 2);
}

/// The other half, beside the first one: together they are what takes longest.
#[test]
fn tables_and_diagram_equal_the_interpreter_for_the_hurt_one_on_other_sheets() {
    compare(Role::Hurt, Form::Short, 8, sheets() - sheets() / 2);
}

#[test]
fn tables_and_diagram_equal_the_interpreter_for_who_broke_trust() {
    compare(Role::Broke, Form::Short, 7, sheets() / 4);
}

#[test]
fn tables_and_diagram_equal_the_interpreter_in_the_full_form() {
    compare(Role::Hurt, Form::Full, 7, sheets() / 8);
    compare(Role::Broke, Form::Full, 7, sheets() / 16);
}
