//! A codebook as SPSS syntax: it reads the file, and gives every variable its label, its value labels and its missing
//! values.
//!
//! A survey holds words where there is no answer, which SPSS would drop while reading numbers. So columns with answers
//! are read as text and recoded: each reason becomes a number of its own that is declared missing.

use bearings_engine::questionnaire::{OptionValue, ResponseOption};

use super::survey::are_words;
use super::{Codebook, Column, Values, one_line};

/// The most bytes of a variable's name.
const LONGEST_NAME: usize = 64;
/// The most bytes of a variable's label are 256; with its quotes and indent it is to fit a line of 256.
const LONGEST_LABEL: usize = 240;
/// The most bytes of a value's label.
const LONGEST_VALUE_LABEL: usize = 120;
/// The most bytes of a text variable.
const LONGEST_TEXT: usize = 32_767;
/// How wide columns with answers are read; longer than every word for a missing answer. A design choice.
const TEXT: usize = 64;
/// Words of the syntax that name no variable.
const RESERVED: [&str; 13] = ["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"];

/// A column with the name that it gets.
struct Variable<'a> {
    name: String,
    /// As what it is read, where that is recoded.
    raw: Option<String>,
    column: &'a Column,
}

/// The codebook as syntax.
pub(super) fn text(codebook: &Codebook) -> String {
    let variables = variables(codebook);
    // Answers may be negative; a reason is none of them.
    let least = codebook.columns.iter().filter_map(|column| least(&column.values)).min().unwrap_or(0);
    let first_reason = if least > -90 { -91 } else { -9_999_991 };
    let mut text = String::new();
    comment(&mut text, &format!("{} {}: {}, written by bearings", codebook.id, codebook.version, codebook.file));
    comment(&mut text, "The columns are taken to stand in this order, with none beside them: change VARIABLES if not");
    for note in &codebook.notes {
        comment(&mut text, note);
    }
    for variable in variables.iter().filter(|variable| variable.name != variable.column.name) {
        comment(&mut text, &format!("{} is called {} here", variable.column.name, variable.name));
    }
    read(&mut text, codebook, &variables);
    let reasons = |column: &Column| -> Vec<(i64, &'static str, &'static str)> {
        let words = column.missing.iter().filter(|(word, _)| !word.is_empty());
        words.zip(0..).map(|((word, means), at)| (first_reason - at, *word, *means)).collect()
    };
    for variable in &variables {
        if let Some(raw) = &variable.raw {
            recode(&mut text, variable, raw, &reasons(variable.column));
        }
    }
    label(&mut text, &variables, |column| reasons(column).iter().map(|(code, _, means)| (*code, *means)).collect());
    let recoded: Vec<&Variable<'_>> = variables.iter().filter(|variable| variable.raw.is_some()).collect();
    for variable in &recoded {
        let reasons = reasons(variable.column);
        if let (Some((last, ..)), Some((first, ..))) = (reasons.last(), reasons.first()) {
            text.push_str(&format!("MISSING VALUES {} ({last} THRU {first}).\n", variable.name));
        }
    }
    // An empty cell would count as a word.
    let is_word = |column: &Column| matches!(&column.values, Values::OneOf(options) if are_words(options));
    for variable in variables.iter().filter(|variable| variable.raw.is_none() && is_word(variable.column)) {
        text.push_str(&format!("MISSING VALUES {} (' ').\n", variable.name));
    }
    for variable in &variables {
        let level = match &variable.column.values {
            Values::OneOf(options) if !are_words(options) => "ORDINAL",
            Values::OneOf(_) | Values::AnyOf(_) | Values::Id => "NOMINAL",
            Values::Whole { .. } | Values::Decimal { .. } => "SCALE",
        };
        text.push_str(&format!("VARIABLE LEVEL {} ({level}).\n", variable.name));
    }
    for variable in &variables {
        let format = match (&variable.raw, &variable.column.values) {
            (_, Values::Decimal { .. }) => "F8.2",
            (Some(_), _) => "F8.0",
            (None, _) => continue,
        };
        text.push_str(&format!("FORMATS {} ({format}).\n", variable.name));
    }
    text.push_str("EXECUTE.\n");
    for raw in recoded.iter().filter_map(|variable| variable.raw.as_ref()) {
        text.push_str(&format!("DELETE VARIABLES {raw}.\n"));
    }
    text
}

