//! What a list of items comes to: items, and everything of it that is not carried over, each with its reason.

use bearings_engine::questionnaire::{
    Condition, Item, ItemKind, Levels, Operator, OptionValue, ROLE_ITEM, Role, Wording,
};
use bearings_engine::responses::Missing;

use super::choices::{Choices, as_word};
use super::logic::{Clause, Comparison, Target};
use crate::exit::{Failure, Report};

/// What a list of items comes to.
pub(super) struct Draft {
    /// What kind of list it was, and which: "a REDCap data dictionary".
    pub(super) what: &'static str,
    /// How the file is called in messages.
    name: String,
    pub(super) items: Vec<Item>,
    /// Lines that are no item of a questionnaire, by reason.
    pub(super) left_out: ByReason,
    /// What is lost or changed of the items, by what it is.
    changed: ByReason,
    /// How the list is read.
    read_as: Vec<String>,
    /// What the form is called by its author, in a word.
    pub(super) form: Option<String>,
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
}

/// Places under the reason that they have in common, in the order of the first one.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ByReason(Vec<(String, Vec<String>)>);

impl ByReason {
    pub(super) fn add(&mut self, reason: impl Into<String>, place: impl Into<String>) {
        let reason = reason.into();
        match self.0.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, places)) => places.push(place.into()),
            None => self.0.push((reason, vec![place.into()])),
        }
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.0.iter().map(|(_, places)| places.len()).sum()
    }
}

impl Draft {
    pub(super) fn new(what: &'static str, name: &str) -> Self {
        Self {
            what,
            name: name.to_owned(),
            items: Vec::new(),
            left_out: ByReason::default(),
            changed: ByReason::default(),
            read_as: Vec::new(),
            form: None,
            title: None,
            version: None,
        }
    }

    /// Stops if there is nothing to ask.
    ///
    /// # Errors
    /// Every line was left out; each is named.
    pub(super) fn refuse_empty(&self) -> Result<(), Failure> {
        if !self.items.is_empty() {
            return Ok(());
        }
        let report = Report::message(format!("`{}` holds no item that a questionnaire could ask", self.name));
        Err(Failure::Definition(self.notes().into_iter().fold(report, Report::hint)))
    }

    /// Says how the list is read.
    pub(super) fn read_as(&mut self, how: String) {
        self.read_as.push(how);
    }

    /// Says what of an item is not as it was.
    pub(super) fn changed(&mut self, what: impl Into<String>, item: &str) {
        self.changed.add(what, format!("`{item}`"));
    }

    /// Everything that is to be said, a sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        let name = &self.name;
        let read_as = self.read_as.iter().map(|how| format!("{name}: {how}"));
        let left_out = self
            .left_out
            .0
            .iter()
            .map(|(reason, places)| format!("{name}: left out, since {reason}: {}", places.join(", ")));
        let changed = self.changed.0.iter().map(|(what, items)| format!("{name}: {what}: {}", items.join(", ")));
        read_as.chain(left_out).chain(changed).collect()
    }

    /// A choice, with what its codes come to.
    pub(super) fn choice(&mut self, id: &str, text: &str, choices: Choices) -> Item {
        let mut item = item(id, text, ItemKind::Choice(choices.options));
        item.falling = choices.falling;
        item.offers_not_applicable = choices.offers_not_applicable;
        for what in choices.changed {
            self.changed(what, id);
        }
        item
    }

    /// Sets who is asked an item and when. What has no place in a questionnaire is not carried over, and said.
    pub(super) fn ask_if(&mut self, item: &mut Item, clauses: Option<&[Clause]>) {
        match clauses.and_then(|clauses| shown(clauses, &self.items)) {
            Some((asked_if, roles)) => (item.asked_if, item.roles) = (asked_if, roles),
            None => {
                let what = "asked of everybody, since a questionnaire cannot say when it is shown (one comparison with an \
                            earlier item), so that who was not shown it counts as having skipped it";
                self.changed(what, &item.id);
            }
        }
    }
}

/// An item of which nothing more is known.
pub(super) fn item(id: &str, text: &str, kind: ItemKind) -> Item {
    Item {
        id: id.to_owned(),
        kind,
        text: Wording::Same(text.to_owned()),
        label: None,
        why: None,
        topic: None,
        direction: None,
        dimension: None,
        roles: Vec::new(),
        forms: Vec::new(),
        context: false,
        wish: false,
        offers_not_applicable: false,
        keyed: false,
        falling: false,
        safety: None,
        block: false,
        asked_if: None,
        source: None,
    }
}

/// A whole number in a range.
pub(super) fn number(min: i64, max: i64) -> ItemKind {
    ItemKind::Number { min, max, unit: None, max_label: None }
}

/// Who is asked, and when, if all of these hold; none if a questionnaire cannot say so.
fn shown(clauses: &[Clause], items: &[Item]) -> Option<(Option<Condition>, Vec<Role>)> {
    let (mut asked_if, mut roles) = (None, Vec::new());
    for clause in clauses.iter().filter(|clause| !is_said_anyway(clause, clauses)) {
        match (role_of(clause, items), clause.as_slice()) {
            (Some(role), _) if roles.is_empty() => roles.push(role),
            (None, [only]) if asked_if.is_none() => asked_if = Some(condition(only, items)?),
            _ => return None,
        }
    }
    Some((asked_if, roles))
}

/// That an answer is there, and that the question applies, goes without saying where it is compared with something.
fn is_said_anyway(clause: &Clause, clauses: &[Clause]) -> bool {
    let unsaid = [None, Some(Missing::NotApplicable.as_str())];
    let [Comparison { target: Target::Field(field), op: Operator::NotEqual, value }] = clause.as_slice() else {
        return false;
    };
    let compares = |other: &Comparison| {
        matches!(&other.target, Target::Field(name) if name == field) && !unsaid.contains(&other.value.as_deref())
    };
    unsaid.contains(&value.as_deref()) && clauses.iter().flatten().any(compares)
}

