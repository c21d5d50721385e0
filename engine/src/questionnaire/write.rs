//! A questionnaire as the file that it could have been loaded from.

use super::format::{ItemFile, KindFile, OptionFile, OptionsFile, QUESTIONNAIRE_FORMAT, QuestionnaireFile};
use super::{Item, ItemKind, Questionnaire, ResponseOption};

/// The text of the file. Options that several items share stand there once.
pub(super) fn to_json(questionnaire: &Questionnaire) -> serde_json::Result<String> {
    let shared = Shared::of(questionnaire);
    let file = QuestionnaireFile {
        format: QUESTIONNAIRE_FORMAT.to_owned(),
        schema: None,
        id: questionnaire.id.clone(),
        version: questionnaire.version.clone(),
        title: questionnaire.title.clone(),
        description: questionnaire.description.clone(),
        source: questionnaire.source.clone(),
        licence: questionnaire.licence.clone(),
        bond_words: questionnaire.bond_words.clone(),
        option_lists: shared.0.iter().map(|(options, name)| (name.clone(), written(options))).collect(),
        topics: questionnaire.topics.clone(),
        items: questionnaire.items.iter().map(|item| item_file(questionnaire, item, &shared)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&file)?;
    text.push('\n');
    Ok(text)
}

/// The options of more than one item, in the order of their first one, each with the name of its list.
struct Shared<'a>(Vec<(&'a [ResponseOption], String)>);

impl<'a> Shared<'a> {
    fn of(questionnaire: &'a Questionnaire) -> Self {
        let mut lists: Vec<(&[ResponseOption], usize)> = Vec::new();
        for options in questionnaire.items.iter().filter_map(options) {
            match lists.iter_mut().find(|(known, _)| *known == options) {
                Some((_, uses)) => *uses += 1,
                None => lists.push((options, 1)),
            }
        }
        let several = lists.into_iter().filter(|(_, uses)| *uses > 1);
        Self(several.zip(1..).map(|((options, _), number)| (options, format!("options_{number}"))).collect())
    }

    fn name(&self, options: &[ResponseOption]) -> Option<&String> {
        self.0.iter().find(|(known, _)| *known == options).map(|(_, name)| name)
    }
}

fn options(item: &Item) -> Option<&[ResponseOption]> {
    match &item.kind {
        ItemKind::Choice(options) | ItemKind::Multi(options) => Some(options),
        ItemKind::Number { .. } | ItemKind::Text => None,
    }
}

fn written(options: &[ResponseOption]) -> Vec<OptionFile> {
    options.iter().map(|option| OptionFile { value: option.value.clone(), label: option.label.clone() }).collect()
}

fn item_file(questionnaire: &Questionnaire, item: &Item, shared: &Shared<'_>) -> ItemFile {
    let (kind, range) = match &item.kind {
        ItemKind::Choice(_) => (KindFile::Choice, None),
        ItemKind::Multi(_) => (KindFile::Multi, None),
        ItemKind::Text => (KindFile::Text, None),
        ItemKind::Number { min, max, unit, max_label } => {
            (KindFile::Number, Some((*min, *max, unit.clone(), max_label.clone())))
        }
    };
    let (min, max, unit, max_label) = match range {
        Some((min, max, unit, max_label)) => (Some(min), Some(max), unit, max_label),
        None => (None, None, None, None),
    };
    ItemFile {
        id: item.id.clone(),
        kind,
        text: item.text.clone(),
        label: item.label.clone(),
        why: item.why.clone(),
        topic: questionnaire.topic_of(item).map(|topic| topic.id.clone()),
        options: options(item).map(|options| match shared.name(options) {
            Some(name) => OptionsFile::Named(name.clone()),
            None => OptionsFile::Listed(written(options)),
        }),
        min,
        max,
        unit,
        max_label,
        direction: item.direction,
        dimension: item.dimension.clone(),
        roles: item.roles.clone(),
        forms: item.forms.clone(),
        context: item.context,
        wish: item.wish,
        not_applicable: item.offers_not_applicable,
        keyed: item.keyed,
        falling: item.falling,
        safety: item.safety.clone(),
        block: item.block,
        asked_if: item.asked_if.clone(),
        source: item.source.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::SourceFile;

    #[test]
    fn what_is_written_is_read_as_the_same_questionnaire() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let shipped = std::fs::read_dir(root.join("questionnaires")).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> = shipped.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
        // Every kind of item and condition.
        paths.push(root.join("tests/data/living/questionnaire.json"));
        assert!(paths.len() > 19);
        for path in paths {
            let source = SourceFile::new("q.json", std::fs::read_to_string(&path).unwrap());
            let before = Questionnaire::load(&source).unwrap();
            let text = before.to_json().unwrap();
            let mut after = Questionnaire::load(&SourceFile::new("q.json", text.clone())).unwrap();
            assert_ne!(after.sha256, before.sha256, "{}", path.display());
            after.sha256.clone_from(&before.sha256);
            assert_eq!(after, before, "{}", path.display());
            assert!(!text.contains("null") && !text.contains("[]"), "{text}");
        }
    }

    #[test]
    fn options_of_several_items_stand_there_once() {
        let item = |id: &str, label: &str| {
            format!(
                "{{\"id\": \"{id}\", \"kind\": \"choice\", \"text\": \"{id}?\", \"options\": [\
                 {{\"value\": 0, \"label\": \"{label}\"}}, {{\"value\": 1, \"label\": \"yes\"}}]}}"
            )
        };
        let items = [item("a", "no"), item("b", "nay"), item("c", "no")].join(",");
        let text = format!(
            "{{\"format\": \"{QUESTIONNAIRE_FORMAT}\", \"id\": \"q\", \"version\": \"1\", \"title\": \"Q\", \
             \"description\": \"d\", \"source\": \"s\", \"licence\": \"l\", \"items\": [{items}]}}"
        );
        let written = Questionnaire::load(&SourceFile::new("q.json", text)).unwrap().to_json().unwrap();
        assert_eq!(written.matches("\"no\"").count(), 1, "{written}");
        assert_eq!(written.matches("\"options_1\"").count(), 3, "{written}");
        assert_eq!(written.matches("\"nay\"").count(), 1, "{written}");
    }
}
