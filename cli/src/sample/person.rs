//! One made-up respondent: how things are between two people, and what somebody answers about it.
//!
//! All shares are design choices that make a survey of a few thousand hold every outcome; they describe nobody.

use bearings_engine::questionnaire::{
    Direction, Form, Item, MINOR_ITEM, Operator, OptionValue, Questionnaire, ROLE_ITEM, Role, Slot,
};
use bearings_engine::responses::{Answer, Missing, Responses, SafetyBlock};

use super::random::Random;

/// How well things go is a number from 0 (very badly) to this.
const BEST: i64 = 1000;

/// What everybody is asked.
pub(super) struct Interview<'a> {
    questionnaire: &'a Questionnaire,
    form: Form,
    role: Role,
    /// The items with their slots, in the order in which they are asked.
    items: Vec<Question<'a>>,
    dimensions: usize,
}

struct Question<'a> {
    item: &'a Item,
    /// Items of a dimension move together.
    dimension: usize,
    slots: Vec<(usize, &'a Slot)>,
}

/// What lies behind the answers of one respondent.
struct Person {
    manner: Manner,
    /// How well each dimension goes.
    dimensions: Vec<i64>,
    /// How many of a thousand questions are left blank.
    blanks: u64,
    safety: Safety,
}

enum Manner {
    /// Answers come out of how things are, give or take this much.
    Considered { noise: i64 },
    /// Answers are ticked at random, as some always are.
    Careless,
}

/// How the safety block is answered.
enum Safety {
    No,
    Yes(u64),
    OneDeclined,
    LeftBlank,
}

impl<'a> Interview<'a> {
    pub(super) fn new(questionnaire: &'a Questionnaire, form: Form, role: Role) -> Self {
        let mut dimensions: Vec<Option<&str>> = Vec::new();
        let mut items = Vec::new();
        for (at, item) in questionnaire.items.iter().enumerate().filter(|(_, item)| item.is_asked_in(role, form)) {
            let name = item.dimension.as_deref();
            let dimension = dimensions.iter().position(|known| *known == name).unwrap_or(dimensions.len());
            if dimension == dimensions.len() {
                dimensions.push(name);
            }
            items.push(Question { item, dimension, slots: questionnaire.slots_of(at).collect() });
        }
        Self { questionnaire, form, role, items, dimensions: dimensions.len() }
    }

    /// The slots that are asked, with their positions in the questionnaire.
    pub(super) fn asked(&self) -> impl Iterator<Item = (usize, &'a Slot)> {
        self.items.iter().flat_map(|question| question.slots.iter().copied())
    }

    /// What one respondent answers.
    pub(super) fn hold(&self, random: &mut Random) -> Responses {
        let person = Person::new(self.dimensions, random);
        let mut responses = Responses {
            form: self.form,
            role: self.role,
            bond: None,
            safety: SafetyBlock::Answered,
            answers: vec![Answer::Missing(Missing::Skipped); self.questionnaire.slots.len()],
        };
        for question in self.items.iter().filter(|question| !question.item.block) {
            let asked = question
                .item
                .asked_if
                .as_ref()
                .is_none_or(|condition| responses.holds(self.questionnaire, condition) == Some(true));
            let blank = question.item.id != ROLE_ITEM && random.happens(person.blanks);
            if !asked || blank {
                continue;
            }
            for (at, slot) in &question.slots {
                let level = self.level(question, slot, &person, random);
                answer(&mut responses, *at, Answer::Level(level));
            }
        }
        self.safety(&person.safety, &mut responses, random);
        responses
    }

    fn level(&self, question: &Question<'_>, slot: &Slot, person: &Person, random: &mut Random) -> u16 {
        let item = question.item;
        let count = slot.levels.count();
        if item.id == ROLE_ITEM {
            let said = slot.levels.level_of(&OptionValue::Word(self.role.as_str().to_owned()));
            return u16::try_from(said.unwrap_or(0)).unwrap_or(0);
        }
        if item.id == MINOR_ITEM {
            return u16::from(random.happens(10));
        }
        // One of the things that can be ticked: some are, whatever the rest.
        if slot.option.is_some() {
            return u16::from(random.happens(250));
        }
        let is_scale = item.direction != Some(Direction::Neutral) || count >= 5;
        let noise = match person.manner {
            Manner::Considered { noise } if !item.context && is_scale && slot.levels.bounds().is_some() => noise,
            _ => return uniform(count, random),
        };
        let quality = person.dimensions.get(question.dimension).copied().unwrap_or(BEST / 2);
        let target = match item.direction {
            Some(Direction::Concern) => BEST - quality,
            // Such as one's own effort: a lot, however things go.
            Some(Direction::Neutral) => BEST * 4 / 5,
            Some(Direction::Supports) | None => quality,
        };
        // The sum of two draws: small deviations are more likely than large ones.
        let noise = random.between(-noise / 2, noise / 2) + random.between(-noise / 2, noise / 2);
        let value = (target + noise).clamp(0, BEST);
        let levels = i64::try_from(count).unwrap_or(1);
        u16::try_from(value * levels / (BEST + 1)).unwrap_or(0)
    }