/// The role that is asked, where the question of the role stands earlier and the other value of the clause is both.
fn role_of(clause: &Clause, items: &[Item]) -> Option<Role> {
    let [one, other] = clause.as_slice() else { return None };
    items.iter().find(|item| item.id == ROLE_ITEM)?;
    let role = |comparison: &Comparison| {
        let is_role = comparison.target == Target::Field(ROLE_ITEM.to_owned()) && comparison.op == Operator::Equal;
        Role::parse(comparison.value.as_deref().filter(|_| is_role)?)
    };
    match (role(one)?, role(other)?) {
        (Role::Both, role) | (role, Role::Both) if role != Role::Both => Some(role),
        _ => None,
    }
}

/// The comparison as a condition on an earlier item that has this answer; none if there is no such item or answer.
fn condition(comparison: &Comparison, items: &[Item]) -> Option<Condition> {
    let named = |field: &str| items.iter().find(|item| item.id == field);
    match &comparison.target {
        Target::Field(field) => compared(named(field)?, comparison.op, comparison.value.as_deref()?),
        Target::Box(field, code) => {
            let parent = named(field)?;
            let ticked = match (comparison.op, comparison.value.as_deref()?) {
                (Operator::Equal, "1") | (Operator::NotEqual, "0") => 1,
                (Operator::Equal, "0") | (Operator::NotEqual, "1") => 0,
                _ => return None,
            };
            match &parent.kind {
                ItemKind::Multi(options) => {
                    let option = options.iter().find(|option| option.value.to_string() == as_word(code))?;
                    let item = format!("{field}.{}", option.value);
                    Some(Condition { item, op: Operator::Equal, value: OptionValue::Number(ticked) })
                }
                // ODK asks so of a choice, too.
                ItemKind::Choice(_) if ticked == 1 => compared(parent, Operator::Equal, code),
                _ => None,
            }
        }
    }
}

fn compared(parent: &Item, op: Operator, value: &str) -> Option<Condition> {
    let by_size = !matches!(op, Operator::Equal | Operator::NotEqual);
    let levels = match &parent.kind {
        ItemKind::Choice(options) => Levels::Options(options.clone()),
        ItemKind::Number { min, max, .. } => Levels::Range { min: *min, max: *max },
        ItemKind::Multi(_) | ItemKind::Text => return None,
    };
    if by_size && levels.bounds().is_none() {
        return None;
    }
    let values = [value.parse().ok().map(OptionValue::Number), Some(OptionValue::Word(value.to_owned()))];
    let value = values.into_iter().flatten().find(|value| levels.level_of(value).is_some())?;
    Some(Condition { item: parent.id.clone(), op, value })
}

#[cfg(test)]
mod tests {
    use super::super::choices;
    use super::super::logic::parse;
    use super::*;

    fn items() -> Vec<Item> {
        let pairs = |codes: &[&str]| codes.iter().map(|code| ((*code).to_owned(), code.to_uppercase())).collect();
        let choice =
            |id: &str, codes: &[&str]| item(id, "?", ItemKind::Choice(choices::choices(pairs(codes)).unwrap().options));
        let ties = ItemKind::Multi(choices::boxes(pairs(&["home", "1"])).unwrap());
        vec![
            choice(ROLE_ITEM, &["hurt", "broke", "both"]),
            choice("mood", &["-2", "-1", "0"]),
            item("weeks", "?", number(0, 52)),
            item("ties", "?", ties),
        ]
    }

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, Operator, i64)>) {
        let found = parse(text).and_then(|clauses| shown(&clauses, &items()));
        let expected = expected.map(|(item, op, value)| {
            (Some(Condition { item: item.to_owned(), op, value: OptionValue::Number(value) }), Vec::new())
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn one_comparison_is_a_condition() {
        check("[mood] = '-1'", Some(("mood", Operator::Equal, -1)));
        check("[mood] <> '' and [mood] <= -1", Some(("mood", Operator::AtMost, -1)));
        check("${weeks} >= 10", Some(("weeks", Operator::AtLeast, 10)));
        check("[ties(home)] = '1'", Some(("ties.home", Operator::Equal, 1)));
        check("[ties(1)] = \"0\"", Some(("ties.code_1", Operator::Equal, 0)));
        check("not(selected(${ties}, 'home'))", Some(("ties.home", Operator::Equal, 0)));
        check("selected(${mood}, '0')", Some(("mood", Operator::Equal, 0)));
        check(
            "${mood} != '' and ${mood} != '0' and ${mood} != 'not_applicable'",
            Some(("mood", Operator::NotEqual, 0)),
        );
    }

    #[test]
    fn what_a_questionnaire_cannot_say_is_none() {
        for text in [
            "[mood] = '3'",
            "[mood] <> ''",
            "[other] = '1'",
            "[weeks] = 60",
            "[ties] = '1'",
            "[ties(money)] = '1'",
            "[mood] = '0' and [weeks] = '1'",
            "[mood] = '0' or [mood] = '-1'",
            "[my_role] > 'hurt'",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn who_is_asked_is_a_role() {
        let clauses = parse("([my_role] = 'both' or [my_role] = 'broke') and [weeks] = 3").unwrap();
        let (asked_if, roles) = shown(&clauses, &items()).unwrap();
        assert_eq!((asked_if.unwrap().item.as_str(), roles), ("weeks", vec![Role::Broke]));
        assert_eq!(shown(&clauses, &items()[1..]), None);
    }
}
