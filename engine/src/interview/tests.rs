use proptest::prelude::*;

use super::*;
use crate::diagnostic::SourceFile;
use crate::responses::write_answers;

/// One item of every kind, and everything that can change what is asked.
fn questionnaire() -> Questionnaire {
    let text = r#"{"format": "bearings/questionnaire@1", "id": "q", "version": "2", "title": "t", "description": "d",
"source": "s", "licence": "l", "option_lists": {
  "often": [{"value": 0, "label": "n"}, {"value": 1, "label": "s"}, {"value": 2, "label": "o"}],
  "yes_no": [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]},
"items": [
  {"id": "visits", "kind": "choice", "text": "?", "options": "often", "not_applicable": true},
  {"id": "my_role", "kind": "choice", "text": "?", "context": true,
   "options": [{"value": "hurt", "label": "h"}, {"value": "broke", "label": "b"}, {"value": "both", "label": "x"}]},
  {"id": "weeks", "kind": "number", "text": "?", "min": 0, "max": 52, "context": true},
  {"id": "bond_kind", "kind": "choice", "text": "?", "context": true,
   "options": [{"value": "partner", "label": "p"}, {"value": "friend", "label": "f"}]},
  {"id": "under_18", "kind": "choice", "text": "?", "options": "yes_no", "context": true},
  {"id": "met", "kind": "choice", "text": "?", "options": "yes_no", "context": true},
  {"id": "safety_fear", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "hard"}},
  {"id": "speak", "kind": "choice", "text": "?", "options": "often",
   "safety": {"tier": "soft", "op": "<=", "value": 0}},
  {"id": "effort", "kind": "choice", "text": "?", "options": "often"},
  {"id": "effort_more", "kind": "choice", "text": "?", "options": "often",
   "asked_if": {"item": "effort", "op": ">=", "value": 1}},
  {"id": "effort_most", "kind": "choice", "text": "?", "options": "often",
   "asked_if": {"item": "effort_more", "op": "==", "value": 2}},
  {"id": "words", "kind": "text", "text": "?"},
  {"id": "on_guard", "kind": "choice", "text": "?", "options": "often", "roles": ["hurt"],
   "safety": {"tier": "opens", "op": ">=", "value": 2}},
  {"id": "no_point", "kind": "choice", "text": "?", "options": "often",
   "safety": {"tier": "crisis", "op": ">=", "value": 2}},
  {"id": "my_part", "kind": "choice", "text": "?", "options": "often", "roles": ["broke"]},
  {"id": "rules", "kind": "choice", "text": "?", "options": "often",
   "safety": {"tier": "soft", "op": ">=", "value": 2, "and": {"item": "rules_whom", "op": "==", "value": 1}}},
  {"id": "rules_whom", "kind": "choice", "text": "?", "options": "yes_no",
   "asked_if": {"item": "rules", "op": ">=", "value": 1}},
  {"id": "ties", "kind": "multi", "text": "?", "forms": ["full"],
   "options": [{"value": "home", "label": "h"}, {"value": "fear", "label": "k"}]},
  {"id": "deep", "kind": "choice", "text": "?", "options": "often", "forms": ["full"]},
  {"id": "safety_watch", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "safety": {"tier": "soft"}},
  {"id": "safety_self", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "roles": ["broke"],
   "safety": {"tier": "soft", "about": "myself"}},
  {"id": "fear_of_them", "kind": "choice", "text": "?", "options": "yes_no", "block": true, "forms": ["full"],
   "asked_if": {"item": "ties.fear", "op": "==", "value": 1}, "safety": {"tier": "hard"}}
]}"#;
    Questionnaire::load(&SourceFile::new("q.json", text)).unwrap()
}

fn shipped() -> Questionnaire {
    let text = include_str!("../../../questionnaires/trust-repair.json");
    Questionnaire::load(&SourceFile::new("trust-repair.json", text)).unwrap()
}

