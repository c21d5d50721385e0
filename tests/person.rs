//! A person at the interview: what they answer, which questions they must meet in which order, and what they type.
//!
//! The order is worked out here a second time, from the words of the questionnaire file alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::support::{read, root};

/// The questionnaire that most tests ask.
pub(crate) fn trust_repair() -> Value {
    serde_json::from_str(&read("questionnaires/trust-repair.json")).unwrap()
}

/// Somebody with answers; what is not among them is skipped.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) questionnaire: Value,
    pub(crate) form: String,
    pub(crate) answers: Map<String, Value>,
    pub(crate) missing: Map<String, Value>,
    /// What is said on the command line and so is not asked.
    pub(crate) given: Vec<&'static str>,
}

/// A question that is asked, and the line that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) line: String,
}

impl Person {
    /// The person of a case that stands beside the rules.
    pub(crate) fn case(name: &str) -> Self {
        let case: Value = serde_json::from_str(&read(format!("rulesets/trust-repair/cases/{name}.json"))).unwrap();
        let map = |field: &str| case[field].as_object().cloned().unwrap_or_default();
        Self {
            questionnaire: trust_repair(),
            form: case["form"].as_str().unwrap().to_owned(),
            answers: map("answers"),
            missing: map("missing"),
            given: Vec::new(),
        }
    }

