//! What is said of all sheets is what `assess` says of each.

use super::*;
use crate::assess::{AnswerBlock, assess_block};
use crate::diagram::NodeId;
use crate::questionnaire::{Form, Role};
use crate::responses::SafetyBlock;
use crate::ruleset::{LoadOptions, NODE_BUDGET, Ruleset, load};

/// SplitMix64 (Steele, Lea & Flood 2014), enough to draw test sheets.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % u64::from(most)) as u32
    }
}

mod random;

fn compare(ruleset: &Ruleset, role: Role, form: Form, rows: usize) {
    let variant = ruleset.variant(role, form).unwrap();
    let mut sheets = Sheets::new(ruleset.questionnaire(), ruleset.gate(), &[variant], 50 * NODE_BUDGET);
    let functions = sheets.functions(ruleset.kind, variant).unwrap();
    let mut draw = Draw(4);
    let mut block = AnswerBlock::new(ruleset.questionnaire(), form, SafetyBlock::Answered);
    let mut expected = Vec::new();
    for row in 0..rows {
        let lean = row % 3;
        let levels: Vec<u32> = (0..sheets.variables.len() as u32)
            .map(|at| {
                let variable = &sheets.variables[at as usize];
                let questionnaire = ruleset.questionnaire();
                let item = questionnaire.item_of(&questionnaire.slots[variable.slot]).unwrap();
                let mut level = draw.below(variable.levels());
                // Most sheets without a flag, and some that lean clearly.
                if (item.block || variable.may_be_missing) && draw.below(12) > 0 {
                    level = draw.below(variable.known);
                    if item.block || draw.below(2) > 0 {
                        level = ruleset.gate().unflagged_level(variable.slot).map_or(level, |l| l as u32);
                    }
                }
                if item.id == "under_18" {
                    level = u32::from(draw.below(30) == 0);
                }
                let good = match item.direction {
                    Some(crate::questionnaire::Direction::Concern) => lean == 2,
                    Some(_) => lean == 1,
                    None => return level,
                };
                if lean > 0 && !item.block && level < variable.known {
                    let other = draw.below(variable.known);
                    level = if good { level.max(other) } else { level.min(other) };
                }
                level
            })
            .collect();
        let fixed: Vec<(u32, u32)> = (0..).zip(levels.iter().copied()).collect();
        let responses = sheets.responses(&fixed, 0);
        block.push(role, &responses.answers);
        let outcome = |id: NodeId| sheets.diagram.outcome(id, |v| levels[v as usize]).unwrap();
        let known = fixed.iter().all(|(at, level)| *level < sheets.variables[*at as usize].skipped());
        expected.push((
            Reported::of(outcome(functions.reported)),
            known.then(|| outcome(functions.stage)),
            known.then(|| functions.overlays.iter().map(|id| outcome(*id)).collect::<Vec<_>>()),
            known.then(|| functions.fired.iter().map(|id| outcome(*id)).collect::<Vec<_>>()),
        ));
    }
    let assessed = assess_block(ruleset, &block).unwrap();
    let mut seen = std::collections::BTreeMap::new();
    for (row, (reported, stage, overlays, fired)) in expected.into_iter().enumerate() {
        let view = assessed.row(row);
        let is = Reported::of_row(&view).unwrap();
        *seen.entry(is).or_insert(0) += 1;
        assert_eq!(is, reported, "row {row}");
        let crate::assess::RowView::Assessed(view) = view else { continue };
        if view.is_other_path() {
            continue;
        }
        if let (Some(stage), Some(overlays), Some(fired)) = (stage, overlays, fired) {
            assert_eq!(view.stage(), Some(stage as usize));
            let held: Vec<u32> =
                (0..overlays.len()).map(|at| u32::from(view.overlays().any(|known| known == at))).collect();
            assert_eq!(held, overlays);
            for (rule, fired) in fired.iter().enumerate() {
                assert_eq!(view.rule(rule) == crate::assess::RuleOutcome::Fired, *fired == 1, "rule {rule}");
            }
        }
    }
    // The sheets were drawn so that much of what can be reported is.
    assert!(seen.len() >= 6, "{seen:?}");
}

#[test]
fn what_is_said_of_all_sheets_is_what_is_assessed() {
    let (questionnaire, files) = crate::tests::trust_repair();
    for (role, form) in
        [(Role::Hurt, Form::Short), (Role::Broke, Form::Short), (Role::Broke, Form::Full), (Role::Hurt, Form::Full)]
    {
        let (ruleset, _) = load(&files, &questionnaire, &LoadOptions::only(role, form)).unwrap();
        compare(&ruleset, role, form, 3000);
    }
}
