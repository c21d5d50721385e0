use super::*;
use bearings_engine::diagnostic::SourceFile;
use bearings_engine::responses::Missing;
use std::io::Cursor;

/// A small questionnaire with every kind of column.
pub(super) fn questionnaire() -> Questionnaire {
    let options =
        |n: i64| (0..n).map(|value| format!(r#"{{"value":{value},"label":"{value}"}}"#)).collect::<Vec<_>>().join(",");
    let words = |words: &[&str]| {
        words.iter().map(|word| format!(r#"{{"value":"{word}","label":"{word}"}}"#)).collect::<Vec<_>>().join(",")
    };
    let text = format!(
        r#"{{"format":"bearings/questionnaire@1","id":"small","version":"1","title":"t","description":"d","source":"s","licence":"l","items":[
        {{"id":"bond_kind","kind":"choice","text":"t","context":true,"options":[{bonds}]}},
        {{"id":"my_role","kind":"choice","text":"t","context":true,"options":[{roles}]}},
        {{"id":"weeks_since","kind":"number","text":"t","context":true,"min":0,"max":52}},
        {{"id":"effort","kind":"choice","text":"t","roles":["hurt"],"options":[{five}]}},
        {{"id":"effort_self","kind":"choice","text":"t","roles":["broke"],"options":[{five}]}},
        {{"id":"calm","kind":"choice","text":"t","not_applicable":true,"options":[{five}]}},
        {{"id":"later","kind":"choice","text":"t","forms":["full"],"options":[{five}]}},
        {{"id":"where","kind":"multi","text":"t","options":[{places}]}},
        {{"id":"safety_fear","kind":"choice","text":"t","block":true,"safety":{{"tier":"hard"}},"options":[{two}]}}]}}"#,
        bonds = words(&["partner", "friend", "family"]),
        roles = words(&["hurt", "broke", "both"]),
        places = words(&["home", "work"]),
        five = options(5),
        two = options(2),
    );
    Questionnaire::load(&SourceFile::new("small.json", text)).unwrap()
}

const CONFIG: Config<'_> = Config {
    id: None,
    keep: &[],
    keep_option: "--keep",
    waves: Waves::NotTold,
    quasi: &[],
    private: Private::Refused,
    pattern: None,
    missing: &[],
    recorded: RecordedAs::Printed,
    encoding: None,
    map: None,
    form: None,
    role: None,
    fingerprint: Fingerprint::None,
};

fn open(bytes: &[u8], config: &Config<'_>) -> Result<Survey, Failure> {
    let bytes = Box::new(Cursor::new(bytes.to_vec()));
    let input = Input::new(Source::new("s.csv".into(), bytes, config.encoding, config.fingerprint)?, config.said())?;
    Survey::start(input, &questionnaire(), config)
}

/// Rows as short texts: `line:id:answers`, `.` for skipped; rejected rows with their problem.
#[track_caller]
fn check(bytes: &[u8], config: &Config<'_>, expected: &[&str]) {
    let mut survey = open(bytes, config).unwrap();
    let mut row = survey.row();
    let mut found = Vec::new();
    loop {
        match survey.next(&mut row).unwrap() {
            Next::End => break,
            Next::Rejected(error) => found.push(format!("{}:{error}", error.line)),
            Next::Row => {
                let answers: String = row
                    .answers
                    .iter()
                    .map(|answer| match answer {
                        Answer::Level(level) => level.to_string(),
                        Answer::Missing(Missing::Skipped) => ".".into(),
                        Answer::Missing(reason) => format!("({})", reason.as_str()),
                    })
                    .collect();
                found.push(format!("{}:{}:{answers}", row.line, String::from_utf8_lossy(&row.id)));
            }
        }
    }
    assert_eq!(found, expected);
}

