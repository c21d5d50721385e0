//! What is said around the questions. Plain words, the same for everybody.

use bearings_engine::questionnaire::Questionnaire;

use super::page::paragraph;

const EMERGENCY: &str = "If you are in danger now, use your local emergency number.";

const WHAT_IT_IS: &str = "You answer questions, and at the end you can read what speaks for going on and what speaks \
    against it, and which of your answers say so. It is one person's view on one day. It is no test of anybody, and \
    what you do is up to you.";

const STAYS_HERE: &str = "Everything stays on this device: nothing is sent and nothing is stored. But somebody else \
    could see this screen, or may watch what is done on this device. What is shown stays on the screen until you \
    clear it. If that could bring you trouble, a device that nobody else uses is the better place.";

const FILE_LATER: &str = "You named a file. At the end you are asked whether your answers are really to be written.";

const HOW: &str = "Type the number of your answer and press Enter. Other keys: b back, s skip, r rather not say, n does \
    not apply (where it is offered), ? why this is asked, h where help is. q leaves at once, at any time, and keeps \
    nothing; Ctrl-C does the same.";

pub(super) const PRIVACY: &str = "Would it bring you trouble if somebody saw this screen?";
pub(super) const STOP_HERE: &str = "Stop here for now?";
pub(super) const RESULT: &str = "Your result is ready. Is it all right to show it here?";
pub(super) const HOW_IT_CAME_ABOUT: &str = "Read also how this came about, rule by rule?";
pub(super) const CLOSING: &str =
    "This is the end. Nothing was sent. What is on this screen stays there until you clear it.";

pub(super) const YES_OR_NO: &str = "Please type y for yes or n for no; q leaves.";
pub(super) const YES_NO_OR_BACK: &str =
    "Please type y for yes or n for no; b goes back to the last question, and q leaves.";

pub(super) const BEFORE_SAFETY: &str = "Now come some questions about your safety. Everybody is asked them, whatever \
    they answered before. Skipping is fine. Your answers to them are looked at before anything is counted: depending \
    on them, you may read where to find help instead of a result. If you skip some, the result points neither way.";
pub(super) const MORE_SAFETY: &str = "Here is more about your safety. Skipping is fine here, too.";

pub(super) const NO_REASON: &str = "The questionnaire does not say why this is asked. You may skip it.";
pub(super) const FIRST: &str = "This is the first question, so there is none to go back to.";
pub(super) const ROLE_UNSAID: &str = "Then you are asked what somebody is asked who was hurt.";

pub(super) const BEFORE_SAVING: &str = "You named a file for your answers. Other people may find it: folders can be \
    copied to other devices and to backups, programs list the files that were opened last, and somebody else may use \
    the same account. Deleting a file later does not remove every copy.";
pub(super) const SAVE: &str = "Write your answers to the file?";
pub(super) const SAVE_SAFETY: &str = "Write your answers about safety, too? If you are not sure, leave them out.";
pub(super) const SAVED: &str = "Your answers are in the file.";

/// How many questions a person answers in a minute: the short form has about fifty and takes about ten. A design
/// choice, to be replaced by what is measured.
const A_MINUTE: usize = 5;

/// The first screen.
pub(super) fn opening(questionnaire: &Questionnaire, names_a_file: bool) -> String {
    let file = if names_a_file { FILE_LATER } else { "" };
    let paragraphs = [EMERGENCY, &questionnaire.description, WHAT_IT_IS, STAYS_HERE, file, HOW];
    let text: Vec<String> = paragraphs.into_iter().filter(|text| !text.is_empty()).map(paragraph).collect();
    text.join("\n")
}

/// Offers the full form.
pub(super) fn deeper(questions: usize) -> String {
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let minutes = count(questions.div_ceil(A_MINUTE), "minute");
    format!("Go deeper? {}, about {minutes}.", count(questions, "more question"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_deeper_says_how_long_it_takes() {
        assert_eq!(deeper(1), "Go deeper? 1 more question, about 1 minute.");
        assert_eq!(deeper(53), "Go deeper? 53 more questions, about 11 minutes.");
    }

    #[test]
    fn the_words_judge_nobody_and_push_nobody() {
        let all = [
            EMERGENCY,
            WHAT_IT_IS,
            STAYS_HERE,
            FILE_LATER,
            HOW,
            PRIVACY,
            STOP_HERE,
            RESULT,
            HOW_IT_CAME_ABOUT,
            CLOSING,
            YES_OR_NO,
            YES_NO_OR_BACK,
            BEFORE_SAFETY,
            MORE_SAFETY,
            NO_REASON,
            FIRST,
            ROLE_UNSAID,
            BEFORE_SAVING,
            SAVE,
            SAVE_SAFETY,
            SAVED,
        ];
        let text = all.join(" ").to_lowercase();
        for word in ["abuse", "toxic", "narciss", "risk level", "diagnos", "safe ", "victim", "you should", "%"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}