/// The least number that a column may hold.
fn least(values: &Values) -> Option<i64> {
    match values {
        Values::OneOf(options) => options.iter().filter_map(|option| option.value.number()).min(),
        Values::Whole { min, .. } => *min,
        Values::AnyOf(_) | Values::Decimal { .. } | Values::Id => None,
    }
}

/// A name for each column that SPSS takes, and that no other column has in any case.
fn variables(codebook: &Codebook) -> Vec<Variable<'_>> {
    let mut taken: Vec<String> = Vec::new();
    let mut free = |wanted: String| {
        let wanted = cut(&wanted, LONGEST_NAME).to_owned();
        let mut name = wanted.clone();
        let mut number = 1;
        while taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
            number += 1;
            let end = format!("_{number}");
            name = format!("{}{end}", cut(&wanted, LONGEST_NAME - end.len()));
        }
        taken.push(name.clone());
        name
    };
    let names: Vec<String> = codebook.columns.iter().map(|column| free(name(&column.name))).collect();
    // Only a survey has words in columns of numbers.
    let is_recoded = |column: &Column| column.missing.iter().any(|(word, _)| !word.is_empty());
    let numbered = codebook.columns.iter().zip(names).zip(1..);
    numbered
        .map(|((column, name), number)| {
            let raw = is_recoded(column).then(|| free(format!("raw_{number}")));
            Variable { name, raw, column }
        })
        .collect()
}

/// The name, as far as SPSS takes it: letters, digits and `_`, starting with a letter, and no word of the syntax.
fn name(column: &str) -> String {
    let plain: String = column.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let starts = plain.starts_with(|c: char| c.is_ascii_alphabetic());
    let reserved = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(&plain));
    if starts && !reserved { plain } else { format!("v_{plain}") }
}

fn read(text: &mut String, codebook: &Codebook, variables: &[Variable<'_>]) {
    text.push_str("SET DECIMAL=DOT.\n");
    text.push_str(&format!(
        "GET DATA\n  /TYPE=TXT\n  /FILE='{}'\n  /ENCODING='UTF8'\n  /DELCASE=LINE\n  /ARRANGEMENT=DELIMITED\n  \
         /FIRSTCASE=2\n  /DELIMITERS=','\n  /QUALIFIER='\"'\n  /VARIABLES=\n",
        codebook.file
    ));
    for variable in variables {
        let format = match (&variable.raw, &variable.column.values) {
            (Some(_), _) => format!("A{TEXT}"),
            (None, Values::OneOf(options)) if are_words(options) => format!("A{}", widest(options)),
            (None, Values::AnyOf(options)) => {
                // All of them at once, with a sign between them.
                let all: usize = options.iter().map(|option| option.value.to_string().len() + 1).sum();
                format!("A{}", all.clamp(1, LONGEST_TEXT))
            }
            (None, Values::OneOf(_) | Values::Whole { .. }) => "F8.0".to_owned(),
            // A point that stands in the file counts, whatever the format says.
            (None, Values::Decimal { .. }) => "F20.12".to_owned(),
            (None, Values::Id) => "A255".to_owned(),
        };
        text.push_str(&format!("    {} {format}\n", variable.raw.as_ref().unwrap_or(&variable.name)));
    }
    text.push_str("  .\n");
}

fn widest(options: &[ResponseOption]) -> usize {
    options.iter().map(|option| option.value.to_string().len()).max().unwrap_or(1).clamp(1, LONGEST_TEXT)
}

/// Text to numbers. Options that are words are numbered in their order.
fn recode(text: &mut String, variable: &Variable<'_>, raw: &str, reasons: &[(i64, &str, &str)]) {
    let words: Vec<(String, i64)> = match &variable.column.values {
        Values::OneOf(options) if are_words(options) => {
            options.iter().zip(1..).map(|(option, number)| (option.value.to_string(), number)).collect()
        }
        _ => Vec::new(),
    };
    let reasons = reasons.iter().map(|(code, word, _)| ((*word).to_owned(), *code));
    text.push_str(&format!("RECODE {raw}\n"));
    for (word, code) in words.iter().cloned().chain(reasons) {
        text.push_str(&format!("  ({}={code})\n", quoted(&word, LONGEST_VALUE_LABEL)));
    }
    if words.is_empty() {
        text.push_str("  (CONVERT)\n");
    }
    text.push_str(&format!("  INTO {}.\n", variable.name));
}

fn label(text: &mut String, variables: &[Variable<'_>], reasons: impl Fn(&Column) -> Vec<(i64, &'static str)>) {
    text.push_str("VARIABLE LABELS\n");
    for (variable, start) in variables.iter().zip(starts()) {
        let column = variable.column;
        let label = match (column.question.is_empty(), column.label.is_empty()) {
            (true, _) => column.label.clone(),
            (false, true) => column.question.clone(),
            // The options of one question differ by their label only.
            (false, false) => format!("{} - {}", column.question, column.label),
        };
        text.push_str(&format!("  {start}{}\n    {}\n", variable.name, quoted(&label, LONGEST_LABEL)));
    }
    text.push_str("  .\n");
    let mut values = String::new();
    let mut starts = starts();
    for variable in variables {
        let recoded = variable.raw.is_some();
        let mut labels: Vec<(String, String)> = match &variable.column.values {
            Values::OneOf(options) => options.iter().zip(1..).map(|(option, at)| value(option, at, recoded)).collect(),
            Values::AnyOf(_) | Values::Whole { .. } | Values::Decimal { .. } | Values::Id => Vec::new(),
        };
        labels.extend(reasons(variable.column).into_iter().map(|(code, means)| (code.to_string(), means.to_owned())));
        if labels.is_empty() {
            continue;
        }
        values.push_str(&format!("  {}{}\n", starts.next().unwrap_or_default(), variable.name));
        for (value, label) in labels {
            values.push_str(&format!("    {value} {}\n", quoted(&label, LONGEST_VALUE_LABEL)));
        }
    }
    if !values.is_empty() {
        text.push_str(&format!("VALUE LABELS\n{values}  .\n"));
    }
}

/// What stands before a variable: nothing before the first one, a slash before each other one.
fn starts() -> impl Iterator<Item = &'static str> {
    std::iter::once("").chain(std::iter::repeat("/"))
}

