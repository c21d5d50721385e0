//! The shipped ruleset on random sheets. `BEARINGS_SHEETS` sets how many; the continuous check uses
//! 100,000.

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

/// So many sheets are assessed at once.
const BLOCK: usize = 256;

fn compare(role: Role, form: Form, seed: u64, count: u64) {
    let pair = shipped(role, form);
    let (_, files) = crate::tests::trust_repair();
    let verifier = Verifier::new(&pair.ruleset, &files).unwrap();
    let mut random = Draw(seed);
    let sheets: Vec<_> = (0..count).map(|_| draw(&pair, &mut random)).collect();
    let mut compared = Compared::default();
    for sheets in sheets.chunks(BLOCK) {
        let mut block = AnswerBlock::new(pair.questionnaire(), form, SafetyBlock::Answered);
        sheets.iter().for_each(|sheet| block.push(role, sheet));
        let assessed = assess_block(&pair.ruleset, &block).unwrap();
        compared += verifier.verify(&block, &assessed).unwrap_or_else(|error| match error {
            Unverified::Differs { row, .. } | Unverified::Stopped { row, .. } => {
                panic!("{error}: {}", pair.show(&sheets[row]))
            }
            Unverified::OtherFiles => panic!("{error}"),
        });
    }
    assert_eq!(compared.whole + compared.partly + compared.none, count);
    assert!(compared.none < count / 8 && compared.whole > count / 2, "{compared:?} of {count}");
    assert!(compared.conditions > count * 5 && compared.signals > count / 4, "{compared:?} of {count}");
}

/// What the verifier says if it has other files than the ruleset: `old` is `new` in them.
fn verified_with(old: &str, new: &str) -> Result<Compared, Unverified> {
    let pair = shipped(Role::Hurt, Form::Short);
    let (_, mut files) = crate::tests::trust_repair();
    let file = files.iter_mut().find(|file| file.text.contains(old)).unwrap();
    file.text = file.text.replacen(old, new, 1);
    let verifier = Verifier::new(&pair.ruleset, &files)?;
    let mut random = Draw(3);
    let mut block = AnswerBlock::new(pair.questionnaire(), Form::Short, SafetyBlock::Answered);
    (0..200).for_each(|_| block.push(Role::Hurt, &draw(&pair, &mut random)));
    verifier.verify(&block, &assess_block(&pair.ruleset, &block).unwrap())
}

#[test]
fn the_verifier_finds_what_differs() {
    assert!(verified_with("when    apology < 50", "when    apology < 50.0").is_ok());
    let said = |old, new| match verified_with(old, new) {
        Ok(compared) => panic!("{old} is not {new}: {compared:?}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        said("when    apology < 50", "when    apology < 70"),
        "the tables and the interpreter differ on rule `apology_missing`"
    );
    let other_scale = said("when    apology < 50", "when    openness < 50");
    assert_eq!(other_scale, "the interpreter could not run rule `apology_missing`");
    assert!(matches!(
        verified_with("when    i_end_up_apologising >= 2", "when    apology_dodges >= 2"),
        Err(Unverified::OtherFiles)
    ));
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
