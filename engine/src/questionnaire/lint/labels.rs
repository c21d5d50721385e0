//! Words for answers that have an order of their own.

/// Ladders of words, each from one end to the other; words of one rung mean about the same. A small table on purpose:
/// what is not in it is never doubted. The words are those of common answer formats (how often, how much one agrees,
/// how true, how much, how good, how satisfied, how likely).
const LADDERS: [&[&[&str]]; 7] = [
    &[
        &["never", "not at all"],
        &["almost never", "hardly ever", "very rarely"],
        &["rarely", "seldom"],
        &["sometimes", "occasionally", "now and then"],
        &["often", "frequently"],
        &["very often", "usually", "mostly", "most of the time"],
        &["almost always", "nearly always"],
        &["always", "all the time"],
    ],
    &[
        &["strongly disagree", "completely disagree", "fully disagree", "totally disagree"],
        &["disagree"],
        &["slightly disagree", "somewhat disagree", "rather disagree"],
        &["neither agree nor disagree", "neither", "neutral", "undecided"],
        &["slightly agree", "somewhat agree", "rather agree"],
        &["agree"],
        &["strongly agree", "completely agree", "fully agree", "totally agree"],
    ],
    &[
        &["not at all true", "not true at all"],
        &["a little true", "hardly true", "slightly true"],
        &["somewhat true", "moderately true"],
        &["mostly true", "very true"],
        &["completely true", "exactly true", "almost completely true"],
    ],
    &[
        &["none", "none at all", "not at all", "nothing"],
        &["a little", "a little bit", "slightly", "very little"],
        &["some", "somewhat", "moderately", "a moderate amount"],
        &["quite a bit", "quite a lot", "much", "a lot"],
        &["very much", "a great deal"],
        &["extremely", "completely"],
    ],
    &[
        &["very bad", "very poor", "terrible"],
        &["bad", "poor"],
        &["fair", "average", "okay"],
        &["good"],
        &["very good"],
        &["excellent", "perfect"],
    ],
    &[
        &["very dissatisfied", "very unsatisfied", "completely dissatisfied"],
        &["dissatisfied", "unsatisfied"],
        &["somewhat dissatisfied", "rather dissatisfied"],
        &["neither satisfied nor dissatisfied"],
        &["somewhat satisfied", "rather satisfied"],
        &["satisfied"],
        &["very satisfied", "completely satisfied"],
    ],
    &[
        &["very unlikely", "extremely unlikely"],
        &["unlikely"],
        &["neither likely nor unlikely"],
        &["likely"],
        &["very likely", "extremely likely"],
    ],
];

/// Two neighbouring labels that go the other way than those before them; none where all go one way, up or down.
pub(super) fn out_of_order<'a>(labels: impl Iterator<Item = &'a str> + Clone) -> Option<(&'a str, &'a str)> {
    LADDERS.iter().find_map(|ladder| {
        let known: Vec<(usize, &str)> =
            labels.clone().filter_map(|label| Some((rung(ladder, label)?, label.trim()))).collect();
        let steps = known.iter().zip(known.iter().skip(1));
        let mut way = None;
        for ((rank, label), (next, after)) in steps {
            let rises = match rank.cmp(next) {
                std::cmp::Ordering::Equal => continue,
                order => order.is_lt(),
            };
            if *way.get_or_insert(rises) != rises {
                return Some((*label, *after));
            }
        }
        None
    })
}

fn rung(ladder: &[&[&str]], label: &str) -> Option<usize> {
    let label = label.trim().to_lowercase();
    ladder.iter().position(|words| words.contains(&label.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(labels: &[&str], expected: Option<(&str, &str)>) {
        assert_eq!(out_of_order(labels.iter().copied()), expected, "{labels:?}");
    }

    #[test]
    fn one_way_is_in_order_and_a_turn_is_not() {
        check(&["never", "rarely", "sometimes", "often", "always"], None);
        check(&["Always", "often", "sometimes", "rarely", "never"], None);
        check(&["never", "sometimes", "rarely", "often", "always"], Some(("sometimes", "rarely")));
        check(&["strongly disagree", "disagree", "agree", "neutral", "strongly agree"], Some(("agree", "neutral")));
    }

    #[test]
    fn words_of_different_ladders_and_unknown_ones_are_left_alone() {
        check(&["not at all", "a little", "very much", "does not matter"], None);
        check(&["agree", "never", "good", "some"], None);
        check(&["red", "green", "blue"], None);
    }

    #[test]
    fn no_word_stands_on_two_rungs_of_a_ladder() {
        for ladder in LADDERS {
            let words: Vec<&str> = ladder.iter().flat_map(|rung| rung.iter().copied()).collect();
            assert_eq!(words.iter().collect::<std::collections::BTreeSet<_>>().len(), words.len(), "{words:?}");
        }
    }
}