fn start(questionnaire: &Questionnaire, form: Form) -> Interview<'_> {
    Interview::new(questionnaire, form, Given::default()).unwrap()
}

fn ticked(options: &[usize]) -> Reply {
    Reply::Ticked(options.iter().copied().collect())
}

/// What somebody replies who is not named in the script: the first option, the lowest number, no tick.
fn plain(item: &Item) -> Reply {
    match &item.kind {
        ItemKind::Choice(_) => Reply::Option(0),
        ItemKind::Number { min, .. } => Reply::Number(*min),
        _ => ticked(&[]),
    }
}

/// Replies to the end, and gives the ids that were asked. `script` has the replies that are not plain.
#[track_caller]
fn run(interview: &mut Interview<'_>, script: &[(&str, Reply)]) -> Vec<String> {
    let mut asked = Vec::new();
    while let Some(question) = interview.question() {
        assert_eq!(question.number + interview.remaining(), question.of + 1);
        let scripted = script.iter().find(|(id, _)| *id == question.item.id).map(|(_, reply)| reply.clone());
        let (id, reply) = (question.item.id.clone(), scripted.unwrap_or_else(|| plain(question.item)));
        interview.reply(reply).unwrap();
        asked.push(id);
        assert!(asked.len() <= 300, "it does not end");
    }
    asked
}

/// What is asked of somebody with these replies.
#[track_caller]
fn check(form: Form, script: &[(&str, Reply)], expected: &str) {
    let questionnaire = questionnaire();
    let mut interview = start(&questionnaire, form);
    // Nobody speaks up freely in the plain answers, which would open the block.
    let script = [script, &[("speak", Reply::Option(2))]].concat();
    assert_eq!(run(&mut interview, &script).join(" "), expected);
}

#[test]
fn who_and_the_situation_come_first_and_the_safety_block_last() {
    check(
        Form::Short,
        &[],
        "my_role bond_kind weeks under_18 met visits speak effort on_guard no_point rules safety_fear safety_watch",
    );
}

#[test]
fn roles_and_forms_decide_what_is_asked() {
    check(
        Form::Full,
        &[("my_role", Reply::Option(1))],
        "my_role bond_kind weeks under_18 met visits speak effort no_point my_part rules ties deep safety_fear \
         safety_watch safety_self",
    );
    check(
        Form::Short,
        &[("my_role", Reply::Option(2))],
        "my_role bond_kind weeks under_18 met visits speak effort on_guard no_point my_part rules safety_fear \
         safety_watch safety_self",
    );
}

#[test]
fn a_question_with_a_condition_is_asked_only_if_it_is_known_to_hold() {
    let asked = |effort: Reply, more: Reply| {
        let questionnaire = questionnaire();
        let mut interview = start(&questionnaire, Form::Short);
        let script = [("effort", effort), ("effort_more", more)];
        let asked = run(&mut interview, &script);
        (asked.iter().filter(|id| id.starts_with("effort")).count(), interview.responses())
    };
    let questionnaire = questionnaire();
    // Where it is not known whether it would be asked, it is not known what it would say either.
    let (not_asked, unknown) = (Some(Missing::NotShown), Some(Missing::Skipped));
    for (effort, more, count, last) in [
        (Reply::Option(0), Reply::Option(2), 1, not_asked),
        (Reply::Skipped, Reply::Option(2), 1, unknown),
        (Reply::Declined, Reply::Option(2), 1, unknown),
        (Reply::Option(1), Reply::Option(1), 2, not_asked),
        (Reply::Option(1), Reply::Skipped, 2, unknown),
        (Reply::Option(2), Reply::Option(2), 3, None),
    ] {
        let (found, responses) = asked(effort, more);
        assert_eq!(found, count);
        let found = match responses.answers[questionnaire.slot("effort_most").unwrap()] {
            Answer::Missing(reason) => Some(reason),
            Answer::Level(_) => None,
        };
        assert_eq!(found, last);
    }
}

