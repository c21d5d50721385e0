//! Integration tests: the real binary, run on real files.
//!
//! One test binary, one module a topic. A helper named `check` does what the tests of its module have in common.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that goes wrong is to stop, helpers included"
)]

mod architecture;
mod bad_input;
mod bad_rulesets;
mod cases;
mod claims;
mod code_pages;
mod codebook;
mod coverage_command;
mod determinism;
mod diff;
mod export;
mod flip;
mod helplines;
mod import;
mod instruments;
mod lints;
mod new;
mod person;
mod prove;
mod reading_age;
mod real_data;
mod reliability;
mod safety;
mod sample;
mod score;
mod score_faults;
mod score_options;
mod score_parts;
mod score_private;
mod sheets;
mod shipped;
mod support;
mod survey_exports;
mod survey_maps;
mod sweep;
mod synthetic;
mod table;
mod take;
mod take_leaving;
mod transcripts;
mod waves;
mod words;