#[track_caller]
fn refused(bytes: &[u8], config: &Config<'_>, expected: &str) {
    match open(bytes, config).err().unwrap() {
        Failure::Responses(Report::Message { message, hints }) => {
            assert!(format!("{message} {hints:?}").contains(expected), "{message} {hints:?}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_are_read_by_item() {
    check(
        b"id,effort,calm,where__home,where.work,comment\na, 3 ,not_applicable,1,0,\"x,\ny\"\nb,,declined,,1,\n",
        &CONFIG,
        &["2:a:...3.(not_applicable).10.", "4:b:.....(declined)..1."],
    );
}

#[test]
fn options_are_read_as_other_systems_name_their_columns() {
    for (home, work) in [("where__home", "where.work"), ("where___home", "where___work"), ("where/home", "where/work")]
    {
        check(format!("record_id,{home},{work}\na,1,0\n").as_bytes(), &CONFIG, &["2:a:.......10."]);
    }
    refused(b"where/home,where___home\n1,1\n", &CONFIG, "both hold `where.home`");
    // Other systems have a column for the whole question, too; it is not read, and no guess is made from it.
    check(b"where,where/home\nhome work,1\n", &CONFIG, &["2:1:.......1.."]);
    let notes = |survey: &[u8]| open(survey, &CONFIG).unwrap().notes().join("\n");
    assert!(!notes(b"where,where/home\nhome work,1\n").contains("not read"));
    assert!(notes(b"where,effort\nhome work,1\n").contains("1 column not read: `where` (split it"));
}

#[test]
fn line_ends_of_every_kind_give_the_same_rows_and_lines() {
    for end in ["\n", "\r\n", "\r\r\n"] {
        let text = ["\u{FEFF}effort;calm", "1;2", "", "3;4", ""].join(end);
        check(text.as_bytes(), &CONFIG, &["2:1:...1.2....", "4:2:...3.4...."]);
    }
    check(b"effort,id\r\r\n1,a\r\r\n2,b", &CONFIG, &["2:a:...1......", "3:b:...2......"]);
    check(b"effort\tcalm\r1\t2\r3\t4", &CONFIG, &["1:1:...1.2....", "1:2:...3.4...."]);
}

#[test]
fn a_cell_that_is_no_answer_rejects_its_row_and_is_not_echoed() {
    check(
        b"effort,calm\n77,1\nnot_applicable,1\n2,\xff\n1\n2,2,2\n3,3\n",
        &CONFIG,
        &[
            "2:row 1: column `effort` holds none of its answers (0, 1, 2, 3, 4)",
            "3:row 2: column `effort` holds `not_applicable`, which its item does not offer",
            "4:row 3: column `calm` is not UTF-8 text",
            "5:row 4: 1 cell, but the header has 2",
            "6:row 5: 3 cells, but the header has 2",
            "7:6:...3.3....",
        ],
    );
}

#[test]
fn an_open_quote_is_found() {
    let problem = "3:row 2: a quote is opened and not closed until the end of the file";
    check(b"effort,comment\n1,\"fine\nhere\"\n", &CONFIG, &["2:1:...1......"]);
    check(b"effort,comment\n1,\"fine\nhere\"", &CONFIG, &["2:1:...1......"]);
    check(b"effort,comment\n1,ok\n2,\"open\n3,ok\n4,ok\n", &CONFIG, &["2:1:...1......", problem]);
    check(b"effort,comment\n1,ok\n2,\"open\n3,ok\n4,ok", &CONFIG, &["2:1:...1......", problem]);
}

#[test]
fn a_row_without_end_is_given_up() {
    let mut bytes = b"effort,comment\n1,\"".to_vec();
    bytes.resize(20 << 20, b'x');
    refused(&bytes, &CONFIG, "s.csv:2: a row is longer than 16 MiB");
}

#[test]
fn roles_and_bonds_come_from_the_row() {
    let mut survey =
        open(b"my_role,bond_kind\nbroke,friend\n,\nboth,family\n", &Config { role: Some(Role::Hurt), ..CONFIG })
            .unwrap();
    let mut row = survey.row();
    let mut found = Vec::new();
    while survey.next(&mut row).unwrap() == Next::Row {
        found.push((row.role, row.bond));
    }
    assert_eq!(found, [(Role::Broke, Some(Bond::Friend)), (Role::Hurt, None), (Role::Both, Some(Bond::Family))]);
}

#[test]
fn the_form_is_full_if_a_full_item_has_a_column() {
    assert_eq!(open(b"effort\n1\n", &CONFIG).unwrap().form(), Form::Short);
    assert_eq!(open(b"effort,later\n1,1\n", &CONFIG).unwrap().form(), Form::Full);
    assert_eq!(
        open(b"effort,later\n1,1\n", &Config { form: Some(Form::Short), ..CONFIG }).unwrap().form(),
        Form::Short
    );
}

#[test]
fn numbered_columns_follow_the_questionnaire() {
    let pattern: ColumnPattern = "Q{n}".parse().unwrap();
    let config = Config { pattern: Some(&pattern), ..CONFIG };
    check(b"Q4,Q6,Q10,Q_99\n1,2,1,x\n", &config, &["2:1:...1.2...1"]);
    refused(b"Q4,effort\n1,2\n", &config, "both hold `effort`");
    let keep = ["Q10".to_owned()];
    assert!(matches!(open(b"Q4,Q10\n1,1\n", &Config { keep: &keep, ..config }), Err(Failure::Usage(_))));
}

#[test]
fn a_number_that_no_question_has_stops_the_run() {
    let pattern: ColumnPattern = "Q{n}".parse().unwrap();
    let config = Config { pattern: Some(&pattern), ..CONFIG };
    for name in ["Q0", "Q11", "Q99999999999999999999999"] {
        let expected = format!("s.csv:1: small has 10 questions; `{name}` fits the pattern");
        refused(format!("Q4,{name}\n1,2\n").as_bytes(), &config, &expected);
    }
    refused(b"Q0,Q4,Q11\n1,2,3\n", &config, "small has 10 questions; `Q0`, `Q11` fit the pattern");
    // Kept or not, it says that the numbers mean something else; only the id is known to be no question.
    let keep = ["Q11".to_owned()];
    refused(b"Q4,Q11\n1,2\n", &Config { keep: &keep, ..config.clone() }, "`Q11` fits");
    check(b"Q0,Q4\nx,2\n", &Config { id: Some("Q0"), ..config }, &["2:x:...2......"]);
}

#[test]
fn private_columns_are_never_handed_through() {
    for named in ["safety_fear", "Safety_Fear", "under_18"] {
        let keep = [named.to_owned()];
        assert!(
            matches!(
                open(b"effort,safety_fear,Safety_Fear,under_18\n1,1,1,1\n", &Config { keep: &keep, ..CONFIG }),
                Err(Failure::Usage(_))
            ),
            "{named}"
        );
        assert!(
            matches!(
                open(b"effort,safety_fear,Safety_Fear,under_18\n1,1,1,1\n", &Config { id: Some(named), ..CONFIG }),
                Err(Failure::Usage(_))
            ),
            "{named}"
        );
    }
}

#[test]
fn kept_columns_come_in_the_order_asked_for() {
    let keep = ["wave".to_owned(), "site".to_owned()];
    let mut survey = open(b"ResponseId,site,effort,wave\nr1,\"a,b\",1,2\n", &Config { keep: &keep, ..CONFIG }).unwrap();
    let mut row = survey.row();
    assert_eq!(survey.next(&mut row).unwrap(), Next::Row);
    assert_eq!(
        (row.id.as_slice(), row.kept.as_slice()),
        (b"r1".as_slice(), [b"2".to_vec(), b"a,b".to_vec()].as_slice())
    );
    assert_eq!(survey.id_column(), Some("ResponseId"));
}

#[test]
fn files_that_are_no_survey_are_refused() {
    refused(b"", &CONFIG, "s.csv:1: the file is empty");
    refused(b"\n\n", &CONFIG, "s.csv:1: the file is empty");
    refused(b"effort\n", &CONFIG, "no row below it");
    refused(b"effort,effort\n1,1\n", &CONFIG, "both hold `effort`");
    refused(b"a,b\n1,1\n", &CONFIG, "no column is an item of questionnaire `small`");
    refused(b"\xff\xfee\0f\0\n\0", &CONFIG, "no column is an item");
    refused(b"\xff\xfee\0f\0\n", &CONFIG, "s.csv:1:3: the bytes are not UTF-16");
    refused(b"effort,x\n1,2\n3,\0\n", &CONFIG, "s.csv:3:3: there is a NUL byte");
    refused(b"PK\x03\x04", &CONFIG, "spreadsheet");
    refused(b"{\"format\": 1}", &CONFIG, "bearings explain");
    refused(b"effort,caf\xe9\n1,1\n", &CONFIG, "s.csv:1: the name of column 2 is not UTF-8");
    refused(b"effort,person\n1,1\n", &Config { id: Some("persn"), ..CONFIG }, "did you mean `person`?");
    refused(b"id,id,effort\n1,1,1\n", &CONFIG, "two columns are named `id` (columns 1 and 2)");
    refused(b"effort,trial_type,trial_index\n1,a,1\n", &CONFIG, "jsPsych");
}

#[test]
fn what_is_not_read_is_said_once() {
    let missing = ["9".to_owned()];
    let survey = open(
        b"my_role,weeks_since,efort,effort,x\x1b[2J,safety_fear,where__home\n,,,,,,\n",
        &Config { missing: &missing, ..CONFIG },
    )
    .unwrap();
    assert_eq!(
        survey.notes(),
        [
            "s.csv: short form, role from column `my_role` (hurt where it is empty)",
            "s.csv: no id column, so respondents are numbered; --id names one",
            "s.csv: 2 columns not read: `efort` (did you mean `effort`?), `x\u{FFFD}[2J`",
            "s.csv: no column for any of the 1 item that only the role `broke` is asked",
            "s.csv: no column for 3 items, taken as skipped: `bond_kind`, `calm`, `where.work`",
            "s.csv: `9` is an answer of `weeks_since` and is read as one there, not as missing",
        ]
    );
}

#[test]
fn the_fingerprint_covers_what_was_not_read() {
    let bytes = b"effort\n1\n2\n3\n";
    let survey = open(bytes, &Config { fingerprint: Fingerprint::Sha256, ..CONFIG }).unwrap();
    assert_eq!(survey.fingerprint().unwrap(), Some(bearings_engine::fingerprint::sha256(bytes)));
}

#[test]
fn long_lists_of_columns_are_cut_short() {
    let others: Vec<String> = (1..=30).map(|n| format!("x{n}")).collect();
    let text = format!("effort,{}\n1{}\n", others.join(","), ",".repeat(30));
    let survey = open(text.as_bytes(), &CONFIG).unwrap();
    let note = survey.notes().iter().find(|note| note.contains("30 columns not read")).unwrap();
    assert!(note.ends_with("`x20` and 10 more"), "{note}");
}

#[test]
fn counted_options_are_read_as_the_ones_they_stand_for() {
    let config = Config { recorded: RecordedAs::OneBased, ..CONFIG };
    let survey = b"id,bond_kind,weeks_since,effort,where__home\na,friend,1,1,1\nb,family,0,5,0\n";
    check(survey, &config, &["2:a:1.10...1..", "3:b:2.04...0.."]);
    let problem = |row: u32| {
        format!("{}:row {row}: column `effort` holds none of its answers (1 to 5, options counted)", row + 1)
    };
    check(b"effort\n0\n6\n", &config, &[&problem(1), &problem(2)]);
    // A code that is an answer of another way of writing is none of this one.
    let missing = ["0".to_owned()];
    let survey = open(b"effort,weeks_since\n0,1\n", &Config { missing: &missing, ..config }).unwrap();
    let clashes: Vec<&String> = survey.notes().iter().filter(|note| note.contains("not as missing")).collect();
    assert_eq!(clashes, ["s.csv: `0` is an answer of `weeks_since` and is read as one there, not as missing"]);
}

#[test]
fn a_file_without_surprises_is_soon_no_longer_watched() {
    let mut survey = open(b"effort,calm\n1,2\n4,4\n2,0\n9,9\n", &CONFIG).unwrap();
    let mut row = survey.row();
    let mut idle = vec![survey.rows.noticed.watch.is_idle()];
    while survey.next(&mut row).unwrap() != Next::End {
        idle.push(survey.rows.noticed.watch.is_idle());
    }
    // Counted from 0 these options are what is printed, and the 0 speaks against 1.
    assert_eq!(idle, [false, false, false, true, true]);
    assert_eq!(survey.noticed().advice(), None);
}

#[test]
fn a_yes_or_no_is_never_counted_from_one() {
    let survey = b"effort,safety_fear\n1,1\n5,2\n";
    match open(survey, &Config { recorded: RecordedAs::OneBased, ..CONFIG }).err().unwrap() {
        Failure::Usage(message) => {
            for part in ["s.csv", "(`safety_fear`)", "recode yes to 1 and no to 0", "`bearings show small`"] {
                assert!(message.contains(part), "{message}");
            }
        }
        other => panic!("{other:?}"),
    }
    let advice = |recorded| {
        let mut survey = open(survey, &Config { recorded, ..CONFIG }).unwrap();
        let mut row = survey.row();
        while survey.next(&mut row).unwrap() != Next::End {}
        survey.noticed().advice().unwrap().to_owned()
    };
    for recorded in [RecordedAs::Printed, RecordedAs::Position] {
        let advice = advice(recorded);
        assert!(!advice.contains("one_based") && advice.contains("recode yes to 1 and no to 0"), "{advice}");
    }
}

#[test]
fn a_word_of_other_programs_for_a_missing_answer_is_recognised() {
    let advice = |survey: &[u8]| {
        let mut survey = open(survey, &CONFIG).unwrap();
        let mut row = survey.row();
        while survey.next(&mut row).unwrap() != Next::End {}
        survey.noticed().missing_advice()
    };
    let found = advice(b"effort,calm\nNA,3.0\n1.0,NA\n77,1.0\n").unwrap();
    assert!(found.ends_with("try --missing NA") && !found.contains("77"), "{found}");
    assert_eq!(advice(b"effort,calm\nnone,3\n1,none\n"), None);
}

#[test]
fn a_column_in_another_case_is_not_read_and_what_was_meant_is_said() {
    let notes = |survey: &[u8], config: &Config<'_>| open(survey, config).unwrap().notes().join("\n");
    let found = notes(b"EFFORT,calm,Where__Home\n1,1,1\n", &CONFIG);
    for part in ["`EFFORT` (did you mean `effort`?)", "`Where__Home` (did you mean `where__home`?)"] {
        assert!(found.contains(part), "{found}");
    }
    refused(b"EFFORT\n1\n", &CONFIG, "did you mean `effort` by `EFFORT`?");
    let pattern: ColumnPattern = "Q{n}".parse().unwrap();
    let config = Config { pattern: Some(&pattern), ..CONFIG };
    assert!(notes(b"Q4,q6\n1,1\n", &config).contains("`q6` (did you mean `Q6`?)"));
    refused(b"q4\n1\n", &config, "did you mean `Q4` by `q4`?");
}

/// A platform's file, its decisions that are said whenever it is read, and its rows.
#[track_caller]
fn written_by(bytes: &[u8], notes: &[&str], rows: &[&str]) {
    let survey = open(bytes, &CONFIG).unwrap();
    let all = survey.notes().join("\n");
    for note in notes {
        assert!(all.contains(note), "`{note}` is not in:\n{all}");
    }
    check(bytes, &CONFIG, rows);
}

#[test]
fn what_limesurvey_did_not_show_is_told_from_what_was_left_blank() {
    // Where a gate looks at answers, no file can take a question out by saying that it was not shown.
    let text = "\u{FEFF}\"id\";\"submitdate\";\"lastpage\";\"startlanguage\";\"effort\";\"calm\"\r\n\
                \"7\";\"2020-01-01\";\"1\";\"en\";\"3\";\"\"\r\n\"8\";;\"1\";\"en\";;\"2\"\r\n\r\n";
    written_by(
        text.as_bytes(),
        &["LimeSurvey", "not shown is read as skipped", "semicolons"],
        &["2:7:...3......", "3:8:.....2...."],
    );
    // The id and kept columns never hold the mark.
    let keep = ["submitdate".to_owned(), "effort".to_owned()];
    let mut survey = open(text.as_bytes(), &Config { keep: &keep, ..CONFIG }).unwrap();
    let mut row = survey.row();
    while survey.next(&mut row).unwrap() == Next::Row {}
    assert_eq!(row.kept, [b"".to_vec(), b"".to_vec()]);
    assert_eq!(survey.closing_notes(), ["s.csv: 1 row is not finished (`submitdate`) and kept like any other"]);
}

#[test]
fn questions_are_known_by_their_words_only_if_nobody_else_has_them() {
    let text = "Timestamp,Where were you? [At home],how   is it?,Other?,Other?\n2026/06/14 10:10:09 AM GMT+1,1,2,1,1\n";
    let questionnaire = r#"{"format":"bearings/questionnaire@1","id":"q","version":"1","title":"t","description":"d",
        "source":"s","licence":"l","option_lists":{"three":[{"value":1,"label":"a"},{"value":2,"label":"b"}]},"items":[
        {"id":"how","kind":"choice","text":"How is it?","options":"three"},
        {"id":"other","kind":"choice","text":"Other?","options":"three"},
        {"id":"place","kind":"multi","text":"Where were you?","options":[{"value":"home","label":"At home"}]}]}"#;
    let questionnaire = Questionnaire::load(&SourceFile::new("q.json", questionnaire)).unwrap();
    let source = Source::new("s.csv".into(), Box::new(Cursor::new(text)), None, Fingerprint::None).unwrap();
    let mut survey = Survey::start(Input::new(source, Said::default()).unwrap(), &questionnaire, &CONFIG).unwrap();
    let mut row = survey.row();
    assert_eq!(survey.next(&mut row).unwrap(), Next::Row);
    assert_eq!(row.answers, [Answer::Level(1), Answer::Missing(Missing::Skipped), Answer::Level(1)]);
    assert!(survey.notes().iter().any(|note| note.contains("Google Forms")), "{:?}", survey.notes());
}

#[test]
fn the_delimiter_is_the_one_with_which_the_rows_fit_the_header() {
    for (text, rows) in [
        ("id;a, b;effort\n1;1,5;2\n2;x;3\n", ["2:1:...2......", "3:2:...3......"]),
        ("id\teffort\tx, y\n1\t2\tz, w\n2\t3\t\n", ["2:1:...2......", "3:2:...3......"]),
        ("id|effort\n1|2\n2|3\n", ["2:1:...2......", "3:2:...3......"]),
        ("id,how;so,effort\n1,a;b,2\n2,;,3\n", ["2:1:...2......", "3:2:...3......"]),
    ] {
        check(text.as_bytes(), &CONFIG, &rows);
    }
}