#[test]
fn an_answer_that_opens_the_block_brings_it_before_anything_else() {
    check(
        Form::Short,
        &[("on_guard", Reply::Option(2))],
        "my_role bond_kind weeks under_18 met visits speak effort on_guard safety_fear safety_watch no_point rules",
    );
    let questionnaire = questionnaire();
    let asked = |script: &[(&str, Reply)]| run(&mut start(&questionnaire, Form::Short), script).join(" ");
    // A soft item does so, too; unanswered it does not.
    assert!(asked(&[("speak", Reply::Option(0))]).contains("speak safety_fear safety_watch effort"));
    assert!(asked(&[("speak", Reply::Declined)]).contains("speak effort"));
    // One in two halves waits for the second one, which may be anything but a known no.
    let halves = |whom| {
        [("speak", Reply::Option(2)), ("no_point", Reply::Option(2)), ("rules", Reply::Option(2)), ("rules_whom", whom)]
    };
    for whom in [Reply::Option(1), Reply::Declined, Reply::Option(0)] {
        assert!(asked(&halves(whom)).ends_with("no_point rules rules_whom safety_fear safety_watch"));
    }
    let mut interview = start(&questionnaire, Form::Full);
    let known = asked_in_full(&mut interview, Reply::Option(0));
    assert!(known.ends_with("rules rules_whom ties deep safety_fear safety_watch"), "{known}");
    let mut interview = start(&questionnaire, Form::Full);
    let unknown = asked_in_full(&mut interview, Reply::Declined);
    assert!(unknown.ends_with("rules rules_whom safety_fear safety_watch ties deep"), "{unknown}");
}

fn asked_in_full(interview: &mut Interview<'_>, whom: Reply) -> String {
    run(interview, &[("speak", Reply::Option(2)), ("rules", Reply::Option(2)), ("rules_whom", whom)]).join(" ")
}

#[test]
fn under_18_only_the_crisis_question_and_the_block_are_still_asked() {
    check(
        Form::Full,
        &[("under_18", Reply::Option(1))],
        "my_role bond_kind weeks under_18 no_point safety_fear safety_watch",
    );
    let questionnaire = questionnaire();
    let mut interview = start(&questionnaire, Form::Short);
    run(&mut interview, &[("under_18", Reply::Option(1))]);
    assert!(interview.is_minor());
    assert_eq!(interview.deeper(), 0);
}

#[test]
fn who_goes_back_and_says_to_be_under_18_leaves_nothing_behind() {
    let questionnaire = questionnaire();
    let mut interview = start(&questionnaire, Form::Short);
    run(&mut interview, &[]);
    while interview.question().is_none_or(|question| question.item.id != "under_18") {
        assert!(interview.back());
    }
    interview.reply(Reply::Option(1)).unwrap();
    assert_eq!(interview.question(), None);
    let responses = interview.responses();
    for id in ["visits", "speak", "effort", "rules"] {
        assert_eq!(responses.answers[questionnaire.slot(id).unwrap()], Answer::Missing(Missing::NotShown), "{id}");
    }
}

#[test]
fn what_is_given_beforehand_is_not_asked_and_is_an_answer() {
    let questionnaire = questionnaire();
    let given = Given { role: Some(Role::Broke), bond: Some(Bond::Friend) };
    let mut interview = Interview::new(&questionnaire, Form::Short, given).unwrap();
    assert_eq!(interview.question().unwrap().number, 1);
    assert_eq!((interview.role(), interview.bond()), (Role::Broke, Some(Bond::Friend)));
    assert!(!interview.back());
    let asked = run(&mut interview, &[]);
    assert_eq!(asked[..2], ["weeks", "under_18"]);
    assert!(asked.contains(&"my_part".to_owned()));
    let responses = interview.responses();
    assert_eq!(responses.value(&questionnaire, questionnaire.slot(ROLE_ITEM).unwrap()).unwrap().to_string(), "broke");
    let given = Given { role: None, bond: Some(Bond::Family) };
    assert_eq!(Interview::new(&questionnaire, Form::Short, given), Err(NotOffered(BOND_ITEM)));
}

