//! `bearings test`: the cases beside the rules, and which rules they try both ways.

mod failure;
mod junit;
mod suite;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bearings_engine::{Case, CaseResult, Difference, Ruleset};

use crate::args::{Common, TestArgs};
use crate::builtin;
use crate::exit::{Failure, Report};
use crate::output::{Output, refuse_overwriting};
use crate::report::{tame, wrapped};
use suite::Suite;

/// The width of what is printed of a case.
const COLUMNS: usize = 80;

/// How often cases made a rule fire and not fire.
#[derive(Debug, Default)]
pub(super) struct Tried {
    fired: usize,
    not_fired: usize,
}

impl Tried {
    /// What no case did with it.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        match (self.fired, self.not_fired) {
            (0, 0) => Some("was never decided"),
            (0, _) => Some("never fired"),
            (_, 0) => Some("always fired"),
            _ => None,
        }
    }
}

/// Every rule of a ruleset, by id, before any case was run.
pub(super) fn untried(ruleset: &Ruleset) -> BTreeMap<String, Tried> {
    let rules = ruleset.variants().flat_map(|(_, variant)| &variant.rules);
    rules.map(|rule| (rule.id.clone(), Tried::default())).collect()
}

/// Adds what the rules did in one case.
pub(super) fn count(result: &CaseResult, tried: &mut BTreeMap<String, Tried>) {
    for (id, outcome) in &result.rules {
        let tried = tried.entry(id.clone()).or_default();
        match *outcome {
            "fired" => tried.fired += 1,
            "not_fired" => tried.not_fired += 1,
            _ => {}
        }
    }
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    /// It differs, as its `todo` says, or expects nothing yet.
    Todo,
    /// It has a `todo` and holds.
    PassesNow,
}

impl Verdict {
    fn of(case: &Case, differences: &[Difference]) -> Self {
        match (&case.todo, differences.is_empty()) {
            (None, true) => Verdict::Passed,
            (None, false) => Verdict::Failed,
            (Some(_), false) => Verdict::Todo,
            // Nobody has said yet what must come out, as in what `coverage --suggest` writes.
            (Some(_), true) if !case.expects_something() => Verdict::Todo,
            (Some(_), true) => Verdict::PassesNow,
        }
    }

    fn is_failure(self) -> bool {
        matches!(self, Verdict::Failed | Verdict::PassesNow)
    }
}

/// A case that was run.
struct Ran<'a> {
    case: &'a Case,
    verdict: Verdict,
    differences: Vec<Difference>,
    /// What is said of it; nothing of one that passed.
    text: String,
}

/// A ruleset whose cases were run.
struct Outcome<'a> {
    suite: &'a Suite,
    cases: Vec<Ran<'a>>,
    tried: BTreeMap<String, Tried>,
}

/// Runs the cases of the rulesets that were named, or of everything that is shipped.
///
/// # Errors
/// A ruleset or case that cannot be used; nothing is run then. A case that fails is no error: status 1.
pub(crate) fn run(args: &TestArgs, _: &Common) -> Result<ExitCode, Failure> {
    let names: Vec<String> = if args.rulesets.is_empty() {
        builtin::ruleset_ids().into_iter().map(str::to_owned).collect()
    } else {
        args.rulesets.clone()
    };
    let mut suites = suite::load_all(&names)?;
    let lacks_cases = suites.iter().any(|suite| suite.all == 0);
    let junit = args.junit.as_deref().map(|path| junit_file(path, &suites)).transpose()?;
    if let Some(pattern) = &args.run {
        suites = suite::only(suites, pattern)?;
    }
    let outcomes: Vec<Outcome<'_>> = suites.iter().map(outcome).collect::<Result<_, _>>()?;
    // Before the text: who reads the text may go away early, and the file must be there all the same.
    if let Some(mut output) = junit {
        output.write_all(junit::document(&outcomes).as_bytes()).map_err(|error| output.failure(error))?;
        output.finish()?;
    }
    let mut text: String = outcomes.iter().map(|outcome| outcome.text(args.run.is_none())).collect();
    text.push_str(&summary(&outcomes));
    let mut output = Output::open(None)?;
    output.write_all(text.as_bytes()).map_err(|error| output.failure(error))?;
    output.finish()?;
    let failed = outcomes.iter().flat_map(|outcome| &outcome.cases).any(|ran| ran.verdict.is_failure());
    Ok(ExitCode::from(u8::from(failed || (args.fail_on_empty && lacks_cases))))
}

