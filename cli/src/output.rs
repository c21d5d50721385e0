//! Where output goes: standard output, or a file that is whole or absent.

mod pending;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::exit::Failure;
use pending::Pending;

const BUFFER: usize = 1 << 16;

/// Somewhere to write to. What was written counts only after [`Output::finish`].
pub(crate) struct Output {
    name: String,
    target: Target,
}

enum Target {
    Stdout(BufWriter<Stdout>),
    /// Written beside its place and moved there in the end, so that a kill leaves no half file.
    Whole {
        temporary: BufWriter<NamedTempFile>,
        place: PathBuf,
        pending: Pending,
    },
    /// A pipe or device: it can only be written as it goes, and must never be replaced.
    Device(BufWriter<File>),
}

impl Output {
    /// Standard output for no path or `-`, else a file.
    ///
    /// # Errors
    /// The folder of the file is not there or may not be written to.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            let target = Target::Stdout(BufWriter::with_capacity(BUFFER, io::stdout()));
            return Ok(Self { name: "standard output".to_owned(), target });
        };
        let name = path.display().to_string();
        let target = open_file(path).map_err(|error| Failure::writing(&name, error))?;
        Ok(Self { name, target })
    }

    /// The failure for an error that writing here gave.
    pub(crate) fn failure(&self, error: io::Error) -> Failure {
        Failure::writing(&self.name, error)
    }

    /// Writes what is buffered and moves the file to its place.
    ///
    /// # Errors
    /// The disk is full, or the reader of standard output went away (a quiet success in the end).
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let name = self.name;
        finish(self.target).map_err(|error| Failure::writing(&name, error))
    }
}

fn open_file(path: &Path) -> io::Result<Target> {
    // Through a symbolic link, so that the link stays and what it names is replaced.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(&place).ok();
    if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if existing.as_ref().is_some_and(|found| !found.is_file()) {
        return Ok(Target::Device(BufWriter::with_capacity(BUFFER, File::create(&place)?)));
    }
    let temporary = NamedTempFile::with_prefix_in(".bearings-", parent(&place)?)?;
    // A new file is for its owner only, as scored answers should be; a replaced one keeps what it had.
    if let Some(found) = existing {
        fs::set_permissions(temporary.path(), found.permissions())?;
    }
    let pending = Pending::new(temporary.path())?;
    Ok(Target::Whole { temporary: BufWriter::with_capacity(BUFFER, temporary), place, pending })
}

fn finish(target: Target) -> io::Result<()> {
    match target {
        Target::Stdout(mut stdout) => stdout.flush(),
        Target::Device(mut device) => device.flush(),
        Target::Whole { temporary, place, pending } => {
            let temporary = temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
            // The name must not reach the disk before the bytes do.
            temporary.as_file().sync_all()?;
            temporary.persist(place)?;
            drop(pending);
            Ok(())
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Stdout(stdout) => stdout.write(bytes),
            Target::Whole { temporary, .. } => temporary.write(bytes),
            Target::Device(device) => device.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Stdout(stdout) => stdout.flush(),
            Target::Whole { temporary, .. } => temporary.flush(),
            Target::Device(device) => device.flush(),
        }
    }
}

/// Writes a folder that is not there yet with these files, `/` between the parts of their names: all of it or nothing.
///
/// # Errors
/// Something of that name is there already (a usage failure: nothing is written over), or it cannot be written.
pub(crate) fn new_folder(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Failure> {
    refuse_existing(folder)?;
    write_folder(folder, files).map_err(|error| Failure::writing(folder.display(), error))
}

fn write_folder(folder: &Path, files: &[(&str, Vec<u8>)]) -> io::Result<()> {
    let temporary = tempfile::Builder::new().prefix(".bearings-").tempdir_in(parent(folder)?)?;
    for (name, bytes) in files {
        let path = temporary.path().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    fs::rename(temporary.path(), folder)?;
    // It has another name now, and must not be cleared away.
    let _ = temporary.keep();
    Ok(())
}

/// Refuses a place at which no new file can be made, before any work is done.
///
/// # Errors
/// A usage failure if something is there or its folder is not; another one if the folder may not be written to.
pub(crate) fn refuse_unless_new(path: &Path) -> Result<(), Failure> {
    refuse_existing(path)?;
    let folder = folder_of(path);
    if !folder.is_dir() {
        let message = format!("there is no folder for `{}`; make it, or name another one", path.display());
        return Err(Failure::Usage(message));
    }
    // A file without a name tells whether the folder takes one, and is gone at once.
    tempfile::tempfile_in(folder).map(drop).map_err(|error| Failure::writing(path.display(), error))
}

/// Writes a new file, whole or not at all. It is for its owner only; what is there already stays.
///
/// # Errors
/// It could not be written, or something has that name by now.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let mut temporary = NamedTempFile::with_prefix_in(".bearings-", parent(path)?)?;
        temporary.write_all(bytes)?;
        // The name must not reach the disk before the bytes do.
        temporary.as_file().sync_all()?;
        temporary.persist_noclobber(path)?;
        Ok(())
    };
    write().map_err(|error| Failure::writing(path.display(), error))
}

