//! Talking in lines: for pipes, screen readers and terminals alike. No line is kept longer than it takes to read it.

use std::io::{self, BufRead, Write};

use super::page;
use super::words;
use crate::exit::Failure;

/// The most bytes of a line that are looked at: enough for the numbers of 250 options. A design choice.
const LONGEST: usize = 1024;
const ESCAPE: u8 = 0x1b;

/// Why an interview stops before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// Somebody wanted to leave.
    Left,
    /// The input ended, and it was not a person's.
    Ended,
    /// The system was in the way.
    Failed(Failure),
}

/// What no answer but Enter means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsaid {
    Yes,
    No,
}

/// A yes or no, where one may also go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Yes,
    No,
    Back,
}

/// Lines from a person or a pipe, and what is said to them.
pub(super) struct Lines<R, W> {
    input: R,
    output: W,
    /// A person types, and sees what they type.
    is_terminal: bool,
    /// What stands between the last words and the next ones.
    lead: &'static str,
}

impl<R: BufRead, W: Write> Lines<R, W> {
    pub(super) fn new(input: R, output: W, is_terminal: bool) -> Self {
        Self { input, output, is_terminal, lead: "" }
    }

    /// Says something that ends with a line end.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Stop> {
        self.gap()?;
        self.write(text)?;
        self.lead = "\n";
        Ok(())
    }

    /// Leaves an empty line before something that is said elsewhere.
    pub(super) fn gap(&mut self) -> Result<(), Stop> {
        let lead = std::mem::replace(&mut self.lead, "\n");
        self.write(lead)
    }

    /// Says something that asks for a line, and reads it; none if it is too long or no text.
    pub(super) fn prompt(&mut self, text: &str) -> Result<Option<String>, Stop> {
        self.write(text)?;
        // Of what is piped in nothing is seen, not even the line end.
        self.lead = if self.is_terminal { "\n" } else { "\n\n" };
        self.line()
    }

    /// A question that can only be answered with yes or no.
    pub(super) fn yes_or_no(&mut self, question: &str, unsaid: Unsaid) -> Result<bool, Stop> {
        loop {
            match self.word(question, unsaid)? {
                Some(Decision::Yes) => return Ok(true),
                Some(Decision::No) => return Ok(false),
                Some(Decision::Back) | None => self.say(&page::paragraph(words::YES_OR_NO))?,
            }
        }
    }

    /// The same where one may go back to the last question.
    pub(super) fn decide(&mut self, question: &str, unsaid: Unsaid) -> Result<Decision, Stop> {
        loop {
            match self.word(question, unsaid)? {
                Some(decision) => return Ok(decision),
                None => self.say(&page::paragraph(words::YES_NO_OR_BACK))?,
            }
        }
    }

    fn word(&mut self, question: &str, unsaid: Unsaid) -> Result<Option<Decision>, Stop> {
        let (keys, enter) = match unsaid {
            Unsaid::Yes => ("[Y/n]", Decision::Yes),
            Unsaid::No => ("[y/N]", Decision::No),
        };
        self.gap()?;
        let text = page::paragraph(&format!("{question} {keys}"));
        let typed = self.prompt(&format!("{} ", text.trim_end()))?;
        Ok(match typed.map(|line| line.trim().to_ascii_lowercase()).as_deref() {
            Some("q") => return Err(Stop::Left),
            Some("") => Some(enter),
            Some("y" | "yes") => Some(Decision::Yes),
            Some("n" | "no") => Some(Decision::No),
            Some("b") => Some(Decision::Back),
            _ => None,
        })
    }

    fn write(&mut self, text: &str) -> Result<(), Stop> {
        let written = self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush());
        written.map_err(|error| Stop::Failed(Failure::writing("standard error", error)))
    }

    /// The next line; none if it is too long or no text. Of a line that is too long nothing is kept.
    fn line(&mut self) -> Result<Option<String>, Stop> {
        let (mut line, mut length, mut leaves) = (Vec::new(), 0, false);
        loop {
            let bytes = match self.input.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Stop::Failed(Failure::reading("standard input", error))),
            };
            let ends = bytes.iter().position(|byte| *byte == b'\n');
            let part = ends.and_then(|end| bytes.get(..end)).unwrap_or(bytes);
            leaves |= part.contains(&ESCAPE);
            length += part.len();
            if length <= LONGEST {
                line.extend_from_slice(part);
            } else {
                line.clear();
            }
            let (read, is_over) = (bytes.len(), bytes.is_empty());
            self.input.consume(ends.map_or(read, |end| end + 1));
            match (leaves, ends.is_some() || is_over) {
                // The rest of the line does not matter any more.
                (true, _) => return Err(Stop::Left),
                (false, false) => {}
                // A last line may lack its end; nothing at all is the end.
                (false, true) if is_over && length == 0 => {
                    return Err(if self.is_terminal { Stop::Left } else { Stop::Ended });
                }
                (false, true) if length > LONGEST => return Ok(None),
                (false, true) => return Ok(String::from_utf8(line).ok()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Lines<io::BufReader<&[u8]>, Vec<u8>> {
        Lines::new(io::BufReader::with_capacity(7, input), Vec::new(), false)
    }

    fn said(lines: Lines<io::BufReader<&[u8]>, Vec<u8>>) -> String {
        String::from_utf8(lines.output).unwrap()
    }

    #[test]
    fn lines_are_read_one_by_one_and_the_last_one_may_lack_its_end() {
        let mut lines = lines(b"1\r\n\nthree blind mice\n4");
        let mut next = || lines.line().unwrap().unwrap();
        assert_eq!([next(), next(), next(), next()], ["1\r", "", "three blind mice", "4"]);
        assert!(matches!(lines.line(), Err(Stop::Ended)));
    }

    #[test]
    fn a_line_that_is_too_long_or_no_text_is_none_and_the_next_one_is_read() {
        let long = "1".repeat(LONGEST + 1);
        let mut lines = lines(&[long.as_bytes(), b"\n\xff\xfe\n2\n"].concat().leak()[..]);
        assert_eq!(lines.line().unwrap(), None);
        assert_eq!(lines.line().unwrap(), None);
        assert_eq!(lines.line().unwrap().as_deref(), Some("2"));
    }

    #[test]
    fn escape_leaves_wherever_it_stands() {
        for input in [b"\x1b\n".as_slice(), b"12\x1b", b"1\x1b[A\n"] {
            assert!(matches!(lines(input).line(), Err(Stop::Left)));
        }
        let long = [&[b' '; 5000][..], b"\x1b\n"].concat();
        assert!(matches!(lines(long.leak()).line(), Err(Stop::Left)));
    }

    #[test]
    fn the_end_of_what_a_person_types_is_leaving() {
        let mut lines = Lines::new(&b""[..], Vec::new(), true);
        assert!(matches!(lines.line(), Err(Stop::Left)));
    }

    #[test]
    fn enter_means_what_is_written_large() {
        assert!(!lines(b"\n").yes_or_no("So?", Unsaid::No).unwrap());
        assert!(lines(b"\n").yes_or_no("So?", Unsaid::Yes).unwrap());
        assert!(lines(b" YES \n").yes_or_no("So?", Unsaid::No).unwrap());
        assert!(!lines(b"n\n").yes_or_no("So?", Unsaid::Yes).unwrap());
        assert_eq!(lines(b"b\n").decide("So?", Unsaid::No).unwrap(), Decision::Back);
        assert!(matches!(lines(b"q\n").decide("So?", Unsaid::No), Err(Stop::Left)));
    }

    #[test]
    fn a_wrong_word_is_answered_with_what_is_possible_and_not_repeated() {
        let mut lines = lines(b"b\nperhaps\ny\n");
        assert!(lines.yes_or_no("So?", Unsaid::No).unwrap());
        let said = said(lines);
        assert_eq!(said.matches("So? [y/N] ").count(), 3);
        assert_eq!(said.matches(words::YES_OR_NO).count(), 2);
        assert!(!said.contains("perhaps"));
    }
}
