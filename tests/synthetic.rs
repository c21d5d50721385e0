//! A ruleset of the size that people write: 30 questions of five levels in five dimensions, 60 rules of one to three
//! conditions, one in ten of which reaches into another dimension. And the same where every rule does.
//!
//! `SNAPSHOTS=overwrite cargo test --test it synthetic` writes `tests/data/synthetic/` anew.

use std::fmt::Write;

use crate::support::{Folder, bearings, read, root};

const DIMENSIONS: [&str; 5] = ["words", "deeds", "effort", "ease", "time"];
const OF_A_DIMENSION: usize = 6;
const RULES: usize = 60;

/// SplitMix64 (Steele, Lea & Flood 2014), enough to draw rules.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % most as u64) as usize
    }
}

fn item(dimension: usize, question: usize) -> String {
    format!("{}_{}", DIMENSIONS[dimension], question + 1)
}

/// The last question of each dimension is about what is bad.
fn is_concern(question: usize) -> bool {
    question + 1 == OF_A_DIMENSION
}

pub(crate) fn questionnaire() -> String {
    let head = r#"{
  "format": "bearings/questionnaire@1",
  "id": "synthetic",
  "version": "1",
  "title": "Synthetic",
  "description": "Thirty questions of five levels, drawn by a test.",
  "source": "made up for tests",
  "licence": "MIT OR Apache-2.0",
  "bond_words": { "partner": "your partner" },
  "option_lists": {
    "often": [
      { "value": 0, "label": "never" },
      { "value": 1, "label": "rarely" },
      { "value": 2, "label": "sometimes" },
      { "value": 3, "label": "often" },
      { "value": 4, "label": "always" }
    ],
    "no_yes": [{ "value": 0, "label": "no" }, { "value": 1, "label": "yes" }]
  },
  "items": [
"#;
    let mut text = head.to_owned();
    for dimension in 0..DIMENSIONS.len() {
        for question in 0..OF_A_DIMENSION {
            let (id, sign) = (item(dimension, question), if is_concern(question) { '-' } else { '+' });
            writeln!(
                text,
                r#"    {{ "id": "{id}", "kind": "choice", "text": "How often: {id}?", "options": "often", "direction": "{sign}" }},"#
            )
            .unwrap();
        }
    }
    for (id, tier, end) in [("safety_fear", "hard", ","), ("safety_watch", "soft", "")] {
        writeln!(
            text,
            r#"    {{ "id": "{id}", "kind": "choice", "text": "{id}?", "options": "no_yes", "direction": "-", "block": true, "safety": {{ "tier": "{tier}" }} }}{end}"#
        )
        .unwrap();
    }
    text + "  ]\n}\n"
}

/// The ruleset in which `crossing` of ten rules with two conditions or more reach into another dimension.
pub(crate) fn ruleset(crossing: usize) -> String {
    let mut text = r#"//! Sixty rules over thirty questions, drawn by a test.
//! ## Sources
//! Made up for tests.
//! ## Published
//! 2026-11-24
//! ## Validated
//! no
//! ## Update policy
//! None.
//! ## Uncertainty
//! It says nothing about anybody.
//! ## Funding
//! None.
assessment "synthetic" version "1" questionnaire "synthetic" title "Synthetic";

floor core 0.6 source "Made up.";
screen straightline 0.9 of 10 source "Made up.";
"#
    .to_owned();
    for (number, dimension) in DIMENSIONS.iter().enumerate() {
        let items: Vec<String> = (0..OF_A_DIMENSION)
            .map(|question| format!("{}{}", if is_concern(question) { "-" } else { "" }, item(number, question)))
            .collect();
        writeln!(
            text,
            r#"scale {dimension} "{dimension}" = percent({}) need 0.5 source "Made up.";"#,
            items.join(", ")
        )
        .unwrap();
    }
    writeln!(text, r#"aggregate keep_side "Keep side" = mean_of({}) need 3 source "Made up.";"#, DIMENSIONS.join(", "))
        .unwrap();
    for dimension in DIMENSIONS {
        writeln!(text, r#"sign no_{dimension} "No {dimension}" present 2 source "Made up.";"#).unwrap();
    }
    let mut draw = Draw(60);
    for rule in 0..RULES {
        let dimension = rule % DIMENSIONS.len();
        let count = 1 + draw.below(3);
        let crosses = rule / DIMENSIONS.len() % 10 < crossing;
        let conditions: Vec<String> = (0..count)
            .map(|at| {
                let away = usize::from(crosses && at > 0 && at + 1 == count) * (1 + draw.below(DIMENSIONS.len() - 1));
                let question = draw.below(OF_A_DIMENSION);
                let id = item((dimension + away) % DIMENSIONS.len(), question);
                // What is bad, and one condition alone only where it is worst.
                let reach = if count == 1 { 0 } else { draw.below(2) };
                if is_concern(question) { format!("{id} >= {}", 4 - reach) } else { format!("{id} <= {reach}") }
            })
            .collect();
        let effect = match draw.below(4) {
            0 => "note()".to_owned(),
            level => format!("sign(\"no_{}\", {level})", DIMENSIONS[dimension]),
        };
        writeln!(
            text,
            r#"rule r{} "Rule {}" when {} then {effect} because "Rule." source "Made up.";"#,
            rule + 1,
            rule + 1,
            conditions.join(" && ")
        )
        .unwrap();
    }
    text + r#"overlay crossroads "Crossroads" when signs_present() >= 2 source "Made up.";
stage facing "Facing" when words < 40 source "Made up.";
stage owning "Owning" when deeds < 40 || effort < 40 source "Made up.";
stage waiting "Waiting" when time < 50 source "Made up.";
stage steady "Steady" when words >= 70 && deeds >= 70 && ease >= 70 && !overlay_is("crossroads") source "Made up.";
stage building "Building" otherwise;
signal walk_away "Go" when signs_present() >= 3 && keep_side < 50 source "Made up.";
signal keep_going "Stay"
    when signs_present() == 0 && words >= 60 && deeds >= 60 && effort >= 60 && ease >= 60
        && (stage_is("steady") || stage_is("building")) source "Made up.";
signal mixed "Mixed" otherwise;
reason torn "Torn" when signs_present() >= 1 && keep_side >= 50 source "Made up.";
reason not_yet "Not yet" when signs_present() == 0 source "Made up.";
reason faint "Faint" otherwise;
reason held_back "Held back.";
reason contradictory "Contradictory.";
reason close_call "Close.";
reason not_enough_answered "Too little";
reason other_path "Another path.";
reason safety_left_out "Left out.";
property no_praise_at_a_crossroads "Nobody at a crossroads reads keep going"
    holds !(overlay_is("crossroads") && signal_is("keep_going"));
"#
}

#[test]
fn generated_synthetic_ruleset_is_fresh() {
    for (name, text) in [("questionnaire.json", questionnaire()), ("ruleset.rhai", ruleset(1))] {
        let path = format!("tests/data/synthetic/{name}");
        if std::env::var("SNAPSHOTS").as_deref() == Ok("overwrite") {
            std::fs::create_dir_all(root().join("tests/data/synthetic")).unwrap();
            std::fs::write(root().join(&path), &text).unwrap();
        }
        assert!(read(&path) == text, "{path} is stale: run SNAPSHOTS=overwrite cargo test --test it synthetic");
    }
}

#[test]
fn everything_is_told_of_the_synthetic_ruleset() {
    bearings("check tests/data/synthetic").ok();
    let proof = bearings("prove tests/data/synthetic --json").ends_with(1).json();
    // Five levels to the thirtieth, and two safety questions that can be skipped or declined as well.
    assert_eq!(proof["sheets"], (5_u128.pow(30) * 16).to_string());
    for claim in proof["claims"].as_array().unwrap() {
        assert_ne!(claim["verdict"], "unknown", "{claim}");
    }
}

/// Where every rule reaches across there is no proof, and no claim.
#[test]
fn where_every_rule_reaches_across_the_budget_ends_it() {
    let folder = Folder::new();
    folder.write("all/questionnaire.json", questionnaire());
    folder.write("all/ruleset.rhai", ruleset(10));
    let proof = bearings("prove all --budget 100000 --json").within(folder.path()).ends_with(1).json();
    let claims = proof["claims"].as_array().unwrap();
    assert!(claims.len() > 10);
    for claim in claims {
        assert_eq!(claim["verdict"], "unknown", "{claim}");
        assert!(claim["why"].as_str().unwrap().contains("100000"), "{claim}");
        assert_eq!(claim["counterexamples"].as_array().unwrap().len(), 0);
    }
}
