//! Every text that somebody can meet, with the surface where they meet it.
//!
//! Definitions are loaded with the engine, so new content is looked at without a change here.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use bearings_engine::diagnostic::{Code, SourceFile};
use bearings_engine::questionnaire::{Bond, ItemKind, Questionnaire, Role};
use bearings_engine::{LoadOptions, Outcome, Ruleset, Variant, forms_of, header_of, item_text, load};
use serde_json::Value;

use super::program::literals;
use crate::support::{bearings, read, root};

/// Where a text is met; `phrases.txt` says what each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Surface {
    Item,
    Advice,
    Verdict,
    Page,
    Program,
    Help,
    Name,
    Withheld,
    Minors,
    Own,
    OwnPage,
    LeftOut,
}

impl Surface {
    pub(crate) const ALL: [(&str, Surface); 12] = [
        ("item", Surface::Item),
        ("advice", Surface::Advice),
        ("verdict", Surface::Verdict),
        ("page", Surface::Page),
        ("program", Surface::Program),
        ("help", Surface::Help),
        ("name", Surface::Name),
        ("withheld", Surface::Withheld),
        ("minors", Surface::Minors),
        ("own", Surface::Own),
        ("own-page", Surface::OwnPage),
        ("left-out", Surface::LeftOut),
    ];

    pub(super) fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, surface)| *surface == self);
        found.unwrap_or_else(|| panic!("{self:?} has no name")).0
    }

    pub(super) fn named(word: &str) -> Self {
        let found = Self::ALL.iter().find(|(name, _)| *name == word);
        found.unwrap_or_else(|| panic!("there is no surface `{word}`")).1
    }
}

/// A text that somebody can meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text {
    pub(crate) surface: Surface,
    /// Whose text it is: `trust-repair, owned_up`.
    pub(crate) place: String,
    pub(crate) words: String,
}

/// Texts of one place.
pub(super) struct Texts {
    place: String,
    found: Vec<Text>,
}

impl Texts {
    pub(super) fn new(place: impl Into<String>) -> Self {
        Self { place: place.into(), found: Vec::new() }
    }

    pub(super) fn add(&mut self, surface: Surface, place: &str, words: impl Into<String>) {
        let words = words.into();
        if !words.is_empty() {
            self.found.push(Text { surface, place: format!("{}, {place}", self.place), words });
        }
    }

    fn add_some(&mut self, surface: Surface, place: &str, words: Option<&String>) {
        if let Some(words) = words {
            self.add(surface, place, words);
        }
    }

    /// The texts, each once.
    pub(super) fn done(self) -> BTreeSet<Text> {
        self.found.into_iter().collect()
    }
}

/// What is built in, loaded once: the loading takes a while.
pub(crate) struct Shipped {
    pub(crate) questionnaires: Vec<Arc<Questionnaire>>,
    pub(crate) rulesets: Vec<Ruleset>,
}

pub(crate) fn shipped() -> &'static Shipped {
    static SHIPPED: OnceLock<Shipped> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let questionnaires: Vec<Arc<Questionnaire>> =
            questionnaire_files().iter().map(|name| Arc::new(Questionnaire::load(&source(name)).unwrap())).collect();
        let folders = names_in("rulesets", |name| root().join("rulesets").join(name).is_dir());
        let rulesets = folders.iter().map(|folder| ruleset(folder, &questionnaires)).collect();
        Shipped { questionnaires, rulesets }
    })
}

/// The paths of the questionnaires.
pub(super) fn questionnaire_files() -> Vec<String> {
    names_in("questionnaires", |name| name.ends_with(".json") && !name.ends_with(".schema.json"))
}

fn ruleset(folder: &str, questionnaires: &[Arc<Questionnaire>]) -> Ruleset {
    let mut names = names_in(folder, |name| name.ends_with(".rhai"));
    // What the others build on comes first.
    names.sort_by_key(|name| !name.ends_with("/ruleset.rhai"));
    let files: Vec<SourceFile> = names.iter().map(|name| source(name)).collect();
    let (_, wanted) = header_of(&files).unwrap();
    let questionnaire = questionnaires.iter().find(|known| known.id == wanted).unwrap();
    loaded(&files, questionnaire)
}

