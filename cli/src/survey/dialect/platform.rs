//! The platforms whose exports are recognised, and what they write beside the answers.
//!
//! Sources: qualtRics (`inst/extdata`) and Qualtrics' "Understanding Your Dataset" for Qualtrics; the export classes of
//! LimeSurvey (`CsvWriter`, `Writer`, `SurveyObj`); the test projects of REDCapR; public Google Forms files; ODK
//! Central's and Briefcase's documentation of their export format; jsPsych's `survey-likert`.

use serde::{Deserialize, Serialize};

use super::Sampled;
use crate::exit::{Failure, Report};

/// Who wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Platform {
    /// Qualtrics: names, questions and import ids above the rows.
    Qualtrics,
    /// Qualtrics' old export: `V1` to `V10` and the questions above the rows.
    QualtricsLegacy,
    /// LimeSurvey.
    Limesurvey,
    /// REDCap.
    Redcap,
    /// Google Forms: columns named by whole questions.
    GoogleForms,
    /// ODK Central and Briefcase.
    Odk,
    /// None of these.
    Plain,
}

/// What was found out, and by what.
pub(super) struct Found {
    pub(super) platform: Platform,
    pub(super) header_rows: usize,
    pub(super) why: String,
}

/// Why a column of a platform holds no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aside {
    /// About the response: when, from where, by whom.
    Response,
    /// How long something took.
    Timing,
    /// In which order things were shown.
    Order,
    /// What somebody wrote in their own words.
    Text,
    /// Whether a form was finished.
    Status,
    /// Which event, instrument or instance a row belongs to.
    Event,
    /// What the platform made of the answers.
    Derived,
}

impl Aside {
    /// In words, as part of a list.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Aside::Response => "about the response",
            Aside::Timing => "timing",
            Aside::Order => "display order",
            Aside::Text => "free text",
            Aside::Status => "status of a form",
            Aside::Event => "event or instance",
            Aside::Derived => "made by the platform",
        }
    }
}

/// Rows that may not be meant to count. They are counted and kept: whether they belong into a study is for the study to
/// say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Written while the survey was tried out.
    Preview,
    /// Not finished or not sent in.
    Unfinished,
}

/// The columns of Qualtrics about a response; the first of them stand in every export.
const QUALTRICS: [&str; 17] = [
    "StartDate",
    "EndDate",
    "Status",
    "IPAddress",
    "Progress",
    "Duration (in seconds)",
    "Finished",
    "RecordedDate",
    "ResponseId",
    "RecipientLastName",
    "RecipientFirstName",
    "RecipientEmail",
    "ExternalReference",
    "LocationLatitude",
    "LocationLongitude",
    "DistributionChannel",
    "UserLanguage",
];
/// LimeSurvey's columns about a response, by code and in English.
const LIMESURVEY: [&str; 16] = [
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "seed",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
    "Response ID",
    "Date submitted",
    "Last page",
    "Start language",
    "Seed",
    "Date started",
    "Date last action",
];
const ODK: [&str; 6] = ["SubmissionDate", "KEY", "instanceID", "SubmitterID", "SubmitterName", "FormVersion"];