/// A value as it is written, and its label.
fn value(option: &ResponseOption, at: i64, recoded: bool) -> (String, String) {
    match &option.value {
        OptionValue::Number(number) => (number.to_string(), option.label.clone()),
        OptionValue::Word(word) if recoded => (at.to_string(), format!("{word}: {}", option.label)),
        OptionValue::Word(word) => (quoted(word, LONGEST_VALUE_LABEL), option.label.clone()),
    }
}

/// A text between quotes; a quote in it stands twice.
fn quoted(text: &str, most: usize) -> String {
    format!("'{}'", cut(&one_line(text), most).replace('\'', "''"))
}

/// The start of a text, at most so many bytes of it.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// A comment ends with the period at the end of its line.
fn comment(text: &mut String, words: &str) {
    let words = one_line(words);
    text.push_str(&format!("* {}.\n", cut(&words, LONGEST_LABEL).trim_end_matches('.')));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(columns: &[&str]) -> Vec<String> {
        let column = |name: &&str| Column::new(*name, "", Values::Id);
        let codebook = Codebook {
            id: String::new(),
            title: String::new(),
            version: String::new(),
            file: "survey.csv",
            about: Vec::new(),
            notes: Vec::new(),
            columns: columns.iter().map(column).collect(),
        };
        variables(&codebook).into_iter().map(|variable| variable.name).collect()
    }

    #[test]
    fn every_name_is_one_that_spss_takes_and_its_own() {
        assert_eq!(named(&["a", "A", "to", "_x", "v_to"]), ["a", "A_2", "v_to", "v__x", "v_to_2"]);
        let long = "x".repeat(80);
        let names = named(&[&long, &long, &long]);
        assert!(names.iter().all(|name| name.len() <= LONGEST_NAME), "{names:?}");
        assert_ne!(names[1], names[2]);
    }

    #[test]
    fn a_text_is_quoted_and_cut_between_letters() {
        assert_eq!(quoted("don't\nsay \"x\"", 100), "'don''t say \"x\"'");
        assert_eq!(quoted("äöü", 3), "'ä'");
    }
}
