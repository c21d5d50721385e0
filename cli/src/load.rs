//! From the names somebody typed to a loaded ruleset and its questionnaire.

use std::path::Path;
use std::sync::Arc;

use bearings_engine::diagnostic::{Code, Diagnostic, SourceFile};
use bearings_engine::questionnaire::{Form, Questionnaire, ROLE_ITEM, Role};
use bearings_engine::{LoadOptions, Ruleset, forms_of, header_of, load};

use crate::args::{Common, RulesArgs, Setting};
use crate::builtin;
use crate::definition::{Revision, questionnaire_file, ruleset_files};
use crate::exit::{Failure, Report};
use crate::render::{self, Context};

/// The files of a ruleset and the questionnaire it is for, read but not yet compiled.
pub(crate) struct Definition {
    pub(crate) questionnaire: Arc<Questionnaire>,
    pub(crate) files: Vec<SourceFile>,
}

impl Definition {
    /// Reads a ruleset (a built-in id or a path) and the questionnaire that it names, or the one that is given.
    ///
    /// # Errors
    /// A file cannot be read, or the questionnaire has problems.
    pub(crate) fn read(ruleset: &str, questionnaire: Option<&str>) -> Result<Self, Failure> {
        let files = ruleset_files(ruleset)?;
        // A copy of a built-in ruleset is easily given its name; then the copy must be named as a path.
        if builtin::ruleset(ruleset).is_some() && Path::new(ruleset).exists() {
            render::to_stderr(&format!("note: `{ruleset}` is the built-in one; the one here is `./{ruleset}`\n"));
        }
        Self::of(files, questionnaire, || beside(ruleset).map(|own| questionnaire_file(&own)).transpose())
    }

    /// The same, where the ruleset may also be one of a revision: `REV:PATH`.
    ///
    /// # Errors
    /// As [`Definition::read`]; and there is no such revision or path.
    pub(crate) fn read_revision(ruleset: &str, questionnaire: Option<&str>) -> Result<Self, Failure> {
        match Revision::named(ruleset) {
            Some(revision) => Self::of(revision.ruleset_files()?, questionnaire, || revision.questionnaire()),
            None => Self::read(ruleset, questionnaire),
        }
    }

    /// Files and their questionnaire; `own` looks for one that the ruleset brings along.
    fn of(
        files: Vec<SourceFile>,
        questionnaire: Option<&str>,
        own: impl FnOnce() -> Result<Option<SourceFile>, Failure>,
    ) -> Result<Self, Failure> {
        let named = header_of(&files).map(|(_, questionnaire)| questionnaire);
        let source = match (questionnaire, &named) {
            (Some(given), _) => questionnaire_file(given)?,
            (None, Some(named)) => match questionnaire_file(named) {
                Ok(known) => known,
                // A ruleset of one's own may bring its questionnaire along.
                Err(unknown) => own()?.ok_or(unknown)?,
            },
            // Without a readable header loading will say what is wrong; any questionnaire serves until then.
            (None, None) => questionnaire_file(crate::args::DEFAULT_RULESET)?,
        };
        let questionnaire =
            Questionnaire::load(&source).map_err(|error| Failure::Definition(Report::load(error, vec![source])))?;
        Ok(Self { questionnaire: Arc::new(questionnaire), files })
    }

    /// The same for the arguments that `score` and `explain` share.
    ///
    /// # Errors
    /// As [`Definition::read`].
    pub(crate) fn from_args(rules: &RulesArgs) -> Result<Self, Failure> {
        Self::read(&rules.ruleset, rules.questionnaire.as_deref())
    }

    /// Compiles the ruleset. Beside it come the warnings.
    ///
    /// # Errors
    /// The problems of its files.
    pub(crate) fn compile(&self, options: &LoadOptions) -> Result<(Ruleset, Vec<Diagnostic>), Failure> {
        load(&self.files, &self.questionnaire, options).map_err(|mut error| {
            let wrong = error.0.iter_mut().filter(|problem| problem.code == Code::WrongQuestionnaire);
            wrong.for_each(|problem| self.right_ruleset(problem));
            Failure::Definition(Report::load(error, self.files.clone()))
        })
    }

    /// Who named a questionnaire most likely lacks the ruleset that goes with it.
    fn right_ruleset(&self, problem: &mut Diagnostic) {
        let id = &self.questionnaire.id;
        if builtin::ruleset(id).is_some() {
            problem.hints = vec![format!("choose the ruleset with --ruleset {id}")];
        }
    }

    /// Compiles some variants and prints the warnings once.
    ///
    /// # Errors
    /// The problems of its files.
    pub(crate) fn ready(
        &self,
        settings: &[Setting],
        variants: Vec<(Role, Form)>,
        common: &Common,
    ) -> Result<Ruleset, Failure> {
        let set = settings.iter().map(|setting| (setting.name.clone(), setting.value.clone())).collect();
        let (ruleset, warnings) = self.compile(&LoadOptions { set, variants, ..LoadOptions::all() })?;
        if !warnings.is_empty() && !common.quiet {
            let text = render::diagnostics(&warnings, &self.files, Context::SourceLines, common.error_format);
            render::to_stderr(&text);
        }
        Ok(ruleset)
    }
}

/// The `questionnaire.json` in a ruleset's folder, if there is one.
fn beside(ruleset: &str) -> Option<String> {
    let path = Path::new(ruleset).join("questionnaire.json");
    path.is_file().then(|| path.to_string_lossy().into_owned())
}

/// The roles and forms of a questionnaire other than this one, in words; empty if there are none.
pub(crate) fn not_looked_at(questionnaire: &Questionnaire, role: Role, form: Form) -> String {
    let roles = if questionnaire.slot(ROLE_ITEM).is_some() { vec![Role::Hurt, Role::Broke] } else { vec![role] };
    let all = roles.into_iter().flat_map(|role| forms_of(questionnaire).into_iter().map(move |form| (role, form)));
    let others = all.filter(|other| *other != (role, form));
    let others: Vec<String> = others.map(|(role, form)| format!("{} {}", role.as_str(), form.as_str())).collect();
    match others.is_empty() {
        true => String::new(),
        false => format!("Not looked at: {} (--role, --form)\n", others.join(", ")),
    }
}

/// The variants that a survey or sheet of this form can need.
pub(crate) fn variants(form: Form) -> Vec<(Role, Form)> {
    vec![(Role::Hurt, form), (Role::Broke, form)]
}
