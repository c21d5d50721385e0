//! The codes and labels of a field as the options of an item.

use bearings_engine::questionnaire::{CODE_OPTION, OptionValue, ResponseOption};
use bearings_engine::responses::Missing;

/// What the codes of a choice come to.
#[derive(Debug, PartialEq)]
pub(super) struct Choices {
    /// The options, numbers from the lowest up.
    pub(super) options: Vec<ResponseOption>,
    /// They were written from the highest number down.
    pub(super) falling: bool,
    /// One of the codes says that the question does not apply.
    pub(super) offers_not_applicable: bool,
    /// What is not as it was.
    pub(super) changed: Vec<String>,
}

/// The options of a choice.
///
/// # Errors
/// Why it can be none.
pub(super) fn choices(pairs: Vec<(String, String)>) -> Result<Choices, String> {
    let mut changed = Vec::new();
    let (reasons, pairs): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(code, _)| Missing::parse(code).is_some());
    let mut offers_not_applicable = false;
    for (code, _) in &reasons {
        match code == Missing::NotApplicable.as_str() {
            true => offers_not_applicable = true,
            false => changed.push(format!("`{code}` is no option: it is how a survey says why there is no answer")),
        }
    }
    refuse(&pairs, 2)?;
    let numbers: Option<Vec<i64>> = pairs.iter().map(|(code, _)| whole(code)).collect();
    let Some(numbers) = numbers else {
        if pairs.iter().any(|(code, _)| whole(code).is_some()) {
            changed.push("numbers stand beside words, so that all of its options are words".to_owned());
        }
        let word = |(code, label): (String, String)| ResponseOption { value: OptionValue::Word(code), label };
        let options = pairs.into_iter().map(word).collect();
        return Ok(Choices { options, falling: false, offers_not_applicable, changed });
    };
    let steps = || numbers.iter().zip(numbers.iter().skip(1));
    let falling = steps().all(|(one, next)| one > next);
    if falling {
        changed.push("its options are printed from the highest number down, which `falling` says".to_owned());
    } else if !steps().all(|(one, next)| one < next) {
        changed.push("its options are printed in another order than that of their numbers, which is lost".to_owned());
    }
    let option = |(number, (_, label))| ResponseOption { value: OptionValue::Number(number), label };
    let mut options: Vec<ResponseOption> = numbers.iter().copied().zip(pairs).map(option).collect();
    options.sort_by(|one, other| one.value.cmp(&other.value));
    let far: Vec<String> = far_off(&options).iter().map(i64::to_string).collect();
    if !far.is_empty() {
        let far = far.join(",");
        changed.push(format!(
            "far from the other numbers, and an option like them: {far}; if that stands for no answer, take it out and \
             score with `--missing {far}`"
        ));
    }
    Ok(Choices { options, falling, offers_not_applicable, changed })
}

/// The options of which any number may be ticked.
///
/// # Errors
/// Why there can be none.
pub(super) fn boxes(pairs: Vec<(String, String)>) -> Result<Vec<ResponseOption>, String> {
    refuse(&pairs, 1)?;
    let boxes = pairs.into_iter().map(|(code, label)| {
        let word = as_word(&code);
        let is_word = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && word.starts_with(|c: char| c.is_ascii_alphabetic());
        match is_word {
            true => Ok(ResponseOption { value: OptionValue::Word(word), label }),
            false => Err("a code of its boxes is no word of letters, digits and `_`".to_owned()),
        }
    });
    boxes.collect()
}

/// The word for the code of a box: a number becomes one.
pub(super) fn as_word(code: &str) -> String {
    let is_number = code.starts_with(|c: char| c.is_ascii_digit());
    if is_number { format!("{CODE_OPTION}{code}") } else { code.to_owned() }
}

/// Codes and labels as they are typed: `0=no,1=yes`, or with `|` between them; none if there is anything else.
pub(super) fn typed_pairs(text: &str) -> Option<Vec<(String, String)>> {
    pairs(text, if text.contains('|') { '|' } else { ',' })
}

/// Codes and labels with this between them: `0, no | 1, yes` as REDCap has it, or `0=no | 1=yes`.
pub(super) fn pairs(text: &str, between: char) -> Option<Vec<(String, String)>> {
    let pair = |part: &str| {
        let (code, label) = match (part.find('='), part.find(',')) {
            (Some(equal), Some(comma)) if comma < equal => part.split_once(','),
            (Some(_), _) => part.split_once('='),
            (None, _) => part.split_once(','),
        }?;
        let (code, label) = (code.trim(), label.trim());
        (!code.is_empty() && !label.is_empty()).then(|| (code.to_owned(), label.to_owned()))
    };
    text.split(between).map(pair).collect()
}

/// A whole number as it is written; `01` and `+1` are words.
fn whole(code: &str) -> Option<i64> {
    code.parse::<i64>().ok().filter(|number| number.to_string() == code)
}

fn refuse(pairs: &[(String, String)], least: usize) -> Result<(), String> {
    if pairs.len() < least {
        let few = if least == 1 { "no options" } else { "fewer than two options" };
        return Err(format!("it has {few}"));
    }
    let twice = |(at, (code, _)): (usize, &(String, String))| pairs.iter().take(at).any(|(other, _)| other == code);
    if pairs.iter().enumerate().any(twice) {
        return Err("two of its options have the same code".to_owned());
    }
    if pairs.iter().any(|(code, label)| code.is_empty() || label.is_empty()) {
        return Err("one of its options lacks a code or a label".to_owned());
    }
    Ok(())
}