fn junit_file(path: &Path, suites: &[Suite]) -> Result<Output, Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::Usage("--junit needs a file: on standard output stands the text".to_owned()));
    }
    let inputs: Vec<PathBuf> = suites.iter().flat_map(Suite::inputs).collect();
    refuse_overwriting(path, &inputs)?;
    Output::open(Some(path))
}

fn outcome(suite: &Suite) -> Result<Outcome<'_>, Failure> {
    let mut tried = untried(&suite.ruleset);
    let mut cases = Vec::new();
    let not_loaded = |missing: bearings_engine::NotLoaded| Failure::Definition(Report::message(missing.to_string()));
    for (file, case) in &suite.cases {
        let result = case.run(&suite.ruleset).map_err(not_loaded)?;
        count(&result, &mut tried);
        let differences = result.differences;
        let verdict = Verdict::of(case, &differences);
        let mut text = String::new();
        match verdict {
            Verdict::Passed => {}
            Verdict::Failed => {
                let trace = case.trace(&suite.ruleset).map_err(not_loaded)?;
                text.push_str(&failure::described(case));
                for difference in &differences {
                    text.push_str(&failure::traced(difference, suite, file, case, &trace));
                }
            }
            Verdict::Todo => {
                text.push_str(&failure::why_todo(case));
                differences.iter().for_each(|difference| text.push_str(&format!("    {difference}\n")));
            }
            Verdict::PassesNow => {
                text.push_str(&failure::why_todo(case));
                text.push_str("    passes now: take `todo` out of the file\n");
            }
        }
        cases.push(Ran { case, verdict, differences, text });
    }
    Ok(Outcome { suite, cases, tried })
}

impl Outcome<'_> {
    fn text(&self, whole: bool) -> String {
        let suite = self.suite;
        if suite.all == 0 {
            return format!("{}: no cases\n", suite.name);
        }
        let mut text = match whole {
            true => format!("{}: {}\n", suite.name, cases(suite.all)),
            false => format!("{}: {} of {}\n", suite.name, self.cases.len(), cases(suite.all)),
        };
        if whole {
            text.push_str(&tried_words(&self.tried));
        }
        for ran in &self.cases {
            let heading = match ran.verdict {
                Verdict::Passed => continue,
                Verdict::Failed | Verdict::PassesNow => "FAILED",
                Verdict::Todo => "todo",
            };
            text.push_str(&format!("  {heading} {}\n{}", tame(&ran.case.name), ran.text));
        }
        text
    }

    fn count(&self, wanted: impl Fn(Verdict) -> bool) -> usize {
        self.cases.iter().filter(|ran| wanted(ran.verdict)).count()
    }
}

/// Which rules the cases try both ways; nothing where there are no rules.
fn tried_words(tried: &BTreeMap<String, Tried>) -> String {
    if tried.is_empty() {
        return String::new();
    }
    let both = tried.values().filter(|tried| tried.lacks().is_none()).count();
    let mut text = format!("  {both} of {} rules fired in some case and not in another\n", tried.len());
    for (id, tried) in tried {
        if let Some(what) = tried.lacks() {
            text.push_str(&format!("  {id} {what} in the cases\n"));
        }
    }
    text
}

fn cases(count: usize) -> String {
    if count == 1 { "1 case".to_owned() } else { format!("{count} cases") }
}

fn summary(outcomes: &[Outcome<'_>]) -> String {
    let all = |wanted: fn(Verdict) -> bool| outcomes.iter().map(|outcome| outcome.count(wanted)).sum::<usize>();
    let mut text = format!("{} passed, {} failed", all(|verdict| verdict == Verdict::Passed), all(Verdict::is_failure));
    match all(|verdict| verdict == Verdict::Todo) {
        0 => {}
        todo => text.push_str(&format!(", {todo} todo")),
    }
    text.push('\n');
    text
}

/// A text in lines with this much room before each.
fn indented(text: &str, room: usize) -> String {
    wrapped(text, COLUMNS - room).iter().map(|line| format!("{:room$}{line}\n", "")).collect()
}
