//! The file of `--careless`: one line a respondent.

use std::io::Write;
use std::path::Path;

use bearings_engine::psychometrics::Careless;

use crate::exit::Failure;
use crate::output::{Output, below_csv};

/// The columns behind the id.
const COLUMNS: [&str; 4] = ["longest_run", "mean_run", "irv", "answered"];

/// The file in the making.
pub(super) struct CarelessFile {
    name: String,
    lines: csv::Writer<Output>,
    cell: Vec<u8>,
}

impl CarelessFile {
    /// Opens it and writes its header.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn open(path: &Path, id: &str) -> Result<Self, Failure> {
        let output = Output::open(Some(path))?;
        let terminator = csv::Terminator::Any(b'\n');
        let lines = csv::WriterBuilder::new().terminator(terminator).from_writer(output);
        let mut file = Self { name: path.display().to_string(), lines, cell: Vec::new() };
        let header = std::iter::once(id).chain(COLUMNS);
        file.lines.write_record(header).map_err(|error| Failure::writing(&file.name, below_csv(error)))?;
        Ok(file)
    }

    /// Writes the line of a respondent. What is undefined stays empty.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn add(&mut self, id: &[u8], signs: Careless) -> Result<(), Failure> {
        let cells = [
            (signs.answered > 0).then(|| signs.longest_run.to_string()),
            signs.mean_run.map(|mean| mean.to_string()),
            signs.variability.map(|variability| variability.to_string()),
            Some(signs.answered.to_string()),
        ];
        let failed = |error| Failure::writing(&self.name, below_csv(error));
        self.lines.write_field(id).map_err(failed)?;
        for cell in cells {
            self.cell.clear();
            self.cell.extend_from_slice(cell.as_deref().unwrap_or_default().as_bytes());
            self.lines.write_field(&self.cell).map_err(failed)?;
        }
        self.lines.write_record(None::<&[u8]>).map_err(failed)
    }

    /// Ends it: only now it is there.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.lines.flush().map_err(|error| Failure::writing(&self.name, error))?;
        match self.lines.into_inner() {
            Ok(mut output) => {
                output.flush().map_err(|error| output.failure(error))?;
                output.finish()
            }
            Err(error) => Err(Failure::writing(&self.name, error.into_error())),
        }
    }
}
