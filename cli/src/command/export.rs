//! `bearings export`: a questionnaire as a form that people fill in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bearings_engine::batch_only;
use bearings_engine::diagnostic::{Diagnostic, SourceFile};
use bearings_engine::questionnaire::{Questionnaire, ROLE_ITEM, Role};

use crate::args::{Common, ExportArgs, ExportFormat};
use crate::builtin;
use crate::definition::questionnaire_file;
use crate::exit::{Failure, Report};
use crate::export::{ADVISED_NAME, Audience, Sheet, paper, redcap, xlsform};
use crate::output::{self, Output};
use crate::render;

/// Writes the form.
///
/// # Errors
/// The questionnaire cannot be used or fielded so, or the output cannot be written.
pub(crate) fn run(args: &ExportArgs, common: &Common) -> Result<ExitCode, Failure> {
    let source = questionnaire_file(&args.questionnaire)?;
    let questionnaire =
        Questionnaire::load(&source).map_err(|error| Failure::Definition(Report::load(error, vec![source.clone()])))?;
    let role: Option<Role> = args.role.map(Into::into);
    let audience = Audience {
        form: args.form.into(),
        role: role.unwrap_or(Role::Hurt),
        every_role: role.filter(|role| *role != Role::Both),
        bond: args.bond.map(Into::into),
    };
    let mut sheet = Sheet::new(&questionnaire, audience);
    let is_for_groups = builtin::ruleset(&questionnaire.id).is_some_and(|files| batch_only(&files).is_some());
    sheet.groups_only = is_for_groups.then(|| super::groups_only(&questionnaire.id));
    let to = args.output.as_deref();
    if let Some(path) = to {
        output::refuse_overwriting(path, &[PathBuf::from(&source.name)])?;
    }
    match args.to {
        ExportFormat::Paper => write(to, |output| output.write_all(paper(&sheet).as_bytes()))?,
        ExportFormat::Redcap => {
            let dictionary = redcap(&sheet, &source).map_err(|problems| refused(problems, &source))?;
            write(to, |output| dictionary.write(output))?;
            for name in &dictionary.long_names {
                render::note(
                    &format!("`{name}` is longer than the {ADVISED_NAME} letters that REDCap advises"),
                    common,
                );
            }
        }
        ExportFormat::Xlsform => {
            let sheets = xlsform(&sheet, &source).map_err(|problems| refused(problems, &source))?;
            let Some(folder) = to.filter(|folder| folder.as_os_str() != "-") else {
                return Err(Failure::Usage(
                    "an XLSForm is three files: name a folder for them with -o FOLDER".to_owned(),
                ));
            };
            output::new_folder(folder, &sheets)?;
        }
    }
    for (item, answer) in &sheet.settled {
        let how = match *item {
            ROLE_ITEM => format!("score with `--role {answer}`"),
            _ => format!("give the answers a column `{item}` that holds `{answer}` before you score them"),
        };
        render::note(&format!("`{item}` is not asked, since it is known: {how}"), common);
    }
    if let Some(groups_only) = &sheet.groups_only {
        render::note(groups_only, common);
    }
    if !sheet.left_out.is_empty() {
        let names: Vec<String> = sheet.left_out.iter().map(|id| format!("`{id}`")).collect();
        render::note(&format!("free text is not asked, since nothing scores it: {}", names.join(", ")), common);
    }
    Ok(ExitCode::SUCCESS)
}

fn write(to: Option<&Path>, form: impl FnOnce(&mut Output) -> std::io::Result<()>) -> Result<(), Failure> {
    let mut output = Output::open(to)?;
    form(&mut output).map_err(|error| output.failure(error))?;
    output.finish()
}

fn refused(problems: Vec<Diagnostic>, source: &SourceFile) -> Failure {
    Failure::Definition(Report::Diagnostics { problems, sources: vec![source.clone()] })
}