/// A ruleset in every form that its questionnaire really has.
pub(super) fn loaded(files: &[SourceFile], questionnaire: &Arc<Questionnaire>) -> Ruleset {
    let forms = forms_of(questionnaire);
    let mut options = LoadOptions::all();
    options.variants.retain(|(_, form)| forms.contains(form));
    load(files, questionnaire, &options).unwrap().0
}

/// The paths in a folder of the repository, from its top on, by name.
pub(super) fn names_in(folder: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| wanted(name))
        .collect();
    names.sort();
    names.iter().map(|name| format!("{folder}/{name}")).collect()
}

fn source(name: &str) -> SourceFile {
    SourceFile::new(name, read(name))
}

/// Every text of a questionnaire's file, whatever field it is in, as it is written there: what the format is given
/// later is looked at too.
pub(super) fn of_questionnaire_file(name: &str, text: &str) -> BTreeSet<Text> {
    let mut file: Value = serde_json::from_str(text).unwrap();
    // These are about the questionnaire, and are collected as such.
    for field in ["$schema", "title", "description", "licence"] {
        file.as_object_mut().unwrap().remove(field);
    }
    let mut texts = Texts::new(name);
    each_text(&file, &mut |words| texts.add(Surface::Item, "file", words));
    texts.done()
}

/// Every text of a ruleset's file: also the sources that a loaded one does not keep.
pub(super) fn of_ruleset_file(name: &str, text: &str) -> BTreeSet<Text> {
    let mut texts = Texts::new(name);
    texts_of_rules(text).into_iter().for_each(|words| texts.add(Surface::Help, "file", words));
    texts.done()
}

/// What stands between quotes and is more than a word.
pub(super) fn texts_of_rules(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.map(|line| format!("{line}\n")).collect();
    literals(&code).into_iter().filter(|literal| literal.contains(' ')).collect()
}

/// Every text in a JSON value that is more than a word; what a source says is no text of ours.
pub(super) fn each_text(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::String(words) if words.contains(' ') => visit(words),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, visit)),
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "source").for_each(|(_, value)| each_text(value, visit));
        }
        _ => {}
    }
}

/// What a questionnaire says.
pub(super) fn of_questionnaire(questionnaire: &Questionnaire) -> BTreeSet<Text> {
    let mut texts = Texts::new(&questionnaire.id);
    for (field, words) in [
        ("title", &questionnaire.title),
        ("description", &questionnaire.description),
        ("source", &questionnaire.source),
        ("licence", &questionnaire.licence),
    ] {
        texts.add(Surface::Help, field, words);
    }
    texts.add(Surface::Name, "id", &questionnaire.id);
    for slot in &questionnaire.slots {
        texts.add(Surface::Name, "item", &slot.id);
    }
    for item in &questionnaire.items {
        texts.add(Surface::Name, "item", &item.id);
        for (role, bond) in people() {
            texts.add(Surface::Item, &item.id, item_text(questionnaire, item, role, bond));
        }
        texts.add_some(Surface::Item, &format!("{} (why)", item.id), item.why.as_ref());
        texts.add_some(Surface::Help, &format!("{} (source)", item.id), item.source.as_ref());
        let answer = format!("{} (answer)", item.id);
        match &item.kind {
            ItemKind::Choice(options) | ItemKind::Multi(options) => {
                for option in options {
                    texts.add(Surface::Item, &answer, &option.label);
                    texts.add(Surface::Name, &answer, option.value.to_string());
                }
            }
            ItemKind::Number { unit, max_label, .. } => {
                texts.add_some(Surface::Item, &answer, unit.as_ref());
                texts.add_some(Surface::Item, &answer, max_label.as_ref());
            }
            ItemKind::Text => {}
        }
    }
    texts.done()
}

/// Everybody whom a wording may differ for.
fn people() -> Vec<(Role, Option<Bond>)> {
    let bonds = [None, Some(Bond::Partner), Some(Bond::Friend), Some(Bond::Family)];
    let roles = [Role::Hurt, Role::Broke, Role::Both];
    roles.into_iter().flat_map(|role| bonds.map(|bond| (role, bond))).collect()
}

