//! `REV:PATH`: a ruleset as it was in a revision of a git repository, read by running `git`. Nothing is written.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use bearings_engine::diagnostic::SourceFile;

use super::MAX_BYTES;
use crate::builtin;
use crate::exit::{Failure, Report};

/// A path in a revision, as typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Revision<'a> {
    name: &'a str,
    revision: &'a str,
    path: &'a str,
}

/// A file or folder of a revision, as git lists it.
struct Entry {
    is_file: bool,
    object: String,
    name: String,
}

impl<'a> Revision<'a> {
    /// `main:rulesets/trust-repair`; none if it is the name of something that is built in or there.
    pub(crate) fn named(name: &'a str) -> Option<Self> {
        if builtin::ruleset(name).is_some() || Path::new(name).exists() {
            return None;
        }
        let (revision, path) = name.split_once(':')?;
        // What starts with a hyphen would be an option to git.
        let is_plain = !revision.is_empty() && !revision.starts_with('-') && !path.is_empty();
        is_plain.then_some(Self { name, revision, path })
    }

    /// The .rhai files of the ruleset, `ruleset.rhai` first.
    ///
    /// # Errors
    /// There is no such revision or path, or git cannot be run.
    pub(crate) fn ruleset_files(&self) -> Result<Vec<SourceFile>, Failure> {
        let object = self.object()?;
        if self.kind(&object)? == "blob" {
            return Ok(vec![self.read(&object, self.name.to_owned())?]);
        }
        let mut files = Vec::new();
        for entry in self.list(&object)? {
            let is_rule = entry.name.ends_with(".rhai") && !entry.name.starts_with('.');
            if entry.is_file && is_rule {
                files.push(self.read(&entry.object, self.within(&entry.name))?);
            }
        }
        builtin::sort_rules(&mut files);
        if files.is_empty() {
            let report = Report::message(format!("the folder `{}` holds no .rhai file", self.name))
                .hint("a ruleset is a folder with a ruleset.rhai");
            return Err(Failure::Definition(report));
        }
        Ok(files)
    }

    /// The `questionnaire.json` in the ruleset's folder as it was then, if there was one.
    ///
    /// # Errors
    /// As [`Self::ruleset_files`].
    pub(crate) fn questionnaire(&self) -> Result<Option<SourceFile>, Failure> {
        const NAME: &str = "questionnaire.json";
        let object = self.object()?;
        if self.kind(&object)? != "tree" {
            return Ok(None);
        }
        let found = self.list(&object)?.into_iter().find(|entry| entry.is_file && entry.name == NAME);
        found.map(|entry| self.read(&entry.object, self.within(NAME))).transpose()
    }

    fn within(&self, file: &str) -> String {
        format!("{}/{file}", self.name.trim_end_matches('/'))
    }

    /// The id that git has for it.
    fn object(&self) -> Result<String, Failure> {
        let (is_there, ..) = self.git(&["rev-parse", "--verify", "--quiet", &format!("{}^{{tree}}", self.revision)])?;
        if !is_there {
            let report = Report::message(format!("`{}`: there is no revision `{}` here", self.name, self.revision))
                .hint("REV:PATH takes a branch, a tag or a commit of the git repository of the current folder");
            return Err(Failure::Definition(report));
        }
        // A path counts from the current folder, as that of the other side does.
        let path = self.path.trim_end_matches('/');
        let wanted = format!("{}:./{path}", self.revision);
        let (is_there, object) = self.git(&["rev-parse", "--verify", "--quiet", &wanted])?;
        if !is_there {
            let report = Report::message(format!("`{}`: the revision `{}` has no `{path}`", self.name, self.revision))
                .hint("the path counts from the current folder");
            return Err(Failure::Definition(report));
        }
        Ok(String::from_utf8_lossy(&object).trim().to_owned())
    }

    fn kind(&self, object: &str) -> Result<String, Failure> {
        let (_, kind) = self.git(&["cat-file", "-t", object])?;
        Ok(String::from_utf8_lossy(&kind).trim().to_owned())
    }

    fn list(&self, tree: &str) -> Result<Vec<Entry>, Failure> {
        let (_, listed) = self.git(&["ls-tree", "-z", "--full-tree", tree])?;
        let entries = listed.split(|byte| *byte == 0).filter_map(|line| {
            let line = String::from_utf8_lossy(line);
            // "100644 blob <object>\t<name>"; a link (120000) leads out of what git holds.
            let (facts, name) = line.split_once('\t')?;
            let mut facts = facts.split(' ');
            let (mode, object) = (facts.next()?, facts.nth(1)?);
            Some(Entry { is_file: mode.starts_with("100"), object: object.to_owned(), name: name.to_owned() })
        });
        Ok(entries.collect())
    }

    fn read(&self, object: &str, name: String) -> Result<SourceFile, Failure> {
        let (_, bytes) = self.git(&["cat-file", "blob", object])?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
            return Err(Failure::Definition(Report::message(format!(
                "`{name}` is larger than {} MiB",
                MAX_BYTES >> 20
            ))));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(SourceFile::new(name, text)),
            Err(_) => Err(Failure::Definition(Report::message(format!("`{name}` is not UTF-8 text")))),
        }
    }

    /// Whether git found what it was asked for, and what it wrote, cut off where a file would be too large.
    fn git(&self, arguments: &[&str]) -> Result<(bool, Vec<u8>), Failure> {
        let failed = |error: io::Error| Failure::Io { doing: format!("cannot run git for `{}`", self.name), error };
        let mut child = Command::new("git")
            .args(arguments)
            // What is not here is not fetched: nothing here goes over a network.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let mut bytes = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        }
        let status = child.wait().map_err(failed)?;
        match status.code() {
            Some(0) => Ok((true, bytes)),
            // Asked quietly, git says so where a name leads to nothing.
            Some(1) => Ok((false, bytes)),
            // Git was still writing when enough was read.
            None if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) => Ok((true, bytes)),
            _ => {
                let report = Report::message(format!("`{}`: git could not read it", self.name))
                    .hint("REV:PATH needs a git repository around the current folder")
                    .hint("a path of its own is read without git");
                Err(Failure::Definition(report))
            }
        }
    }
}