#[test]
fn a_role_that_is_not_said_is_the_one_of_the_hurt() {
    let questionnaire = questionnaire();
    let mut interview = start(&questionnaire, Form::Short);
    assert!(run(&mut interview, &[("my_role", Reply::Skipped)]).contains(&"on_guard".to_owned()));
    assert_eq!((interview.role(), interview.bond()), (Role::Hurt, Some(Bond::Partner)));
}

#[test]
fn replies_become_answers_by_slot() {
    let questionnaire = questionnaire();
    let mut interview = start(&questionnaire, Form::Full);
    let script = [
        ("weeks", Reply::Number(52)),
        ("ties", ticked(&[1])),
        ("visits", Reply::NotApplicable),
        ("effort", Reply::Declined),
        ("deep", Reply::Option(2)),
    ];
    run(&mut interview, &script);
    let responses = interview.responses();
    let at = |id: &str| responses.answers[questionnaire.slot(id).unwrap()];
    assert_eq!(
        (at("weeks"), at("ties.home"), at("ties.fear")),
        (Answer::Level(52), Answer::Level(0), Answer::Level(1))
    );
    assert_eq!(
        (at("visits"), at("effort")),
        (Answer::Missing(Missing::NotApplicable), Answer::Missing(Missing::Declined))
    );
    assert_eq!((at("deep"), at("my_part")), (Answer::Level(2), Answer::Missing(Missing::NotShown)));
}

#[test]
fn what_is_no_answer_is_refused_and_changes_nothing() {
    let questionnaire = questionnaire();
    let mut interview =
        Interview::new(&questionnaire, Form::Full, Given { role: Some(Role::Hurt), bond: None }).unwrap();
    let refused = |interview: &mut Interview<'_>, replies: &[Reply]| {
        for reply in replies {
            let before = interview.clone();
            let error = interview.reply(reply.clone()).unwrap_err();
            let expected = match reply {
                Reply::NotApplicable => Refused::NotApplicableNotOffered,
                _ => Refused::NoSuchAnswer,
            };
            assert_eq!((error, &*interview), (expected, &before));
        }
    };
    refused(&mut interview, &[Reply::Option(2), Reply::Number(0), ticked(&[0]), Reply::NotApplicable]);
    interview.reply(Reply::Option(1)).unwrap();
    refused(&mut interview, &[Reply::Number(53), Reply::Number(-1), Reply::Option(0)]);
    while interview.question().is_some_and(|question| question.item.id != "ties") {
        let reply = plain(interview.question().unwrap().item);
        interview.reply(reply).unwrap();
    }
    refused(&mut interview, &[ticked(&[0, 2]), Reply::Option(0)]);
    run(&mut interview, &[]);
    assert_eq!(interview.reply(Reply::Skipped), Err(Refused::Finished));
}

#[test]
fn going_back_shows_the_reply_and_goes_on_where_it_was() {
    let questionnaire = questionnaire();
    let mut interview = start(&questionnaire, Form::Short);
    assert!(!interview.back());
    for reply in [Reply::Option(0), Reply::Option(1), Reply::Number(7)] {
        interview.reply(reply).unwrap();
    }
    let front = interview.clone();
    assert!(interview.back() && interview.back());
    let question = interview.question().unwrap();
    assert_eq!((question.item.id.as_str(), question.number), ("bond_kind", 2));
    assert_eq!(question.reply, Some(Reply::Option(1)));
    assert_eq!(question.of, front.question().unwrap().of);
    assert!(interview.back() && !interview.back());
    interview.reply(Reply::Option(0)).unwrap();
    assert_eq!(interview, front);
}