/// How far from its neighbour a number must be to be doubted: codes for "no answer" such as 8, 9, 99 or -9 stand apart,
/// and the printed numbers of a scale do not. A design choice; it only brings up a note.
const FAR: i64 = 3;

/// The numbers beyond a gap, which could be codes for "no answer".
fn far_off(options: &[ResponseOption]) -> Vec<i64> {
    let mut near: Vec<i64> = options.iter().filter_map(|option| option.value.number()).collect();
    let mut far = Vec::new();
    while let Some(at) = gap(&near) {
        let high = near.split_off(at);
        // The scale is where most of them are.
        if high.len() > near.len() {
            far.append(&mut near);
            near = high;
        } else {
            far.extend(high);
        }
    }
    far.sort_unstable();
    far
}

/// Where the numbers behind a gap begin: the one step that is wider than every other one.
fn gap(rising: &[i64]) -> Option<usize> {
    let mut steps: Vec<(i64, usize)> =
        rising.iter().zip(rising.iter().skip(1)).zip(1..).map(|((one, next), at)| (next - one, at)).collect();
    steps.sort_unstable();
    match steps.as_slice() {
        [.., (other, _), (widest, at)] if *widest >= FAR && widest > other => Some(*at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> Choices {
        choices(typed_pairs(text).unwrap()).unwrap()
    }

    fn values(choices: &Choices) -> Vec<String> {
        choices.options.iter().map(|option| format!("{}={}", option.value, option.label)).collect()
    }

    #[test]
    fn options_are_read_in_either_way() {
        for text in ["0=no,1=yes", "0, no | 1, yes", "0,no|1,yes", " 0 = no , 1 = yes ", "0=no|1=yes"] {
            let found = made(text);
            assert_eq!(values(&found), ["0=no", "1=yes"], "{text}");
            assert_eq!(found.options.first().unwrap().value, OptionValue::Number(0));
            assert_eq!(found.changed, [""; 0]);
        }
        assert_eq!(values(&made("0, no, never | 1, a = b")), ["0=no, never", "1=a = b"]);
        assert_eq!(pairs("1, a = b, or c", '|'), Some(vec![("1".to_owned(), "a = b, or c".to_owned())]));
        assert_eq!(values(&made("yes=Yes|no=No")), ["yes=Yes", "no=No"]);
        for text in ["", "no", "0", "0=", "=no", "0=no|yes", "0=no,,1=yes"] {
            assert_eq!(typed_pairs(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_rise_and_what_was_changed_is_said() {
        let falling = made("2=a|1=b|0=c");
        assert_eq!((values(&falling), falling.falling), (vec!["0=c".into(), "1=b".into(), "2=a".into()], true));
        let mixed = made("1=b|0=a|2=c");
        assert!(values(&mixed) == ["0=a", "1=b", "2=c"] && !mixed.falling && mixed.changed.len() == 1);
        let words = made("1=a|x=b");
        assert_eq!(words.options.first().unwrap().value, OptionValue::Word("1".into()));
        assert_eq!(words.changed.len(), 1);
        assert_eq!(made("01=a|02=b").options.first().unwrap().value, OptionValue::Word("01".into()));
    }

    #[test]
    fn codes_that_may_stand_for_no_answer_are_pointed_out_and_kept() {
        for (text, far) in [
            ("1=a|2=b|99=c", "99"),
            ("1=a|2=b|3=c|8=d|9=e", "8,9"),
            ("-9=a|1=b|2=c|3=d", "-9"),
            ("-9=a|1=b|2=c|99=d", "-9,99"),
            ("0=a|10=b|20=c|30=d", ""),
            ("0=a|1=b", ""),
            ("1=a|2=b|4=c", ""),
        ] {
            let found = made(text);
            assert_eq!(found.options.len(), text.split('|').count());
            let said = found.changed.iter().any(|what| what.ends_with(&format!("`--missing {far}`")));
            assert_eq!((said, found.changed.len()), (!far.is_empty(), usize::from(!far.is_empty())), "{text}");
        }
    }

    #[test]
    fn words_for_a_missing_answer_are_no_options() {
        let found = made("0=no|1=yes|not_applicable=n/a|declined=rather not");
        assert_eq!((values(&found), found.offers_not_applicable), (vec!["0=no".into(), "1=yes".into()], true));
        assert!(found.changed.iter().any(|what| what.contains("`declined`")));
    }

    #[test]
    fn a_field_that_can_be_no_item_says_why() {
        for (text, why) in [("1=a", "fewer than two"), ("1=a|1=b", "same code"), ("1=a|declined=b", "fewer than two")] {
            assert!(choices(typed_pairs(text).unwrap()).unwrap_err().contains(why), "{text}");
        }
        assert!(boxes(typed_pairs("-1=a|1=b").unwrap()).is_err());
        let words: Vec<String> = boxes(typed_pairs("1=a|b=c|2x=d").unwrap())
            .unwrap()
            .iter()
            .map(|option| option.value.to_string())
            .collect();
        assert_eq!(words, ["code_1", "b", "code_2x"]);
    }
}
