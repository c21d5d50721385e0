//! One rule: its doc, its condition as it stands in the file, its source and place.

use bearings_engine::diagnostic::SourceFile;
use bearings_engine::{Rule, Ruleset, effects_of};

use super::compiled;
use crate::builtin;
use crate::exit::Failure;
use crate::report::{Block, Page, Row};

/// A compiled ruleset and what it was read from.
pub(super) struct Read {
    pub(super) ruleset: Ruleset,
    pub(super) files: Vec<SourceFile>,
}

/// The first built-in ruleset that has this rule; `RULESET:RULE` names it.
pub(super) fn find(id: &str) -> Result<Option<(Read, String)>, Failure> {
    let (wanted, rule) = id.split_once(':').map_or((None, id), |(ruleset, rule)| (Some(ruleset), rule));
    for ruleset in builtin::ruleset_ids().into_iter().filter(|id| wanted.is_none_or(|wanted| wanted == *id)) {
        let read = compiled(ruleset)?;
        if read.ruleset.variants().any(|(_, variant)| variant.rules.iter().any(|known| known.id == rule)) {
            return Ok(Some((read, rule.to_owned())));
        }
    }
    Ok(None)
}

/// The rules of all built-in rulesets that can be compiled.
pub(super) fn ids() -> Vec<String> {
    let read = builtin::ruleset_ids().into_iter().filter_map(|id| compiled(id).ok());
    let mut ids: Vec<String> = read
        .flat_map(|read| {
            let variants = read.ruleset.variants();
            variants.flat_map(|(_, variant)| variant.rules.iter().map(|rule| rule.id.clone())).collect::<Vec<_>>()
        })
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The page of a rule; it may be worded apart for each role.
pub(super) fn describe(read: &Read, id: &str) -> Page {
    let mut page = Page::default();
    let mut seen: Vec<&str> = Vec::new();
    for (_, variant) in read.ruleset.variants() {
        for rule in variant.rules.iter().filter(|rule| rule.id == id) {
            if seen.contains(&rule.at.as_str()) {
                continue;
            }
            seen.push(&rule.at);
            page.title(format!("{}: {}", rule.id, rule.title));
            doc(&mut page, rule);
            page.heading("As it is written");
            page.0.push(Block::Code(written(&read.files, &rule.at).to_owned()));
            page.rows(vec![
                Row::new("does", effects_of(variant, rule).join(", ")),
                Row::new("for", roles(&read.ruleset, &rule.at)),
                Row::new("source", rule.source.clone().unwrap_or_else(|| "none given".to_owned())),
                Row::new("place", rule.at.clone()),
                Row::new("ruleset", format!("{} {}", read.ruleset.id, read.ruleset.version)),
            ]);
        }
    }
    page
}

/// The `//!` lines: headings and what stands below them.
fn doc(page: &mut Page, rule: &Rule) {
    let mut text = String::new();
    for line in rule.doc.iter().map(|line| line.trim()) {
        if let Some(heading) = line.strip_prefix("## ") {
            if !text.is_empty() {
                page.text(std::mem::take(&mut text));
            }
            page.heading(heading);
        } else {
            text.push_str(line);
            text.push(' ');
        }
    }
    if !text.trim().is_empty() {
        page.text(text);
    }
}

/// The declaration at `file:line`, from its first word to its semicolon.
pub(in crate::command) fn written<'a>(files: &'a [SourceFile], at: &str) -> &'a str {
    let place = at.rsplit_once(':').and_then(|(name, line)| Some((name, line.parse::<usize>().ok()?)));
    let found = place.and_then(|(name, line)| Some((files.iter().find(|file| file.name == name)?, line)));
    let Some((file, line)) = found else { return "" };
    let start: usize = file.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = file.text.get(start..).unwrap_or_default();
    let end = words(rest).find(|(_, word)| *word == ";").map_or(rest.len(), |(at, _)| at + 1);
    rest.get(..end).unwrap_or_default()
}

/// What a declaration says before what is said of it: before `because`, `source` and the like.
pub(super) fn head(declaration: &str) -> &str {
    let end = words(declaration).find(|(_, word)| CLAUSES.contains(word) || *word == ";");
    end.and_then(|(at, _)| declaration.get(..at)).unwrap_or(declaration).trim_end()
}

/// When a declaration takes effect.
pub(super) fn when(declaration: &str) -> Option<&str> {
    condition(declaration, "when")
}

/// The condition of a declaration, behind the word that introduces it.
pub(super) fn condition<'a>(declaration: &'a str, introduced_by: &str) -> Option<&'a str> {
    let (at, word) = words(declaration).find(|(_, word)| *word == introduced_by)?;
    let start = at + word.len();
    let ends = |word: &str| CLAUSES.contains(&word) || ["for", "in", ";"].contains(&word);
    let end = words(declaration).find(|(at, word)| *at > start && ends(word));
    declaration.get(start..end.map_or(declaration.len(), |(at, _)| at)).map(str::trim)
}

const CLAUSES: [&str; 5] = ["then", "because", "source", "next", "title"];

/// The words and semicolons outside of texts in quotes and of comments, with where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let first = rest.chars().next()?;
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = match first {
                '"' => text_in_quotes(rest),
                '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                first if is_word(first) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
                first => first.len_utf8(),
            };
            let start = at;
            at += length;
            if first == ';' || is_word(first) {
                return Some((start, rest.get(..length)?));
            }
        }
    })
}

fn text_in_quotes(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// For whom the rule at this place is.
fn roles(ruleset: &Ruleset, at: &str) -> String {
    let mut roles: Vec<&str> = Vec::new();
    for ((role, _), variant) in ruleset.variants() {
        if variant.rules.iter().any(|rule| rule.at == at) && !roles.contains(&role.as_str()) {
            roles.push(role.as_str());
        }
    }
    roles.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "// when\nrule a \"when; then\" // because;\n    when x >= 2 && y == \"z\"\n    then note();\nrule b";

    #[test]
    fn a_declaration_ends_at_its_own_semicolon() {
        let file = SourceFile::new("a.rhai", TEXT);
        let rule = written(std::slice::from_ref(&file), "a.rhai:2").to_owned();
        assert!(rule.starts_with("rule a ") && rule.ends_with("then note();"), "{rule}");
        assert_eq!(when(&rule), Some("x >= 2 && y == \"z\""));
        assert!(head(&rule).ends_with("y == \"z\""), "{}", head(&rule));
        let property = "property p \"holds\" holds !flagged() || x >= 2 for hurt because \"y\";";
        assert_eq!(condition(property, "holds"), Some("!flagged() || x >= 2"));
    }

    #[test]
    fn a_place_that_is_not_there_is_empty() {
        assert_eq!(written(&[], "a.rhai:2"), "");
        assert_eq!(written(&[SourceFile::new("a.rhai", TEXT)], "a.rhai:99"), "");
    }
}