impl Platform {
    /// Its name.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Platform::Qualtrics => "Qualtrics",
            Platform::QualtricsLegacy => "Qualtrics (old form)",
            Platform::Limesurvey => "LimeSurvey",
            Platform::Redcap => "REDCap",
            Platform::GoogleForms => "Google Forms",
            Platform::Odk => "ODK",
            Platform::Plain => "no known platform",
        }
    }

    /// The column with the respondent's id, if the platform always writes one; `question` is what its second row says.
    pub(crate) fn is_id(self, column: usize, name: &str, question: Option<&str>) -> bool {
        match self {
            Platform::Qualtrics => name == "ResponseId",
            Platform::QualtricsLegacy => question == Some("ResponseID"),
            Platform::Limesurvey => name == "id" || name == "Response ID",
            // Whatever it is called, REDCap writes the id of a record first.
            Platform::Redcap => column == 0,
            Platform::Odk => name == "KEY",
            Platform::GoogleForms | Platform::Plain => false,
        }
    }

    /// Why a column holds no answer, if that is known.
    pub(crate) fn aside(self, name: &str, question: Option<&str>, import_id: Option<&str>) -> Option<Aside> {
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        match self {
            Platform::Qualtrics | Platform::QualtricsLegacy => {
                let is_legacy = self == Platform::QualtricsLegacy && is_legacy_name(name);
                if QUALTRICS.contains(&name) || is_legacy || starts(&["Q_", "Location"]) {
                    Some(Aside::Response)
                } else if ends(&["_TEXT"]) || import_id.is_some_and(|id| id.ends_with("_TEXT")) {
                    Some(Aside::Text)
                } else if ends(&["_DO"]) || name.contains("_DO_") {
                    Some(Aside::Order)
                } else if ends(&["_First Click", "_Last Click", "_Page Submit", "_Click Count"]) {
                    Some(Aside::Timing)
                } else if ends(&[" - Topics", " - Parent Topics", " - Sentiment"]) || is_score(name, question) {
                    Some(Aside::Derived)
                } else {
                    None
                }
            }
            Platform::Limesurvey => {
                let code = limesurvey_code(name).unwrap_or(name);
                if LIMESURVEY.contains(&code) {
                    Some(Aside::Response)
                } else if starts(&["Total time", "Group time", "Question time", "interviewtime", "groupTime"])
                    || (ends(&["Time"]) && !name.contains(' '))
                {
                    Some(Aside::Timing)
                } else if ends(&["[other]", "[Other]", "[comment]", "[Comment]"]) {
                    Some(Aside::Text)
                } else if starts(&["filecount - "]) || ends(&["[filecount]"]) {
                    Some(Aside::Derived)
                } else {
                    None
                }
            }
            Platform::Redcap => {
                if starts(&["redcap_event", "redcap_repeat"]) {
                    Some(Aside::Event)
                } else if ends(&["_complete"]) {
                    Some(Aside::Status)
                } else if starts(&["redcap_"]) || ends(&["_timestamp"]) {
                    Some(Aside::Response)
                } else {
                    None
                }
            }
            Platform::GoogleForms => {
                ["Timestamp", "Email Address", "Username", "Score"].contains(&name).then_some(Aside::Response)
            }
            Platform::Odk => (ODK.contains(&name) || starts(&["meta-", "meta/", "__"])).then_some(Aside::Response),
            Platform::Plain => None,
        }
    }

    /// What a column says about rows, and whether a cell of it says so.
    pub(crate) fn mark(self, name: &str, question: Option<&str>) -> Option<Mark> {
        match self {
            Platform::Qualtrics | Platform::QualtricsLegacy => {
                let called = if self == Platform::Qualtrics { name } else { question.unwrap_or(name) };
                match called {
                    "Status" => Some(Mark::Preview),
                    "Finished" => Some(Mark::Unfinished),
                    _ => None,
                }
            }
            Platform::Limesurvey => match limesurvey_code(name).unwrap_or(name) {
                "submitdate" | "Date submitted" => Some(Mark::Unfinished),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a cell of such a column marks its row.
    pub(crate) fn is_marked(self, mark: Mark, cell: &[u8]) -> bool {
        let cell = cell.trim_ascii();
        match (self, mark) {
            (Platform::Limesurvey, Mark::Unfinished) => cell.is_empty(),
            (_, Mark::Unfinished) => cell == b"0" || cell.eq_ignore_ascii_case(b"false"),
            (_, Mark::Preview) => [b"1".as_slice(), b"2", b"Survey Preview", b"Survey Test"].contains(&cell),
        }
    }

    /// What separates the ticked options in one cell, where the platform always writes the same.
    pub(crate) fn ticked_by(self) -> Option<&'static str> {
        match self {
            Platform::Qualtrics | Platform::QualtricsLegacy => Some(","),
            // ODK's `select_multiple`: names without spaces, between spaces.
            Platform::Odk => Some(" "),
            _ => None,
        }
    }

    /// The names by which a column may be that of an item, beside its own.
    pub(crate) fn other_name(self, name: &str) -> Option<String> {
        match self {
            Platform::Limesurvey => {
                let code = limesurvey_code(name).unwrap_or(name);
                Some(code.strip_suffix(']').map_or(code.to_owned(), |code| code.replace('[', ".")))
            }
            _ => None,
        }
    }
}

fn is_legacy_name(name: &str) -> bool {
    name.strip_prefix('V').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A score that Qualtrics itself adds up, such as `SC0`.
fn is_score(name: &str, question: Option<&str>) -> bool {
    let digits = name.strip_prefix("SC").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && question != Some(name)
}

/// The code in a name such as `likert[SQ1]. How often ...`.
fn limesurvey_code(name: &str) -> Option<&str> {
    let (code, _) = name.split_once(". ").or_else(|| name.strip_suffix('.').map(|code| (code, "")))?;
    let (question, sub) = code.split_once('[').map_or((code, None), |(question, sub)| (question, Some(sub)));
    let is_code = question.starts_with(|c: char| c.is_ascii_alphabetic())
        && question.chars().all(|c| c.is_ascii_alphanumeric())
        && sub.is_none_or(|sub| sub.ends_with(']') && !sub.contains(' '));
    is_code.then_some(code)
}

/// The import id in a cell of Qualtrics' third row; empty if it has none.
pub(super) fn import_id(cell: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(cell) else { return String::new() };
    let text = |field: &str| value.get(field).and_then(serde_json::Value::as_str);
    match (text("ImportId"), text("choiceId")) {
        (Some(id), Some(choice)) if !id.ends_with(&format!("_{choice}")) => format!("{id}_{choice}"),
        (Some(id), _) => id.to_owned(),
        (None, _) => String::new(),
    }
}

/// Finds the platform by what only it writes.
pub(super) fn recognise(records: &[Sampled]) -> Found {
    let found = |platform, header_rows, why: &str| Found { platform, header_rows, why: why.to_owned() };
    let row = |at: usize| -> Vec<&str> {
        let record = records.get(at).map(|record| &record.cells);
        record.into_iter().flatten().map(|cell| std::str::from_utf8(cell).unwrap_or_default().trim()).collect()
    };
    let (names, second) = (row(0), row(1));
    let is_id = |cell: &[u8]| cell.is_empty() || !import_id(cell).is_empty();
    if records
        .get(2)
        .is_some_and(|record| record.cells.iter().any(|cell| !cell.is_empty()) && record.cells.iter().all(is_id))
    {
        return found(Platform::Qualtrics, 3, "row 3 holds import ids");
    }
    let has = |name: &str| names.contains(&name);
    if ["V1", "V2", "V10"].into_iter().all(has) && second.contains(&"ResponseID") {
        return found(Platform::QualtricsLegacy, 2, "its first columns are V1 to V10 and row 2 has a ResponseID");
    }
    if QUALTRICS.iter().take(9).filter(|name| has(name)).count() >= 6 && has("ResponseId") {
        return found(
            Platform::Qualtrics,
            1,
            "it has Qualtrics' columns; the rows with questions and ids were removed",
        );
    }
    let codes = ["submitdate", "lastpage", "startlanguage"].into_iter().filter(|name| has(name)).count();
    let words = ["Date submitted", "Last page", "Start language"].into_iter().filter(|name| has(name)).count();
    if codes == 3 || words == 3 {
        return found(Platform::Limesurvey, 1, "it has the columns for submission date, last page and start language");
    }
    let coded = names.iter().filter(|name| limesurvey_code(name).is_some()).count();
    if coded >= 3 && coded * 2 > names.len() {
        return found(Platform::Limesurvey, 1, "its columns are named by code and question");
    }
    let is_redcap = |name: &&&str| name.starts_with("redcap_event_name") || name.starts_with("redcap_repeat_");
    let is_status = |(at, name): (usize, &&str)| {
        let is_code = |cell: &[u8]| matches!(cell, b"" | b"0" | b"1" | b"2");
        name.ends_with("_complete")
            && records.iter().skip(1).all(|record| record.cells.get(at).is_none_or(is_code))
            && records.len() > 1
    };
    let lower =
        names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
    if lower && (names.iter().any(|name| is_redcap(&name)) || names.iter().enumerate().any(is_status)) {
        return found(Platform::Redcap, 1, "it has REDCap's columns for events or for the status of forms");
    }
    if has("SubmissionDate") && (has("KEY") || has("instanceID")) {
        return found(Platform::Odk, 1, "it has the columns SubmissionDate and KEY");
    }
    let stamped = records.get(1).and_then(|record| record.cells.get(0)).is_some_and(is_time_stamp);
    if names.first() == Some(&"Timestamp") && stamped {
        return found(Platform::GoogleForms, 1, "its first column is a Timestamp");
    }
    found(Platform::Plain, 1, "")
}

/// `2026/06/14 10:10:09 AM GMT+1`, or in another order.
fn is_time_stamp(cell: &[u8]) -> bool {
    let mut parts = cell.split(|byte| *byte == b' ');
    let split = |part: Option<&[u8]>, at: u8| -> usize { part.map_or(0, |p| p.split(|b| *b == at).count()) };
    let date = parts.next();
    (split(date, b'/') == 3 || split(date, b'-') == 3 || split(date, b'.') == 3) && split(parts.next(), b':') >= 2
}

/// Files with several rows a respondent, or none.
pub(super) fn refuse_other_shapes(names: &[String], file: &str) -> Result<(), Failure> {
    let has = |name: &str| names.iter().any(|known| known == name);
    if !(has("trial_type") && has("trial_index")) {
        return Ok(());
    }
    let report = Report::message(format!("{file}:1: this is a jsPsych file, which has one row for each trial"));
    Err(Failure::Responses(report.hint(
        "make one row a person of it, with a column for each item: the answers stand as JSON in `response`, counted \
         from 0 (--recorded-as position)",
    )))
}