#[test]
fn what_is_not_shown_any_more_is_forgotten_with_what_followed_from_it() {
    let questionnaire = questionnaire();
    let mut interview = start(&questionnaire, Form::Short);
    run(&mut interview, &[("effort", Reply::Option(2)), ("effort_more", Reply::Option(2))]);
    let back_to = |interview: &mut Interview<'_>, id: &str| {
        while interview.question().is_none_or(|question| question.item.id != id) {
            assert!(interview.back());
        }
    };
    back_to(&mut interview, "effort");
    interview.reply(Reply::Option(0)).unwrap();
    assert_eq!(interview.question(), None);
    // Said again, both are asked again: what was forgotten does not come back.
    back_to(&mut interview, "effort");
    interview.reply(Reply::Option(1)).unwrap();
    let question = interview.question().unwrap();
    assert_eq!((question.item.id.as_str(), question.reply), ("effort_more", None));
}

#[test]
fn going_deeper_asks_the_rest_and_nothing_twice() {
    let questionnaire = questionnaire();
    let deeper = |speak| {
        let mut interview = start(&questionnaire, Form::Short);
        let first = run(&mut interview, &[("speak", Reply::Option(speak))]);
        assert_eq!(interview.deeper(), 2);
        assert!(first.contains(&"safety_watch".to_owned()));
        interview.go_deeper();
        assert_eq!(interview.deeper(), 0);
        let more = run(&mut interview, &[("ties", ticked(&[1]))]).join(" ");
        (more, interview.responses())
    };
    let (more, responses) = deeper(2);
    assert_eq!(more, "ties deep fear_of_them");
    assert_eq!(responses.form, Form::Full);
    assert_eq!(responses.answers[questionnaire.slot("fear_of_them").unwrap()], Answer::Level(0));
    // Where the block was opened, what is added to it comes at once, too.
    assert_eq!(deeper(0).0, "ties fear_of_them deep");
}

#[test]
fn what_was_not_asked_yet_is_skipped() {
    let questionnaire = questionnaire();
    let responses = start(&questionnaire, Form::Short).responses();
    for (id, reason) in [("effort", Missing::Skipped), ("effort_more", Missing::Skipped), ("deep", Missing::NotShown)] {
        assert_eq!(responses.answers[questionnaire.slot(id).unwrap()], Answer::Missing(reason), "{id}");
    }
}

/// Presses a key: some go back, some go deeper, the others reply.
fn press(interview: &mut Interview<'_>, key: u16) {
    if key.is_multiple_of(7) {
        interview.back();
        return;
    }
    let Some(question) = interview.question() else {
        interview.go_deeper();
        return;
    };
    let choice = usize::from(key / 7);
    let reply = match (choice % 11, &question.item.kind) {
        (0, _) => Reply::Skipped,
        (1, _) => Reply::Declined,
        (2, _) if question.item.offers_not_applicable => Reply::NotApplicable,
        (_, ItemKind::Choice(options)) => Reply::Option(choice % options.len()),
        (_, ItemKind::Number { min, max, .. }) => Reply::Number(min + i64::from(key) % (max - min + 1)),
        (_, ItemKind::Multi(options)) => {
            Reply::Ticked((0..options.len()).filter(|option| (choice >> option) & 1 == 1).collect())
        }
        (_, ItemKind::Text) => panic!("text is asked"),
    };
    interview.reply(reply).unwrap();
}

