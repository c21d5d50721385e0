//! Rebuilds the binary when a shipped ruleset or questionnaire changes: they are embedded in it.

fn main() {
    println!("cargo:rerun-if-changed=../rulesets");
    println!("cargo:rerun-if-changed=../questionnaires");
}
