//! The fixed words: what is shown after a hard flag, where to find help, and the lines that every page ends with.

use bearings_engine::assessment::Reading;
use bearings_engine::questionnaire::Bond;

use super::{Page, Row};
use crate::resources::Resources;

/// What `bearings help support` prints; its parts are shown here too, so that they are worded once.
pub(crate) const SUPPORT: &str = include_str!("../command/help/support.txt");

pub(crate) const EMERGENCY: &str = "If you are in danger";
pub(super) const FEAR: &str = "If somebody frightens";
pub(super) const CRISIS: &str = "If you think of ending your life";
const UNDER_AGE: &str = "If you are under age";
pub(super) const OWN_BEHAVIOUR: &str = "If you worry about what you do";
pub(crate) const DIRECTORIES: &str = "Lists of helplines";
const TRUST_IT: &str = "Whatever a questionnaire says";

const IF_UNSAFE: &str = "If you ever feel unsafe with somebody: bearings help support";

/// For whom leaving is a question; pushes neither way.
pub(super) const ADVOCATE_FIRST: &str =
    "For some people leaving raises the danger; if you think of it, plan it with an advocate first.";

/// The page after a hard flag. It takes nothing, so it can tell nothing: it is the same for everybody.
pub(super) fn withheld() -> Page {
    let mut page = Page::default();
    page.title("Your safety comes before this question.");
    page.text("What you answered about your safety matters more than any score, so there is no reading here.");
    page.text("It is not your fault. You do not have to decide anything today.");
    page.heading("Where to find help");
    for part in [EMERGENCY, FEAR, CRISIS, UNDER_AGE, DIRECTORIES, TRUST_IT] {
        help(&mut page, part);
    }
    closing(&mut page);
    page
}

/// The page for somebody under 18: no reading, whatever the bond.
pub(super) fn other_path(reading: &Reading, bond: Option<Bond>) -> Page {
    let mut page = Page::default();
    page.text(reading.signal.text.clone().unwrap_or_default());
    page.text(match bond {
        Some(Bond::Partner | Bond::Friend) => {
            "With somebody who is good for you, you can say no, have your own friends and make mistakes without being \
             afraid. Both of you are sorry when you hurt each other, and it shows in what you do."
        }
        Some(Bond::Family) | None => {
            "When trust breaks at home, it is not your task to mend it. What you feel about it counts, and somebody \
             outside can help you carry it."
        }
    });
    help(&mut page, EMERGENCY);
    page.text(
        "Tell an adult you trust, not the person this is about, or search \"child helpline\" and your country. They listen, \
         and you decide how much you say.",
    );
    let shown = reading.support.iter().flatten();
    for support in shown {
        match *support {
            "crisis" => help(&mut page, CRISIS),
            "own_behaviour" => help(&mut page, OWN_BEHAVIOUR),
            _ => {}
        }
    }
    help(&mut page, DIRECTORIES);
    page.text("One person, one view, one day.");
    page.text(IF_UNSAFE);
    page
}

/// The two lines that every page ends with. They are always there, so they reveal nothing.
pub(super) fn closing(page: &mut Page) {
    page.text("One person, one view, one day. Only you know what is right.");
    page.text(IF_UNSAFE);
}

/// All of the support text, for a form that others fill in.
pub(crate) fn where_help_is() -> Page {
    let mut page = Page::default();
    for part in [EMERGENCY, FEAR, CRISIS, UNDER_AGE, OWN_BEHAVIOUR, DIRECTORIES, TRUST_IT] {
        help(&mut page, part);
    }
    page
}

/// What to do in danger or fear, on one line.
pub(crate) fn first_help() -> String {
    let parts = SUPPORT.split("\n\n").filter(|part| part.starts_with(EMERGENCY) || part.starts_with(FEAR));
    parts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// A part of the support text.
pub(super) fn help(page: &mut Page, start: &str) {
    let Some(part) = SUPPORT.split("\n\n").find(|part| part.starts_with(start)) else {
        return;
    };
    let mut lines = part.trim_end().lines();
    page.text(lines.next().unwrap_or_default());
    let rest: Vec<&str> = lines.map(str::trim).collect();
    page.points(sentences(&rest.join(" ")));
    if start == DIRECTORIES {
        page.rows(directories(&Resources::built_in()));
    }
}

/// The directories and what is in them. They have no number, so no page depends on the day.
pub(crate) fn directories(resources: &Resources) -> Vec<Row> {
    resources.directories.iter().map(|directory| Row::new(&directory.name, &directory.about)).collect()
}

/// One sentence a line: easier to read, and to listen to.
fn sentences(text: &str) -> Vec<String> {
    let sentences = text.split_inclusive(". ").map(|sentence| sentence.trim().to_owned());
    sentences.filter(|sentence| !sentence.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_found() {
        for part in [EMERGENCY, FEAR, CRISIS, UNDER_AGE, OWN_BEHAVIOUR, DIRECTORIES, TRUST_IT] {
            let mut page = Page::default();
            help(&mut page, part);
            assert!(!page.0.is_empty(), "{part}");
        }
    }

    #[test]
    fn the_words_are_the_same_wherever_they_stand() {
        let flowing = SUPPORT.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flowing.contains(ADVOCATE_FIRST));
    }
}
