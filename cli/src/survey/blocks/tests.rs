use std::io::Cursor;

use super::*;
use crate::survey::records::Records;

const MARKS: Marks = Marks { delimiter: b',', terminator: b'\n' };

/// The records of some bytes in blocks of about `size`: row number, line, cells.
fn records(bytes: &[u8], size: usize) -> Vec<(u64, u64, Vec<Vec<u8>>)> {
    let mut blocks = Blocks::new(Cursor::new(bytes), MARKS, size);
    let mut records = Records::new(MARKS);
    let mut found = Vec::new();
    let mut block = Block::default();
    while let Some(next) = blocks.next(std::mem::take(&mut block)).unwrap() {
        block = next;
        records.restart();
        let mut number = 0;
        while let Some(record) = records.next(&block) {
            number += 1;
            found.push((block.before + number, record.line, record.iter().map(<[u8]>::to_vec).collect()));
        }
        assert_eq!(number, block.rows, "{:?}", String::from_utf8_lossy(bytes));
    }
    found
}

/// The cells of every record that is not blank, as the `csv` crate reads them.
fn expected(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(bytes);
    let cells = reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect());
    cells.filter(|cells: &Vec<Vec<u8>>| !is_nothing(cells)).collect()
}

/// The `csv` crate does not tell what stood in quotes, so what may be a blank line is left out on both sides.
fn is_nothing(cells: &[Vec<u8>]) -> bool {
    cells.len() == 1 && cells[0].trim_ascii().is_empty()
}

#[track_caller]
fn check(text: &str) {
    let whole = records(text.as_bytes(), 1 << 20);
    let cells: Vec<Vec<Vec<u8>>> = whole.iter().map(|(.., cells)| cells.clone()).collect();
    let cells: Vec<_> = cells.into_iter().filter(|cells| !is_nothing(cells)).collect();
    assert_eq!(cells, expected(text.as_bytes()), "{text:?}");
    for size in [1, 2, 3, 7, 20] {
        assert_eq!(records(text.as_bytes(), size), whole, "{text:?} in blocks of {size}");
    }
}

#[test]
fn records_are_those_of_the_csv_crate_in_blocks_of_any_size() {
    for text in [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a,b\r\r\n1,2\r\r\n",
        "\n\na,b\n\n \n1,2\n\n",
        "\"a\",\"b\nb\"\n\"1\"\"1\",2\n",
        "a,b\n5\" tall,2\n\"x\"y\",3\n",
        "\"a\n",
        "\"\"\n\"\",\"\"\n",
        "a,\"b",
        "a,\"b\"\"",
        "a,\"b\"\"\n",
        ",\n,,\n\"\",\n",
        "",
    ] {
        check(text);
    }
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..24 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text.push(['a', 'b', ',', ',', '"', '"', '\n', '\r'][(state >> 32) as usize % 8]);
        }
        check(&text);
    }
}

#[test]
fn a_record_knows_its_number_and_its_line() {
    let found = records(b"a\n\n\"b\nb\"\nc\n", 1);
    let places: Vec<(u64, u64)> = found.into_iter().map(|(row, line, _)| (row, line)).collect();
    assert_eq!(places, [(1, 1), (2, 3), (3, 5)]);
}

#[test]
fn a_record_without_an_end_is_refused_by_its_line() {
    let mut bytes = b"a,b\n1,\"".to_vec();
    bytes.resize(bytes.len() + MAX_ROW_BYTES, b'x');
    let mut blocks = Blocks::new(Cursor::new(bytes), MARKS, 1 << 18);
    let mut line = None;
    for _ in 0..3 {
        match blocks.next(Block::default()) {
            Ok(_) => {}
            Err(Unread::TooLong { line: at }) => line = Some(at),
            Err(Unread::Io { error, .. }) => panic!("{error}"),
        }
    }
    assert_eq!(line, Some(2));
}