/// What a ruleset says.
pub(super) fn of_ruleset(ruleset: &Ruleset) -> BTreeSet<Text> {
    let mut texts = Texts::new(&ruleset.id);
    texts.add(Surface::Name, "id", &ruleset.id);
    texts.add(Surface::Help, "title", &ruleset.title);
    texts.add(Surface::Help, "description", &ruleset.description);
    for (heading, words) in &ruleset.metadata {
        texts.add(Surface::Help, heading, words);
    }
    for parameter in &ruleset.parameters {
        texts.add(Surface::Name, "parameter", &parameter.name);
        texts.add(Surface::Help, &parameter.name, &parameter.description);
        texts.add(Surface::Help, &parameter.name, &parameter.source);
    }
    for (_, variant) in ruleset.variants() {
        for rule in &variant.rules {
            let place = format!("{} ({})", rule.id, rule.at);
            texts.add(Surface::Name, "rule", &rule.id);
            texts.add(Surface::Advice, &place, &rule.title);
            // Headings and paragraphs, each with line breaks in it.
            for part in rule.doc.join("\n").split("## ") {
                let (first, rest) = part.split_once('\n').unwrap_or((part, ""));
                texts.add(Surface::Advice, &place, first);
                texts.add(Surface::Advice, &place, flowing(rest));
            }
            texts.add_some(Surface::Advice, &place, rule.because.as_ref());
            texts.add_some(Surface::Advice, &place, rule.next.as_ref().map(|next| &next.text));
            texts.add_some(Surface::Help, &place, rule.source.as_ref());
        }
        for adjust in &variant.adjusts {
            texts.add_some(Surface::Advice, &adjust.at, adjust.because.as_ref());
            texts.add_some(Surface::Help, &adjust.at, adjust.source.as_ref());
        }
        for outcomes in [&variant.overlays, &variant.stages, &variant.signals, &variant.reasons] {
            outcomes.iter().for_each(|outcome| of_outcome(&mut texts, outcome));
        }
        for scale in &variant.scales {
            titled(&mut texts, &scale.id, &scale.title);
            texts.add_some(Surface::Help, &scale.id, scale.source.as_ref());
        }
        variant.aggregates.iter().for_each(|aggregate| titled(&mut texts, &aggregate.id, &aggregate.title));
        variant.signs.iter().for_each(|sign| titled(&mut texts, &sign.id, &sign.title));
        variant.points.iter().for_each(|points| texts.add(Surface::Name, "points", points));
        for band in &variant.bands {
            texts.add(Surface::Verdict, "band", &band.label);
            texts.add(Surface::Help, "band", &band.population);
            texts.add(Surface::Help, "band", &band.source);
        }
        of_claims(&mut texts, variant);
    }
    texts.done()
}

/// What must always hold, which `show` tells researchers.
fn of_claims(texts: &mut Texts, variant: &Variant) {
    for property in &variant.properties {
        texts.add(Surface::Name, "property", &property.id);
        texts.add(Surface::Help, &property.at, &property.title);
        texts.add_some(Surface::Help, &property.at, property.because.as_ref());
    }
    for monotone in &variant.monotone {
        texts.add_some(Surface::Help, &monotone.at, monotone.because.as_ref());
    }
    variant.not_monotone.iter().for_each(|exempt| texts.add(Surface::Help, &exempt.at, &exempt.because));
    variant.never.iter().for_each(|never| texts.add(Surface::Help, &never.at, &never.because));
}

fn titled(texts: &mut Texts, id: &str, title: &str) {
    texts.add(Surface::Name, "scale or sign", id);
    texts.add(Surface::Verdict, id, title);
}

fn of_outcome(texts: &mut Texts, outcome: &Outcome) {
    let place = format!("{} ({})", outcome.id, outcome.at);
    texts.add(Surface::Name, "outcome", &outcome.id);
    texts.add(Surface::Verdict, &place, &outcome.title);
    for (_, title) in &outcome.titles {
        texts.add(Surface::Verdict, &place, title);
    }
    texts.add_some(Surface::Advice, &place, outcome.next.as_ref().map(|next| &next.text));
}