/// A link that leads nowhere is something, too.
fn refuse_existing(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Ok(_) => {
            let message = format!("`{}` is there already and is not written over; name another place", path.display());
            Err(Failure::Usage(message))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::writing(path.display(), error)),
        Err(_) => Ok(()),
    }
}

/// The folder that something stands in, which must be there.
fn parent(path: &Path) -> io::Result<&Path> {
    let folder = folder_of(path);
    // Asked for itself, since the error of a temporary file would name that file.
    fs::metadata(folder)?;
    Ok(folder)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The error of the stream below a CSV writer; the writer itself makes none while rows may differ in length.
pub(crate) fn below_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::ErrorKind::InvalidInput.into(),
    }
}

/// The path of a file that belongs to an output: `beside("scored.csv", ".manifest.json")` is
/// `scored.csv.manifest.json`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Refuses an output that is one of the inputs: answers are never written over.
///
/// # Errors
/// A usage failure that names the file.
pub(crate) fn refuse_overwriting(output: &Path, inputs: &[PathBuf]) -> Result<(), Failure> {
    let Ok(target) = fs::canonicalize(output) else {
        return Ok(());
    };
    let is_file = fs::metadata(&target).is_ok_and(|found| found.is_file());
    if is_file && inputs.iter().any(|input| fs::canonicalize(input).is_ok_and(|input| input == target)) {
        return Err(Failure::Usage(format!("`{}` is an input; the output needs another name", output.display())));
    }
    Ok(())
}

/// Whether two paths name one file, which need not exist yet; `-` is standard output.
pub(crate) fn same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let inside = || Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?));
        fs::canonicalize(path).ok().or_else(inside).unwrap_or_else(|| path.to_owned())
    };
    one == other || (one != Path::new("-") && other != Path::new("-") && place(one) == place(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_absent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut output = Output::open(Some(&path)).unwrap();
        output.write_all(b"id\n").unwrap();
        output.flush().unwrap();
        assert!(!path.exists());
        drop(output);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let mut output = Output::open(Some(&path)).unwrap();
        output.write_all(b"id\n").unwrap();
        output.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"id\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_folder_is_whole_or_absent_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("own");
        let entries = || fs::read_dir(folder.path()).unwrap().count();
        // The second name needs a folder where the first one is a file.
        let clash = [("a", b"1".to_vec()), ("a/b", b"2".to_vec())];
        assert!(matches!(new_folder(&place, &clash), Err(Failure::Io { .. })));
        assert_eq!(entries(), 0);

        new_folder(&place, &[("a", b"1".to_vec()), ("b/c", b"2".to_vec())]).unwrap();
        assert_eq!((fs::read(place.join("b/c")).unwrap(), entries()), (b"2".to_vec(), 1));
        for again in [new_folder(&place, &[("a", Vec::new())]), refuse_unless_new(&place.join("a"))] {
            assert!(matches!(again, Err(Failure::Usage(_))));
        }
        assert_eq!(fs::read(place.join("a")).unwrap(), b"1");
        assert!(matches!(write_new(Path::new("/no/such/folder/a"), b""), Err(Failure::Io { .. })));
    }

    #[test]
    fn a_missing_folder_fails_before_any_work() {
        assert!(matches!(Output::open(Some(Path::new("/no/such/folder/out.csv"))), Err(Failure::Io { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn devices_links_and_permissions_stay_what_they_are() {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        let mut device = Output::open(Some(Path::new("/dev/null"))).unwrap();
        device.write_all(b"x").unwrap();
        device.finish().unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());

        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        let mut output = Output::open(Some(&link)).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_new_file_is_whole_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.json");
        refuse_unless_new(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        write_new(&path, b"one").unwrap();
        assert!(matches!(refuse_unless_new(&path), Err(Failure::Usage(_))));
        assert!(matches!(write_new(&path, b"two"), Err(Failure::Io { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(refuse_unless_new(&folder.path().join("no/answers.json")), Err(Failure::Usage(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_for_its_owner_and_a_link_that_leads_nowhere_is_in_the_way() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        write_new(&file, b"one").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        symlink(folder.path().join("nowhere"), &link).unwrap();
        assert!(matches!(refuse_unless_new(&link), Err(Failure::Usage(_))));
        assert!(write_new(&link, b"two").is_err());
    }

    #[test]
    fn an_input_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let survey = folder.path().join("survey.csv");
        fs::write(&survey, "").unwrap();
        assert!(refuse_overwriting(&folder.path().join("./survey.csv"), std::slice::from_ref(&survey)).is_err());
        assert!(refuse_overwriting(&folder.path().join("other.csv"), &[survey]).is_ok());
    }

    #[test]
    fn files_beside_an_output_carry_its_name() {
        assert_eq!(beside(Path::new("a/out.csv"), ".manifest.json"), Path::new("a/out.csv.manifest.json"));
    }
}
