//! Values that are more than a word: `NAME=VALUE`, `Q{n}`, roles and forms.

use std::fmt;
use std::str::FromStr;

use bearings_engine::questionnaire::{Bond, Form, Role};
use clap::ValueEnum;

/// `NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The parameter.
    pub(crate) name: String,
    /// Its value, as typed.
    pub(crate) value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                Ok(Self { name: name.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err("write NAME=VALUE, for example window_weeks=8".to_owned()),
        }
    }
}

/// `I/N`: one of so many parts of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Which one, from 1.
    pub(crate) number: u64,
    /// How many there are.
    pub(crate) of: u64,
}

impl Shard {
    /// Where it starts and ends in a file of so many bytes.
    pub(crate) fn of(self, length: u64) -> (u64, u64) {
        let at = |number: u64| (u128::from(length) * u128::from(number) / u128::from(self.of)) as u64;
        (at(self.number - 1), if self.number == self.of { u64::MAX } else { at(self.number) })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err("write I/N, for example 2/3 for the second of three parts".to_owned()),
        }
    }
}

/// How numbered columns are named: what stands before and after the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnPattern {
    before: String,
    after: String,
}

impl ColumnPattern {
    /// The number of the column with this name, from 1; none if it does not fit the pattern. What no machine can count
    /// to is as high as one can.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        let digits = name.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())?;
        // `parse` would accept "+1".
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse().unwrap_or(usize::MAX))
    }
}

impl ColumnPattern {
    /// The name that fits, if this one differs from it by upper and lower case only.
    pub(crate) fn in_its_case(&self, name: &str) -> Option<String> {
        let lower = Self { before: self.before.to_lowercase(), after: self.after.to_lowercase() };
        let number = lower.number(&name.to_lowercase()).filter(|_| self.number(name).is_none())?;
        Some(format!("{}{number}{}", self.before, self.after))
    }
}

impl FromStr for ColumnPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("{n}") {
            Some((before, after)) if !after.contains("{n}") => {
                Ok(Self { before: before.to_owned(), after: after.to_owned() })
            }
            _ => Err("write {n} once where the number of the question stands, for example 'Q{n}'".to_owned()),
        }
    }
}

/// As whom people answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleArg {
    /// Their trust was broken.
    Hurt,
    /// They broke trust.
    Broke,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Hurt => Role::Hurt,
            RoleArg::Broke => Role::Broke,
        }
    }
}

/// As whom one person answers, who may be on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OwnRoleArg {
    /// Their trust was broken.
    Hurt,
    /// They broke trust.
    Broke,
    /// Some of each.
    Both,
}

impl From<OwnRoleArg> for Role {
    fn from(role: OwnRoleArg) -> Self {
        match role {
            OwnRoleArg::Hurt => Role::Hurt,
            OwnRoleArg::Broke => Role::Broke,
            OwnRoleArg::Both => Role::Both,
        }
    }
}

/// Whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BondArg {
    // Not doc comments: these words need no explaining in the help text.
    Partner,
    Friend,
    Family,
}

impl From<BondArg> for Bond {
    fn from(bond: BondArg) -> Self {
        match bond {
            BondArg::Partner => Bond::Partner,
            BondArg::Friend => Bond::Friend,
            BondArg::Family => Bond::Family,
        }
    }
}

/// How long the questionnaire is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormArg {
    /// The core items.
    Short,
    /// All items.
    Full,
}

impl From<FormArg> for Form {
    fn from(form: FormArg) -> Self {
        match form {
            FormArg::Short => Form::Short,
            FormArg::Full => Form::Full,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_finds_the_number() {
        let pattern: ColumnPattern = "Q{n}_1".parse().unwrap();
        assert_eq!(pattern.number("Q12_1"), Some(12));
        for other in ["Q_1", "Q12", "q12_1", "Q+1_1", "Q1x_1"] {
            assert_eq!(pattern.number(other), None, "{other}");
        }
        assert_eq!(pattern.number("Q99999999999999999999999_1"), Some(usize::MAX));
        assert!("Q".parse::<ColumnPattern>().is_err());
        assert!("{n}{n}".parse::<ColumnPattern>().is_err());
    }

    #[test]
    fn a_setting_has_a_name_and_a_value() {
        assert_eq!("a = 1".parse(), Ok(Setting { name: "a".into(), value: "1".into() }));
        assert!("a".parse::<Setting>().is_err());
        assert!("=1".parse::<Setting>().is_err());
    }
}
