//! `bearings export`: a questionnaire as a form that people fill in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bearings_engine::diagnostic::{Diagnostic, SourceFile};
use bearings_engine::questionnaire::Questionnaire;

use crate::args::{Common, ExportArgs, ExportFormat};
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
    let audience =
        Audience { form: args.form.into(), role: args.role.into(), bond: args.bond.map(std::convert::Into::into) };
    let sheet = Sheet::new(&questionnaire, audience);
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