    fn safety(&self, safety: &Safety, responses: &mut Responses, random: &mut Random) {
        let block: Vec<&Question<'_>> = self.items.iter().filter(|question| question.item.block).collect();
        if matches!(safety, Safety::LeftBlank) {
            return;
        }
        let is_asked = |question: &&&Question<'_>| {
            let condition = question.item.asked_if.as_ref();
            condition.is_none_or(|condition| responses.holds(self.questionnaire, condition) == Some(true))
        };
        let block: Vec<&Question<'_>> = block.iter().filter(is_asked).copied().collect();
        for question in &block {
            for (at, slot) in &question.slots {
                answer(responses, *at, Answer::Level(level_where(question.item, slot, false)));
            }
        }
        let slots: Vec<(&Item, usize, &Slot)> = block
            .iter()
            .flat_map(|question| question.slots.iter().map(|(at, slot)| (question.item, *at, *slot)))
            .collect();
        let number = u64::try_from(slots.len()).unwrap_or(0);
        let mut pick = || slots.get(usize::try_from(random.below(number)).unwrap_or(0));
        match safety {
            Safety::Yes(times) => {
                for (item, at, slot) in (0..*times).filter_map(|_| pick()) {
                    answer(responses, *at, Answer::Level(level_where(item, slot, true)));
                }
            }
            Safety::OneDeclined => {
                if let Some((_, at, _)) = pick() {
                    answer(responses, *at, Answer::Missing(Missing::Declined));
                }
            }
            Safety::No | Safety::LeftBlank => {}
        }
    }
}

impl Person {
    fn new(dimensions: usize, random: &mut Random) -> Self {
        let draw = random.below(100);
        // A fifth each at the two ends, where most answers agree; the others anywhere, and uneven.
        let (quality, spread, noise) = match draw {
            0..20 => (random.between(0, 70), 0, 170),
            20..40 => (random.between(BEST - 70, BEST), 0, 170),
            _ => (random.between(50, BEST - 50), 250, 220),
        };
        let manner = if draw >= 96 { Manner::Careless } else { Manner::Considered { noise } };
        let dimensions = (0..dimensions).map(|_| (quality + random.between(-spread, spread)).clamp(0, BEST)).collect();
        // Together about three blanks in a hundred.
        let blanks = match random.below(100) {
            0..3 => 450,
            3..17 => 110,
            _ => 0,
        };
        let safety = match random.below(1000) {
            0..30 => Safety::Yes(1),
            30..42 => Safety::Yes(2),
            42..50 => Safety::Yes(3),
            50..60 => Safety::OneDeclined,
            60..70 => Safety::LeftBlank,
            _ => Safety::No,
        };
        Self { manner, dimensions, blanks, safety }
    }
}

/// The cell for an answer that exists and was not given.
pub(super) fn cell(reason: Missing) -> &'static str {
    if reason == Missing::Skipped { "" } else { reason.as_str() }
}

fn answer(responses: &mut Responses, at: usize, answer: Answer) {
    if let Some(place) = responses.answers.get_mut(at) {
        *place = answer;
    }
}

fn uniform(count: usize, random: &mut Random) -> u16 {
    u16::try_from(random.below(u64::try_from(count).unwrap_or(1))).unwrap_or(0)
}

/// The first level that the safety gate takes (`flagged`) or does not take for a yes.
fn level_where(item: &Item, slot: &Slot, flagged: bool) -> u16 {
    let yes = |level: usize| {
        let (Some(value), Some(safety)) = (slot.levels.value(level), &item.safety) else {
            return level == 1;
        };
        let compared = safety.value.clone().unwrap_or(OptionValue::Number(1));
        safety.op.unwrap_or(Operator::Equal).holds(&value, &compared)
    };
    let level = (0..slot.levels.count()).find(|level| yes(*level) == flagged).unwrap_or(0);
    u16::try_from(level).unwrap_or(0)
}