/// The words without the breaks between lines.
fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The greeting, the help pages, what `show` prints, and the documents.
pub(super) fn of_help() -> BTreeSet<Text> {
    let mut texts = Texts::new("help");
    let mut commands = vec![String::new(), "--help".to_owned(), "help".to_owned(), "list".to_owned()];
    for topic in topics().into_iter().chain(Code::ALL.iter().map(|code| code.as_str().to_owned())) {
        commands.push(format!("help {topic}"));
    }
    commands.push("help support --country GB".to_owned());
    for line in bearings("list").ok().stdout.lines() {
        commands.push(format!("show {}", line.split_whitespace().next().unwrap()));
    }
    let commands: BTreeSet<String> = commands.into_iter().collect();
    for command in &commands {
        for paragraph in paragraphs(&bearings(command).ok().stdout) {
            texts.add(Surface::Help, &format!("bearings {command}"), paragraph);
        }
    }
    let mut documents = names_in(".", |name| name.ends_with(".md"));
    documents.push("rulesets/API.md".to_owned());
    if root().join("docs").is_dir() {
        documents.extend(names_in("docs", |name| name.ends_with(".md")));
    }
    for document in &documents {
        for paragraph in paragraphs(&read(document)) {
            texts.add(Surface::Help, document, paragraph);
        }
    }
    texts.done()
}

/// The commands and topics that the help text lists.
fn topics() -> Vec<String> {
    let help = bearings("help").ok().stdout;
    let listed =
        help.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| line.starts_with(char::is_lowercase));
    let mut topics: Vec<String> = listed.map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    let others = help.lines().find_map(|line| line.strip_prefix("Topics: ")).unwrap();
    topics.extend(others.split(';').next().unwrap().split(", ").map(str::to_owned));
    assert!(topics.len() > 8, "{topics:?}");
    topics
}

/// Files, commands, options: what others could see in a list of files or a history of commands.
pub(super) fn of_names() -> BTreeSet<Text> {
    let mut texts = Texts::new("names");
    for crate_name in ["engine", "cli"] {
        for line in read(format!("{crate_name}/Cargo.toml")).lines().filter(|line| line.starts_with("name = ")) {
            texts.add(Surface::Name, "crate or binary", line.trim_start_matches("name = "));
        }
    }
    // These are the files that are embedded, and what somebody copies to change it.
    let mut files = names_in("questionnaires", |_| true);
    for folder in names_in("rulesets", |_| true) {
        files.push(folder.clone());
        if root().join(&folder).is_dir() {
            files.extend(names_in(&folder, |_| true));
            files.extend(names_in(&format!("{folder}/cases"), |_| true));
        }
    }
    for file in &files {
        texts.add(Surface::Name, "file", file);
    }
    for topic in topics() {
        texts.add(Surface::Name, "command or topic", &topic);
        let help = bearings(&format!("help {topic}")).ok().stdout;
        for word in help.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| word.starts_with("--")) {
            texts.add(Surface::Name, "option", word);
        }
    }
    texts.done()
}

/// Texts whose lines were wrapped, joined again: up to an empty line, another indentation, an item of a list or a row
/// of a table.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut last: Option<usize> = None;
    for line in text.lines() {
        let words = line.trim_start();
        let indent = line.len() - words.len();
        let starts = ["- ", "* ", "|", "#", "```"].iter().any(|mark| words.starts_with(mark));
        match paragraphs.last_mut() {
            _ if words.is_empty() => last = None,
            Some(paragraph) if last == Some(indent) && !starts => {
                paragraph.push(' ');
                paragraph.push_str(words);
            }
            _ => {
                paragraphs.push(words.to_owned());
                // What hangs below a mark belongs to it.
                last = Some(if words.starts_with("- ") || words.starts_with("* ") { indent + 2 } else { indent });
            }
        }
    }
    paragraphs
}

#[test]
fn wrapped_lines_are_joined_again() {
    let text = "One\ntwo.\n\n  three\n  four\n- five\n  six\n| seven |\n| eight |\n";
    assert_eq!(paragraphs(text), ["One two.", "three four", "- five six", "| seven |", "| eight |"]);
}