/// What must hold wherever an interview stands.
fn is_sound(interview: &Interview<'_>) {
    let asked: BTreeSet<usize> = interview.asked.iter().copied().collect();
    assert_eq!(asked.len(), interview.asked.len(), "something is asked twice");
    assert!(interview.pending().iter().all(|at| !asked.contains(at)));
    assert_eq!(asked, interview.replies.keys().copied().collect());
    // The engine finds nothing to settle: what is not shown holds no answer.
    let responses = interview.responses();
    let mut settled = responses.clone();
    assert_eq!(settled.settle(interview.questionnaire), []);
    assert_eq!(settled, responses);
    // Where the block is opened, nothing else is asked before it.
    let block = |at: &usize| interview.questionnaire.items[*at].block;
    let pending = interview.pending();
    let so_far = interview.so_far();
    if asked.iter().any(|at| interview.opens_block(*at, &so_far)) && pending.iter().any(block) {
        assert!(block(&pending[0]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_pressed_the_interview_is_sound_and_ends(keys in prop::collection::vec(any::<u16>(), 0..120)) {
        let questionnaire = questionnaire();
        let mut interview = start(&questionnaire, Form::Short);
        for key in keys {
            press(&mut interview, key);
            is_sound(&interview);
        }
        let mut left = 0;
        while let Some(question) = interview.question() {
            // Every question asked from here on is a new one, but for the one that was gone back to.
            prop_assert!(question.reply.is_none() || left == 0);
            interview.reply(plain(question.item)).unwrap();
            left += 1;
            prop_assert!(left <= questionnaire.items.len());
        }
        is_sound(&interview);
    }

    #[test]
    fn however_far_back_the_same_reply_leads_back_to_where_it_was(
        keys in prop::collection::vec(any::<u16>(), 1..60), back in 1_usize..60,
    ) {
        let questionnaire = questionnaire();
        let mut interview = start(&questionnaire, Form::Full);
        for key in keys.into_iter().filter(|key| !key.is_multiple_of(7)) {
            press(&mut interview, key);
        }
        let before = interview.clone();
        for _ in 0..back {
            interview.back();
        }
        if let Some(reply) = interview.question().and_then(|question| question.reply) {
            interview.reply(reply).unwrap();
        }
        prop_assert_eq!(interview, before);
    }

    #[test]
    fn without_going_back_everything_is_asked_once(
        keys in prop::collection::vec(any::<u16>(), 300), role in 0_usize..3, minor in 0_usize..4,
    ) {
        for questionnaire in [questionnaire(), shipped()] {
            let mut interview = start(&questionnaire, Form::Short);
            let mut asked: Vec<String> = Vec::new();
            for key in keys.iter().filter(|key| !key.is_multiple_of(7)) {
                let Some(question) = interview.question() else {
                    if interview.deeper() == 0 { break }
                    interview.go_deeper();
                    continue;
                };
                prop_assert_eq!(question.number, asked.len() + 1);
                prop_assert!(question.number <= question.of && question.reply.is_none());
                asked.push(question.item.id.clone());
                match question.item.id.as_str() {
                    ROLE_ITEM => interview.reply(Reply::Option(role)).unwrap(),
                    MINOR_ITEM => interview.reply(Reply::Option(usize::from(minor == 0))).unwrap(),
                    _ => press(&mut interview, *key),
                }
            }
            prop_assert_eq!(interview.question(), None);
            let different: BTreeSet<&String> = asked.iter().collect();
            prop_assert_eq!(different.len(), asked.len());
            // What is asked and what is shown are the same: nothing that counts is left out.
            let responses = interview.responses();
            for (at, slot) in questionnaire.slots.iter().enumerate() {
                let item = questionnaire.item_of(slot).unwrap();
                let shown = responses.answers[at] != Answer::Missing(Missing::NotShown);
                let parent = item.asked_if.as_ref().map(|condition| responses.holds(&questionnaire, condition));
                // While its parent is unknown, an item is neither asked nor known not to be.
                if parent != Some(None) {
                    prop_assert_eq!(shown, asked.contains(&item.id), "{}", item.id);
                }
            }
            // Everything of the block that fits role and form was asked, of everybody.
            let block = questionnaire.items.iter().filter(|item| item.block && item.asked_if.is_none());
            for item in block.filter(|item| item.is_asked_in(responses.role, responses.form)) {
                prop_assert!(asked.contains(&item.id), "{}", item.id);
            }
            let written = serde_json::to_string(&write_answers(&questionnaire, &responses, SafetyBlock::Answered));
            prop_assert_eq!(written.unwrap().contains("\"safety_fear\""), !responses.is_minor(&questionnaire));
        }
    }
}