    /// All of them.
    pub(crate) fn cases() -> Vec<(String, Self)> {
        let files = std::fs::read_dir(root().join("rulesets/trust-repair/cases")).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().to_string_lossy().replace(".json", "")).collect();
        names.sort();
        names.into_iter().map(|name| (name.clone(), Self::case(&name))).collect()
    }

    /// The same person with another answer.
    pub(crate) fn with(mut self, id: &str, value: impl Into<Value>) -> Self {
        self.missing.remove(id);
        self.answers.insert(id.to_owned(), value.into());
        self
    }

    /// The same person without an answer.
    pub(crate) fn without(mut self, id: &str, reason: &str) -> Self {
        self.answers.remove(id);
        self.missing.insert(id.to_owned(), reason.into());
        self
    }

    /// The questions in the order in which they are asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked_after(&[])
    }

    /// The questions that are still asked after others were, for example in the short form.
    pub(crate) fn asked_after(&self, before: &[Asked]) -> Vec<Asked> {
        let mut order: Vec<&Value> = self.questionnaire["items"].as_array().unwrap().iter().collect();
        order.sort_by_key(|item| match item["id"].as_str().unwrap() {
            "my_role" | "bond_kind" => 0,
            _ if item["block"] == true => 3,
            _ if item["context"] == true => 1,
            _ => 2,
        });
        let mut known: BTreeMap<&str, &Value> = order
            .iter()
            .map(|item| (item["id"].as_str().unwrap(), *item))
            .filter(|(id, _)| self.given.contains(id) || before.iter().any(|asked| asked.id == *id))
            .collect();
        let mut asked = Vec::new();
        loop {
            let open: Vec<&Value> = order
                .iter()
                .copied()
                .filter(|item| !known.contains_key(item["id"].as_str().unwrap()) && self.is_asked(item, &known))
                .collect();
            let opened = known.values().any(|item| self.opens(item, &known));
            let block = open.iter().find(|item| opened && item["block"] == true);
            let Some(item) = block.or(open.first()) else { return asked };
            let id = item["id"].as_str().unwrap();
            known.insert(id, item);
            asked.push(Asked { id: id.to_owned(), line: self.line(item) });
        }
    }

    /// What is typed at the questions, a line each.
    pub(crate) fn lines(&self) -> String {
        self.asked().iter().map(|asked| format!("{}\n", asked.line)).collect()
    }

    /// What is typed from the first prompt to showing the result.
    pub(crate) fn sitting(&self) -> String {
        format!("n\n{}y\n", self.lines())
    }

    /// What is typed until a question is asked, and not yet at it.
    #[track_caller]
    pub(crate) fn lines_before(&self, id: &str) -> String {
        let asked = self.asked();
        let at = asked.iter().position(|asked| asked.id == id).unwrap_or_else(|| panic!("`{id}` is not asked"));
        let lines: String = asked[..at].iter().map(|asked| format!("{}\n", asked.line)).collect();
        format!("n\n{lines}")
    }

    /// The same answers as a file: what was asked, and nothing else.
    pub(crate) fn answers_file(&self) -> String {
        let asked: BTreeSet<String> = self.asked().into_iter().map(|asked| asked.id).collect();
        let (mut answers, mut missing) = (Map::new(), Map::new());
        for item in self.questionnaire["items"].as_array().unwrap().iter().filter(|item| item["kind"] != "text") {
            let id = item["id"].as_str().unwrap();
            match self.answers.get(id) {
                _ if !asked.contains(id) && !self.given.contains(&id) => {
                    missing.insert(id.to_owned(), "not_shown".into())
                }
                Some(answer) => answers.insert(id.to_owned(), answer.clone()),
                None => missing.insert(id.to_owned(), self.reason(id).into()),
            };
        }
        let questionnaire = json!({"id": self.questionnaire["id"], "version": self.questionnaire["version"]});
        json!({"format": "bearings/answers@1", "questionnaire": questionnaire, "form": self.form, "answers": answers,
            "missing": missing, "safety": "answered"})
        .to_string()
    }

    /// The same answers as a survey of one respondent, 1.
    pub(crate) fn survey(&self) -> String {
        let (mut header, mut row) = (vec!["id".to_owned()], vec!["1".to_owned()]);
        for asked in self.asked() {
            match self.answers.get(&asked.id) {
                Some(Value::Array(ticked)) => {
                    for option in self.item(&asked.id)["options"].as_array().unwrap() {
                        header.push(format!("{}__{}", asked.id, option["value"].as_str().unwrap()));
                        row.push(u8::from(ticked.contains(&option["value"])).to_string());
                    }
                }
                Some(Value::String(word)) => {
                    header.push(asked.id);
                    row.push(word.clone());
                }
                Some(number) => {
                    header.push(asked.id);
                    row.push(number.to_string());
                }
                None => {
                    row.push(self.reason(&asked.id).to_owned());
                    header.push(asked.id);
                }
            }
        }
        format!("{}\n{}\n", header.join(","), row.join(","))
    }

    /// An item of the questionnaire.
    #[track_caller]
    pub(crate) fn item(&self, id: &str) -> &Value {
        let items = self.questionnaire["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no item `{id}`"))
    }

    /// Why an answer is missing. The interview does not offer "I do not know".
    fn reason(&self, id: &str) -> &str {
        match self.missing.get(id).and_then(Value::as_str) {
            Some(reason @ ("declined" | "not_applicable")) => reason,
            _ => "skipped",
        }
    }

    fn is_asked(&self, item: &Value, known: &BTreeMap<&str, &Value>) -> bool {
        let role = self.answers.get("my_role").filter(|_| known.contains_key("my_role"));
        let role = role.and_then(Value::as_str).unwrap_or("hurt");
        let says = |list: &Value, word: &str| list.as_array().is_none_or(|list| list.iter().any(|own| own == word));
        let is_for_role = role == "both" || says(&item["roles"], role);
        let minor = known.contains_key("under_18") && self.answers.get("under_18") == Some(&json!(1));
        let is_for_age = !minor || item["block"] == true || item["safety"]["tier"] == "crisis";
        let holds = item["asked_if"].is_null() || self.holds(&item["asked_if"], known) == Some(true);
        item["kind"] != "text" && is_for_role && says(&item["forms"], &self.form) && is_for_age && holds
    }

    /// Whether an answer brings the safety block.
    fn opens(&self, item: &Value, known: &BTreeMap<&str, &Value>) -> bool {
        let safety = &item["safety"];
        if item["block"] == true || safety.is_null() || safety["tier"] == "crisis" {
            return false;
        }
        let (op, value) = match safety["op"].as_str() {
            Some(op) => (op, safety["value"].clone()),
            None => ("==", json!(1)),
        };
        let id = item["id"].as_str().unwrap();
        let slots: Vec<String> = match (item["kind"].as_str(), item["options"].as_array()) {
            (Some("multi"), Some(options)) => {
                let watched = |option: &&Value| safety["option"].is_null() || safety["option"] == option["value"];
                let watched = options.iter().filter(watched);
                watched.map(|option| format!("{id}.{}", option["value"].as_str().unwrap())).collect()
            }
            _ => vec![id.to_owned()],
        };
        let own =
            slots.iter().any(|slot| self.holds(&json!({"item": slot, "op": op, "value": value}), known) == Some(true));
        let other = &safety["and"];
        let was_asked = |condition: &Value| known.contains_key(condition["item"].as_str().unwrap());
        own && (other.is_null() || was_asked(other) && self.holds(other, known) != Some(false))
    }

    /// Whether a condition holds; none while its item is not known.
    fn holds(&self, condition: &Value, known: &BTreeMap<&str, &Value>) -> Option<bool> {
        let slot = condition["item"].as_str().unwrap();
        let (id, option) = slot.split_once('.').map_or((slot, None), |(id, option)| (id, Some(option)));
        if !known.contains_key(id) {
            return Some(false);
        }
        let answer = match (self.answers.get(id), option) {
            (None, _) => return if self.reason(id) == "not_applicable" { Some(false) } else { None },
            (Some(ticked), Some(option)) => json!(u8::from(ticked.as_array().unwrap().contains(&json!(option)))),
            (Some(answer), None) => answer.clone(),
        };
        let order = answer.as_i64().zip(condition["value"].as_i64()).map(|(own, other)| own.cmp(&other));
        Some(match condition["op"].as_str().unwrap() {
            "==" => answer == condition["value"],
            "!=" => answer != condition["value"],
            "<=" => order.is_some_and(|order| order.is_le()),
            ">=" => order.is_some_and(|order| order.is_ge()),
            "<" => order.is_some_and(|order| order.is_lt()),
            ">" => order.is_some_and(|order| order.is_gt()),
            other => panic!("no operator `{other}`"),
        })
    }

    /// The line that answers an item.
    fn line(&self, item: &Value) -> String {
        let id = item["id"].as_str().unwrap();
        let Some(answer) = self.answers.get(id) else {
            return match self.reason(id) {
                "declined" => "r".to_owned(),
                "not_applicable" => "n".to_owned(),
                _ => "s".to_owned(),
            };
        };
        let options =
            item["options"].as_str().map_or(&item["options"], |list| &self.questionnaire["option_lists"][list]);
        let number = |value: &Value| {
            let at = options.as_array().unwrap().iter().position(|option| option["value"] == *value);
            (at.unwrap_or_else(|| panic!("{id} has no option {value}")) + 1).to_string()
        };
        match (item["kind"].as_str().unwrap(), answer) {
            ("number", number) => number.to_string(),
            ("multi", Value::Array(ticked)) if ticked.is_empty() => "0".to_owned(),
            ("multi", Value::Array(ticked)) => ticked.iter().map(number).collect::<Vec<_>>().join(" "),
            (_, value) => number(value),
        }
    }
}
