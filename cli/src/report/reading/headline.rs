//! What stands at the top: what the answers lean to, why, and the help that comes before everything else.

use bearings_engine::assessment::{ReadValue, Reading};
use bearings_engine::questionnaire::Bond;

use super::super::support::{self, ADVOCATE_FIRST, CRISIS, FEAR, OWN_BEHAVIOUR};
use super::super::{About, Page};
use super::{has, is_decisive, is_let_go_of, reason, trace};

/// For whom distance is not simply a choice.
const DISTANCE: &str = "Distance can be a little: shorter visits, or somebody else in the room. Where one of you \
    depends on the other's care, it may not be possible now, and that is no failing.";

/// For somebody who broke trust and has no contact.
const RESPECT_IT: &str = "If they do not want contact, respect that: nothing on this page is about changing it.";

/// For somebody who wants to leave what could go on.
const NO_IS_AN_ANSWER: &str = "Much has been put right. Whether you want to go on is your own question, and no is a full \
    answer.";

pub(super) fn write(page: &mut Page, reading: &Reading, about: &About) {
    page.title(title(reading));
    // Days without hope come before everything that is weighed.
    crisis(page, reading);
    if has(reading, "own_behaviour") {
        own_behaviour(page);
        return;
    }
    page.text(why(reading, about));
    if matches!(reason(reading), Some("one_sign" | "torn")) {
        let present = reading
            .signs
            .iter()
            .filter(|(id, level)| about.signs.get(*id).is_some_and(|(_, present)| **level >= *present));
        let named: Vec<String> = present.map(|(id, _)| about.sign(id)).collect();
        page.text(format!("What speaks clearly against going on: {}.", named.join(", ")));
    }
    if let [first, second] = reading.contradiction.as_slice() {
        let said = |read: &ReadValue| format!("\"{}\": {}", about.name(&read.id), trace::said(read));
        page.text(format!("These two do not fit together: {} and {}.", said(first), said(second)));
    }
    if has(reading, "safety_open") {
        page.text("Some of the safety questions were left open. While they are, no direction is given.");
    }
    let walks_away = reading.signal.id.as_deref() == Some("walk_away");
    if has(reading, "advocate_first") {
        if walks_away {
            page.text(ADVOCATE_FIRST);
        }
        support::help(page, FEAR);
    }
    if walks_away && about.bond == Some(Bond::Family) {
        page.text(DISTANCE);
    }
}

/// What the answers lean to. Whoever did harm is not told to wait and see: they are not the one to judge that.
pub(super) fn title(reading: &Reading) -> &str {
    if has(reading, "own_behaviour") {
        "No direction is given"
    } else if is_let_go_of(reading) {
        "You are not in touch now"
    } else {
        &reading.signal.title
    }
}

fn why(reading: &Reading, about: &About) -> String {
    let is_wish = |id: &String| about.wishes.contains(id);
    match (reason(reading), &reading.signal.text) {
        _ if is_let_go_of(reading) => RESPECT_IT.to_owned(),
        (Some("held_back"), _) if has(reading, "advocate_first") => {
            "Something that you answered or left open about your safety comes before the rest.".to_owned()
        }
        (Some("held_back"), _) if reading.own_part.is_some() && !has(reading, "safety_open") => {
            "What comes first is your own part; it stands further down.".to_owned()
        }
        (Some("contradictory"), _) if reading.contradiction.is_empty() => {
            "Nearly all your answers have the same mark, so nothing can be read from them. That happens when one is \
             tired. Another day is fine."
                .to_owned()
        }
        (Some("not_yet"), _) if !reading.lacks.is_empty() && reading.lacks.iter().all(|lack| is_wish(&lack.id)) => {
            NO_IS_AN_ANSWER.to_owned()
        }
        (_, Some(text)) => text.clone(),
        (_, None) if is_decisive(reading) && has(reading, "no_contact") => {
            "You are not in touch now. This is about how things were when you last had to do with each other."
                .to_owned()
        }
        (_, None) => "That is how your answers read today. It does not tell how things will go.".to_owned(),
    }
}

/// The crisis line, with what brought it.
pub(super) fn crisis(page: &mut Page, reading: &Reading) {
    if has(reading, "crisis") {
        page.text(
            "You often felt that there was no point. That is heavy to carry, and you do not have to carry it alone.",
        );
        support::help(page, CRISIS);
    }
}

fn own_behaviour(page: &mut Page) {
    page.text(
        "You answered that you did one of these things to them. That comes first, and what you did is not weighed \
         against anything here. It can be stopped, and there are people who help with exactly that. Please do not use \
         this page to persuade them of anything.",
    );
    support::help(page, OWN_BEHAVIOUR);
}
